from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from articles import editions
from comments import moderation, paging
from comments.models import Reason
from comments.paging import Place
from tests.factories import make_article, make_comment, make_commenter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_pages(settings):
    settings.COMMENT_THREADS_PER_PAGE = 2
    settings.COMMENT_REPLIES_PER_THREAD = 3


@pytest.fixture
def article():
    """An article with five threads, "0" the oldest."""
    article, start = make_article(), timezone.now() - timedelta(days=1)
    for n in range(5):
        make_comment(
            article=article, body=str(n), submitted_at=start + timedelta(hours=n)
        )
    return article


def place(query):
    return Place.from_request(RequestFactory().get(f"/{query}"))


def walk(article, query, *, step="next"):
    """The texts on each page from ``query`` on."""
    pages = []
    while query is not None:
        page = paging.load(article, place(query), frozenset())
        pages.append([node.comment.body for node in page.threads])
        query = getattr(page, step)
    return pages


def test_oldest_first_walks_to_the_end_and_back(article):
    assert walk(article, "") == [["0", "1"], ["2", "3"], ["4"]]
    last = (
        paging.load(article, place(""), ()).threads[0].comment.article.comments.last()
    )
    assert walk(article, f"?from={last.pk}", step="previous") == [
        ["4"],
        ["2", "3"],
        ["0", "1"],
    ]


def test_newest_first_walks_to_the_end(article):
    assert walk(article, "?order=newest") == [["4", "3"], ["2", "1"], ["0"]]


def test_threads_of_the_same_moment_are_each_shown_once():
    article, moment = make_article(), timezone.now()
    for n in range(5):
        make_comment(article=article, body=str(n), submitted_at=moment)

    assert walk(article, "") == [["0", "1"], ["2", "3"], ["4"]]


@pytest.mark.parametrize(
    "query",
    ["?from=x", "?from=99999999999999999999999", "?before=-1", "?order=up", "?from=٣"],
)
def test_ill_formed_place_is_the_first_page(article, query):
    assert walk(article, query)[0] == ["0", "1"]


def test_thread_of_another_article_is_no_page(article):
    other = make_comment()

    assert paging.load(article, place(f"?thread={other.pk}"), ()).threads == []


def test_long_thread_is_cut_and_says_by_how_much(article):
    root = article.comments.first()
    replies = [make_comment(parent=root, body=f"r{n}") for n in range(5)]

    node = paging.load(article, place(""), ()).threads[0]
    assert [reply.comment.body for reply in node.replies] == ["r0", "r1", "r2"]
    assert node.hidden_replies == 2

    whole = paging.load(article, place(f"?thread={root.pk}"), ()).threads[0]
    assert [reply.comment for reply in whole.replies] == replies


def test_thread_page_goes_on_after_its_last_reply(article, monkeypatch):
    monkeypatch.setattr(paging, "REPLIES_PER_THREAD_PAGE", 2)
    root = article.comments.first()
    for n in range(3):
        make_comment(parent=root, body=f"r{n}")

    page = paging.load(article, place(f"?thread={root.pk}"), ())
    more = paging.load(article, place(page.next), ())

    assert [n.comment.body for n in more.threads[0].replies] == ["r2"]


def test_place_of_a_comment_is_the_page_that_shows_it(article):
    comments = list(article.comments.order_by("submitted_at"))
    reply = [make_comment(parent=comments[0]) for _ in range(4)][-1]

    assert paging.place_of(comments[1], ()) == ""
    assert paging.place_of(comments[3], ()) == f"?from={comments[3].pk}"
    assert paging.place_of(reply, ()) == f"?thread={comments[0].pk}"


def test_place_in_an_edition_is_asked_for_until_one_is_past_the_first_page(
    article, django_assert_num_queries
):
    comments = list(article.comments.order_by("submitted_at"))
    edition = editions.current()
    editions.turns_at(edition)  # as every request has asked

    def places():
        return [paging.place_of(comments[n], (), edition) for n in (1, 3, 4, 0)]

    wanted = ["", f"?from={comments[3].pk}", f"?from={comments[4].pk}", ""]
    with django_assert_num_queries(2):  # for the first two
        assert places() == wanted
    with django_assert_num_queries(0):
        assert places() == wanted


def test_place_in_an_edition_shows_the_comment_though_earlier_ones_were_taken_back(
    article,
):
    comments = list(article.comments.order_by("submitted_at"))
    edition = editions.current()
    assert paging.place_of(comments[3], (), edition)
    for comment in comments[:3]:
        moderation.reject(comment, by=None, reason=Reason.SPAM)

    query = paging.place_of(comments[3], (), edition)
    shown = paging.load(article, place(query), ()).threads
    assert comments[3] in [node.comment for node in shown]


def test_place_in_a_thread_of_many_pages_is_the_page_that_shows_it(
    article, monkeypatch
):
    monkeypatch.setattr(paging, "REPLIES_PER_THREAD_PAGE", 4)
    root = article.comments.first()
    replies = [make_comment(parent=root, body=f"r{n}") for n in range(9)]

    for reply in replies:
        query = paging.place_of(reply, ())
        shown = paging.load(article, place(query), ()).threads
        assert reply in [node.comment for top in shown for node in top.replies]


@pytest.mark.parametrize("status", ["pending", "rejected", "published"])
def test_own_comments_stand_in_their_places_for_their_commenter_alone(status):
    article, me = make_article(), make_commenter()
    hidden = make_comment(article=article, status="rejected", body="gone")
    make_comment(parent=hidden, body="mine", commenter=me, status=status)
    make_comment(article=article, body="last")
    everyone = ["last"] if status != "published" else ["gone", "last"]

    assert walk(article, "") == [everyone]
    page = paging.load(article, place(""), frozenset({me.pk}))
    assert [node.comment.body for node in page.threads] == ["gone", "last"]
    assert [node.comment.body for node in page.threads[0].replies] == ["mine"]


def test_own_hidden_replies_count_among_those_behind_the_link(article):
    root, me = article.comments.first(), make_commenter()
    bodies = [f"r{n}" for n in range(5)]
    first, *_ = [make_comment(parent=root, body=body) for body in bodies]
    for parent in (first, root):
        make_comment(parent=parent, commenter=me, status="pending", body="mine")

    node = paging.load(article, place(""), frozenset({me.pk})).threads[0]

    assert [reply.comment.body for reply in node.replies] == ["r0", "r1", "r2"]
    assert [reply.comment.body for reply in node.replies[0].replies] == ["mine"]
    assert node.hidden_replies == 3


@pytest.mark.parametrize("size", [1, 3])
def test_page_costs_the_same_queries(size, django_assert_num_queries):
    article = make_article()
    for _ in range(size):
        hidden = make_comment(article=article, status="rejected")
        middle = make_comment(parent=hidden, status="rejected")
        make_comment(parent=middle)

    with django_assert_num_queries(3):
        page = paging.load(article, place(""), ())

    assert len(page.threads) == min(size, 2)
