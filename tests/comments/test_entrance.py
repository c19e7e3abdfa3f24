"""Kept pages, answered before Django: by the real WSGI application."""

import io
import time
from threading import Event

import pytest
from django.conf import settings
from django.core import signals
from django.db import close_old_connections, connection, connections
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.leaders import Leaders
from comments import moderation, pages, shelf
from comments.entrance import KeptPages
from comments.models import Reason
from config.wsgi import application
from tests.factories import make_comment, make_moderator

pytestmark = pytest.mark.django_db
HIT, MADE = pages.HIT, pages.MADE


@pytest.fixture(autouse=True)
def same_connection():
    """The test's own, though requests end: what it wrote is not committed."""
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    yield
    signals.request_started.connect(close_old_connections)
    signals.request_finished.connect(close_old_connections)


def ask(thing, *, method="GET", to=application, **headers):
    """Status, headers and body, as a server gets them."""
    environ, said = asked_for(thing, method, **headers), []
    answer = to(environ, lambda status, given: said.extend([status, dict(given)]))
    body = b"".join(answer)
    return said[0], said[1], body


def asked_for(thing, method="GET", **headers):
    """What a server tells of a request."""
    told = RequestFactory(headers=headers).generic(method, thing.get_absolute_url())
    return told.environ | {"wsgi.input": io.BytesIO()}


def not_to_be_asked(environ, start_response):
    raise AssertionError("It went to Django.")


def test_kept_page_is_answered_without_django_as_django_would():
    comment = make_comment()
    made = ask(comment.article, accept_encoding="br")

    kept = ask(comment.article, to=KeptPages(not_to_be_asked), accept_encoding="br")

    assert made[1].pop("Cache-Status") == MADE
    assert kept[1].pop("Cache-Status") == HIT
    assert kept == made
    assert kept[0] == "200 OK"
    assert kept[1]["Content-Encoding"] == "br"


def test_kept_page_costs_one_query(django_assert_num_queries):
    comment = make_comment()
    ask(comment.article)

    with django_assert_num_queries(1):
        assert ask(comment.article)[1]["Cache-Status"] == HIT


def test_reader_who_has_it_is_told_so():
    comment = make_comment()
    etag = ask(comment.article)[1]["ETag"]

    status, headers, body = ask(
        comment.article, to=KeptPages(not_to_be_asked), if_none_match=f'W/"x", {etag}'
    )

    assert (status, headers["ETag"], body) == ("304 Not Modified", etag, b"")
    assert "Content-Type" not in headers


def test_changed_page_goes_to_django():
    comment = make_comment(body="Soon to be gone.")
    ask(comment.article)
    moderation.reject(comment, by=make_moderator(), reason=Reason.ABUSIVE)

    _status, headers, body = ask(comment.article)

    assert headers["Cache-Status"] == MADE
    assert b"Soon to be gone." not in body


def test_while_another_makes_a_page_the_old_one_is_shown(django_assert_num_queries):
    comment = make_comment()
    _status, _headers, before = ask(comment.article)
    (key,) = shelf.at_hand
    moderation.reject(comment, by=make_moderator(), reason=Reason.ABUSIVE)

    with shelf.turn(key):
        asked = ask(comment.article)
        with django_assert_num_queries(0):
            at_once = ask(comment.article, to=KeptPages(not_to_be_asked))
    time.sleep(pages.LOOK_SECONDS)
    after = ask(comment.article)

    assert (asked[1]["Cache-Status"], asked[2]) == (pages.OLD, before)
    assert (at_once[1]["Cache-Status"], at_once[2]) == (pages.OLD, before)
    assert after[1]["Cache-Status"] == MADE
    assert after[2] != before


def test_while_one_is_at_a_newer_page_it_is_looked_for_by_nobody_else():
    comment = make_comment()
    _status, _headers, before = ask(comment.article)
    moderation.reject(comment, by=make_moderator(), reason=Reason.ABUSIVE)
    meanwhile = []

    def slow(environ, start_response):
        others = ask(comment.article, to=KeptPages(not_to_be_asked))
        meanwhile.append((others[1]["Cache-Status"], others[2]))
        return application.application(environ, start_response)

    _status, headers, _body = ask(comment.article, to=KeptPages(slow))

    assert meanwhile == [(pages.OLD, before)]
    assert headers["Cache-Status"] == MADE


def test_page_is_not_shown_for_ever_because_somebody_is_at_a_newer_one(monkeypatch):
    comment = make_comment()
    ask(comment.article)
    (key,) = shelf.at_hand
    page = shelf.at_hand.get(key)
    page.expect_newer(600)
    moderation.reject(comment, by=make_moderator(), reason=Reason.ABUSIVE)
    assert ask(comment.article)[1]["Cache-Status"] == pages.OLD

    monkeypatch.setattr(pages, "KEPT_SECONDS", 0)

    assert ask(comment.article)[1]["Cache-Status"] == MADE


def test_who_did_not_make_it_leaves_it_to_the_next():
    comment = make_comment()
    ask(comment.article)
    moderation.reject(comment, by=make_moderator(), reason=Reason.ABUSIVE)

    with pytest.raises(AssertionError, match="It went to Django"):
        ask(comment.article, to=KeptPages(not_to_be_asked))

    assert ask(comment.article)[1]["Cache-Status"] == MADE


@pytest.mark.parametrize(
    "cookie",
    [
        settings.SESSION_COOKIE_NAME,
        settings.COMMENTER_COOKIE_NAME,
        settings.CSRF_COOKIE_NAME,
    ],
)
def test_browser_that_carries_a_cookie_of_ours_goes_to_django(cookie):
    comment = make_comment()
    ask(comment.article)

    _status, headers, _body = ask(comment.article, cookie=f"a=b; {cookie}=c")

    assert "Cache-Status" not in headers


@pytest.mark.parametrize("method", ["HEAD", "POST"])
def test_other_methods_go_to_django(method):
    comment = make_comment()
    ask(comment.article)

    with pytest.raises(AssertionError, match="It went to Django"):
        ask(comment.article, method=method, to=KeptPages(not_to_be_asked))


def test_another_name_of_the_site_is_another_page():
    comment = make_comment()
    ask(comment.article)

    with pytest.raises(AssertionError, match="It went to Django"):
        ask(comment.article, to=KeptPages(not_to_be_asked), host="evil.example")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="A file does not go away.")
def test_connection_that_has_died_is_no_error():
    comment = make_comment()
    ask(comment.article)
    connection.connection.close()

    status, _headers, _body = ask(comment.article)

    assert status == "200 OK"
    assert list(shelf.at_hand)


def leaves_the_lead(work):
    """Whether another request is done while ``work`` is followed by a long wait."""
    pool, came = Leaders(workers=1, patience=600), Event()
    has_come = pool.submit(lambda: (work(), came.wait(2))[1])
    pool.submit(came.set)
    pool.shutdown()
    return has_come.result(10)


@pytest.mark.django_db(transaction=True)
def test_what_goes_to_django_is_done_aside_and_kept_pages_are_not():
    article = make_comment().article
    ask(article)

    def kept(**headers):
        ask(article, to=KeptPages(not_to_be_asked), **headers)
        connection.close()  # this thread's

    def made():
        KeptPages(lambda *_: [])({"REQUEST_METHOD": "POST"}, lambda *_: None)

    assert leaves_the_lead(made)
    assert not leaves_the_lead(kept)
    assert leaves_the_lead(lambda: kept(content_length="3"))


@pytest.fixture
def leader():
    """One thread, as of a web process, whose connection ends with it."""
    pool = Leaders(workers=0)
    yield pool
    pool.submit(connections.close_all).result(10)
    pool.shutdown()


def ask_led(article):
    """Where the answer came from, and how many questions that took."""
    with CaptureQueriesContext(connection) as queries:
        _status, headers, _body = ask(article)
    return headers["Cache-Status"], len(queries)


@pytest.mark.django_db(transaction=True)
def test_one_question_serves_all_who_had_come_before_it(leader):
    article = make_comment().article
    ask(article)
    goes_on = Event()

    leader.submit(goes_on.wait, 10)
    together = [leader.submit(ask_led, article) for _ in range(3)]
    goes_on.set()

    assert [each.result(10) for each in together] == [(HIT, 1), (HIT, 0), (HIT, 0)]
    assert leader.submit(ask_led, article).result(10) == (HIT, 1)


@pytest.mark.django_db(transaction=True)
def test_who_comes_after_a_decision_is_not_served_by_a_question_before_it(leader):
    comment = make_comment(body="Soon to be gone.")
    ask(comment.article)

    assert leader.submit(ask_led, comment.article).result(10) == (HIT, 1)
    moderation.reject(comment, by=make_moderator(), reason=Reason.ABUSIVE)
    status, _count = leader.submit(ask_led, comment.article).result(10)

    assert status == MADE


@pytest.mark.django_db(transaction=True)
def test_no_serves_nobody_else(leader):
    comment = make_comment()
    ask(comment.article)
    leader.submit(ask_led, comment.article).result(10)
    moderation.reject(comment, by=make_moderator(), reason=Reason.ABUSIVE)
    goes_on, went_on = Event(), []
    to = KeptPages(lambda *_: went_on.append("to Django") or [])

    leader.submit(goes_on.wait, 10)
    together = [
        leader.submit(to, asked_for(comment.article), lambda *_: None) for _ in range(2)
    ]
    goes_on.set()

    assert [each.result(10) for each in together] == [[], []]
    assert went_on == ["to Django", "to Django"]
