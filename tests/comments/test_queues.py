"""The queues: what each holds, in which order, and how far it is counted."""

from datetime import UTC, datetime

import pytest

from comments import queues, reports
from comments.models import Flag
from comments.queues import Count, Selection
from tests.factories import (
    make_article,
    make_comment,
    make_commenter,
    make_section,
    make_user,
)

pytestmark = pytest.mark.django_db


def bodies(**query):
    selection = Selection.read(query, sees_emails=query.pop("sees_emails", False))
    return [comment.body for comment in selection.comments()]


def flagged(**fields):
    comment = make_comment(**fields)
    reports.flag(comment, by=make_commenter(), reason=Flag.FlagReason.SPAM)
    return comment


def test_waiting_and_flagged_start_with_the_oldest_and_all_with_the_newest():
    make_comment(body="late", status="pending")
    make_comment(
        body="early", status="pending", submitted_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    flagged(body="flagged")
    make_comment(body="rejected", status="rejected")

    assert bodies() == bodies(queue="waiting") == ["early", "late"]
    assert bodies(queue="flagged") == ["flagged"]
    assert bodies(queue="all") == ["rejected", "flagged", "early", "late"]
    assert Selection().oldest() == datetime(2026, 1, 1, tzinfo=UTC)
    assert Selection("all").oldest() is None


def test_selection_narrows_by_article_section_commenter_and_reason():
    section, voice = make_section(), make_commenter()
    here = make_article(section=section)
    make_comment(body="here", article=here)
    make_comment(body="voice", commenter=voice)
    flagged(body="spam")

    assert bodies(queue="all", article=str(here.pk)) == ["here"]
    assert bodies(queue="all", section=str(section.pk)) == ["here"]
    assert bodies(queue="all", commenter=str(voice.pk)) == ["voice"]
    assert bodies(queue="all", reason="spam") == ["spam"]


def test_search_finds_text_name_headline_number_and_network():
    user = make_user(display_name="Kenji")
    first = make_comment(body="A casino", address="192.0.2.7")
    make_comment(body="named", commenter=make_commenter(name="Sokha"))
    make_comment(body="account", commenter=make_commenter(user=user))
    make_comment(body="headline", article=make_article(headline="Under the bridge"))
    name = queues.network("192.0.2.7")

    assert bodies(queue="all", q="CASINO") == ["A casino"]
    assert bodies(queue="all", q="sokha") == ["named"]
    assert bodies(queue="all", q="kenji") == ["account"]
    assert bodies(queue="all", q="bridge") == ["headline"]
    assert bodies(queue="all", q=f"#{first.pk}")[-1] == "A casino"
    assert bodies(queue="all", q=f"net:{name}") == ["A casino"]
    assert "192" not in name


def test_only_who_may_read_emails_searches_by_them():
    make_comment(body="mine", commenter=make_commenter(email="sok@example.org"))

    assert bodies(queue="all", q="sok@") == []
    assert bodies(queue="all", q="sok@", sees_emails=True) == ["mine"]


@pytest.mark.parametrize("queue", ["waiting", "flagged", "all"])
def test_next_batch_begins_after_the_last_card(queue):
    when = datetime(2026, 3, 1, tzinfo=UTC)
    for n in range(4):
        make = make_comment if queue == "waiting" else flagged
        status = "pending" if queue == "waiting" else "published"
        make(body=f"{n}", status=status, submitted_at=when)
    selection = Selection(queue)
    whole = list(selection.comments())

    assert list(selection.after(whole[1])) == whole[2:]
    assert list(selection.after(None)) == whole


def test_query_is_a_link_that_leads_back():
    asked = {"queue": "all", "reason": "spam", "q": "a & b", "article": "7"}
    selection = Selection.read(asked)

    assert selection.query == "queue=all&article=7&reason=spam&q=a+%26+b"
    assert selection.but(text="").query == "queue=all&article=7&reason=spam"


@pytest.mark.parametrize("key", ["x", "-1", "0", "9" * 30, "٣"])
def test_nonsense_in_an_address_is_left_out(key):
    asked = {"queue": "nowhere", "article": key, "reason": "because", "q": "\0"}

    assert Selection.read(asked) == Selection()


def test_count_stops_at_the_cap(monkeypatch):
    monkeypatch.setattr(queues, "CAP", 2)
    for _ in range(4):
        make_comment(status="pending")

    assert str(Selection().count()) == "2+"
    assert (str(Count(2)), str(Count(1_000))) == ("2", "2+")
