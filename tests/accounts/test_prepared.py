"""Statements made once do what the ORM does, whatever values they are sent with."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F, Func, IntegerField, Value
from django.db.models.functions import Upper
from django.utils import timezone

from accounts import prepared
from accounts.prepared import Answers, Select, Slot, Update, one_of, padded
from comments.models import Comment, Commenter, Discussion, ModerationDecision, Revision
from tests.factories import make_article, make_comment, make_commenter, make_user

pytestmark = pytest.mark.django_db

COUNT = Func(F("pk"), function="COUNT", output_field=IntegerField())
SINCE = Select(
    Comment,
    lambda most: (
        Comment.objects.filter(submitted_at__gt=Slot("since"), status="published")
        .order_by("pk")
        .values_list("pk", "submitted_at", "has_replies", "commenter__key")[:most]
    ),
)
OF_KEYS = Select(
    Commenter, lambda count: Commenter.objects.filter(one_of("key", "keys", count))
)
KNOWN = Answers(
    Comment,
    lambda voices: [
        Comment.objects.filter(one_of("commenter__pk", "voices", voices)).values_list(
            COUNT
        ),
        Comment.objects.filter(digest=Slot("digest")).values_list(Value(1))[:1],
    ],
)
MOVE = Update(
    lambda rows: rows.filter(pk=Slot("article")),
    published_count=F("published_count") + Slot("more"),
    last_activity_at=Slot("now"),
)


def test_rows_are_those_of_the_orm_with_values_as_python_has_them():
    comments = [make_comment() for _ in range(3)]
    hour = timezone.now() - timedelta(hours=1)
    asked = Comment.objects.order_by("pk").values_list(
        "pk", "submitted_at", "has_replies", "commenter__key"
    )

    assert SINCE.rows(2, since=hour) == list(asked[:2])
    assert SINCE.rows(5, since=hour) == list(asked)
    assert SINCE.row(5, since=comments[1].submitted_at) == asked[2]
    assert SINCE.row(5, since=timezone.now()) is None


def test_instances_are_whole_and_can_be_saved():
    voices = [make_commenter(name=name) for name in ("Sok", "Dara")]

    found = OF_KEYS.all(2, keys=[voice.key for voice in voices])
    assert sorted(found, key=lambda voice: voice.pk) == voices
    found[0].name = "Sok II"
    found[0].save()

    assert Commenter.objects.get(pk=found[0].pk).name == "Sok II"
    assert OF_KEYS.first(0, keys=[]) is None  # nothing is asked


def test_instances_have_what_was_selected_beside_them(django_assert_num_queries):
    account = make_user(display_name="Sok")
    comments = [
        make_comment(body="One", commenter=make_commenter(user=account)),
        make_comment(body="Two", commenter=make_commenter(name="Dara")),
    ]
    select = Select(
        Comment,
        lambda count: (
            Comment.objects.filter(one_of("pk", "keys", count))
            .annotate(loud=Upper("body"))
            .for_display()
            .order_by("pk")
        ),
    )

    with django_assert_num_queries(1):
        found = select.all(2, keys=[comment.pk for comment in comments])
        shown = [(one, one.loud, one.commenter, one.commenter.user) for one in found]

    assert shown == [
        (comments[0], "ONE", comments[0].commenter, account),
        (comments[1], "TWO", comments[1].commenter, None),
    ]
    assert found[0].submitted_at == comments[0].submitted_at
    assert found[0].commenter.key == comments[0].commenter.key
    assert [one.commenter.display_name for one in found] == ["Sok", "Dara"]


@pytest.mark.parametrize(
    ("count", "length"), [(0, 0), (1, 1), (2, 2), (3, 4), (4, 4), (5, 8), (50, 64)]
)
def test_lists_of_all_lengths_have_few(count, length):
    values = list(range(1, count + 1))

    assert padded(iter(values), 0) == values + [0] * (length - count)


def test_asking_again_makes_nothing_anew(django_assert_num_queries):
    made = []

    def make():
        made.append(1)
        return Comment.objects.filter(pk=Slot("key")).values_list("pk")

    select, comment = Select(Comment, make), make_comment()
    with django_assert_num_queries(2):
        assert select.rows(key=comment.pk) == [(comment.pk,)]
        assert select.rows(key=comment.pk + 1) == []
    assert made == [1]


def test_several_questions_are_one_query(django_assert_num_queries):
    comment = make_comment()

    with django_assert_num_queries(1):
        answers = KNOWN.ask(1, voices=[comment.commenter_id], digest=comment.digest)
    assert answers == (1, 1)
    assert KNOWN.ask(0, voices=[], digest="") == (None, None)


def test_update_says_how_many_rows_there_were():
    discussion = Discussion.objects.create(article=make_article(), published_count=2)
    now = timezone.now()

    assert MOVE.run(Discussion, article=discussion.pk, more=3, now=now) == 1
    assert MOVE.run(Discussion, article=0, more=3, now=now) == 0

    discussion.refresh_from_db()
    assert (discussion.published_count, discussion.last_activity_at) == (5, now)


def test_inserted_row_is_as_if_it_had_been_saved():
    comment = make_comment()
    evidence = [{"screen": "links", "evidence": {"count": 2, "links": ["“100%s”"]}}]
    revision = Revision(comment=comment, number=2, body="50 %s, 'quoted' and “so”.")
    prepared.insert(revision)
    decision = ModerationDecision(
        comment=comment, revision=revision, outcome="pending", evidence=evidence
    )
    prepared.insert(decision)

    stored = ModerationDecision.objects.get(pk=decision.pk)
    assert stored.evidence == evidence
    assert stored.revision.body == revision.body
    assert stored.decided_at == decision.decided_at
    assert not revision._state.adding


@pytest.mark.django_db(transaction=True)
def test_next_key_is_nobody_elses():
    first = make_comment()
    with transaction.atomic():
        key = prepared.next_key(Comment)
        prepared.insert(
            Comment(
                pk=key,
                article=first.article,
                commenter=first.commenter,
                path=f"{key:08x}",
                digest="another",
            )
        )
    assert key > first.pk
    assert make_comment().pk > key


def test_constants_stand_in_the_words_of_the_statement():
    """A partial index is found by them, also in a plan that is made for all values."""
    made = prepared._make(
        Comment.objects.filter(status="published", body="Is it 'so'? %s").query,
        connection.alias,
    )
    assert "'published'" in made.sql
    assert made.params == ("Is it 'so'? %s",)
