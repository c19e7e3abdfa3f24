import pytest

from comments import threads
from comments.models import Comment
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.django_db


def shape(nodes):
    """Nodes as nested lists of names: a tombstone's in brackets."""
    return [
        (f"({n.comment.body})" if n.is_tombstone else n.comment.body, shape(n.replies))
        for n in nodes
    ]


def nest(voices=(), deepest=5):
    rows = Comment.objects.for_display().order_by("path")
    return threads.nest(rows, voices=voices, deepest=deepest)


def make_chain(length):
    parent, article = None, make_article()
    for depth in range(1, length + 1):
        parent = make_comment(article=article, parent=parent, body=str(depth))
    return parent


def test_nest_keeps_order_and_parents():
    a = make_comment(body="a")
    b = make_comment(article=a.article, body="b")
    make_comment(parent=a, body="a1")
    make_comment(parent=b, body="b1")
    make_comment(parent=a, body="a2")

    assert shape(nest()) == [("a", [("a1", []), ("a2", [])]), ("b", [("b1", [])])]


def test_nest_shows_what_is_deeper_at_the_deepest_level():
    last = make_chain(7)
    make_comment(parent=last.parent, body="7b")

    deepest = [(name, []) for name in ("3", "4", "5", "6", "7", "7b")]
    assert shape(nest(deepest=3)) == [("1", [("2", deepest)])]


@pytest.mark.parametrize("status", ["rejected", "withdrawn", "pending"])
def test_nest_leaves_a_tombstone_above_visible_replies(status):
    hidden = make_comment(body="hidden", status=status)
    make_comment(parent=hidden, body="reply")
    make_comment(article=hidden.article, body="also hidden", status=status)

    assert shape(nest()) == [("(hidden)", [("reply", [])])]


def test_nest_shows_a_voice_its_own_pending_comment():
    own = make_comment(body="own", status="pending")
    make_comment(article=own.article, body="other's", status="pending")

    nodes = nest(voices={own.commenter_id})

    assert shape(nodes) == [("own", [])]
    assert nodes[0].is_own


def test_ancestors_are_read_off_the_path():
    last = make_chain(3)

    assert threads.ancestors(last) == [last.root_id, last.parent_id]
