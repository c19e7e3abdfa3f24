from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from comments import figures, moderation, reports, submission
from comments.models import Appeal, Flag, Phrase, Reason
from comments.templatetags import charts
from tests.factories import (
    make_article,
    make_commenter,
    make_editor,
    make_moderator,
    make_user,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY_AGO = NOON - timedelta(days=1)


def at(minutes):
    return time_machine.travel(NOON + timedelta(minutes=minutes), tick=False)


def submit(minutes, body):
    with at(minutes):
        return submission.submit(make_article(), commenter=make_commenter(), body=body)


@pytest.fixture
def history():
    """From ten o'clock: five held, four decided by two moderators, one undone."""
    ada = make_moderator(display_name="Ada")
    ben = make_moderator(display_name="Ben")
    Phrase.objects.create(text="casino", kind=Phrase.Kind.BANNED)
    submit(-120, "To the casino.")
    first, second, third, fourth = (submit(-120, f"No. {n}.") for n in range(4))
    submit(-30, "Nobody has read this.")
    with at(-110):
        moderation.approve(first, by=ada)
    with at(-100):
        moderation.approve(second, by=ada)
    with at(-40):
        moderation.reject(third, by=ben, reason=Reason.SPAM)
        mistaken = moderation.reject(fourth, by=ben, reason=Reason.SPAM)
    with at(-20):
        moderation.undo(mistaken, by=ben)
        reports.flag(
            first, by=make_commenter(user=make_user()), reason=Flag.FlagReason.SPAM
        )
        reports.flag(
            second, by=make_commenter(user=make_user()), reason=Flag.FlagReason.SPAM
        )
        moderation.approve(second, by=ada)
    return ada, ben


def test_waiting_has_its_oldest(history):
    assert figures.waiting() == (2, NOON - timedelta(minutes=120))
    assert figures.flagged() == (1, NOON - timedelta(minutes=120))


def test_pace_counts_decisions_by_moderator_and_hour(history):
    with at(0):
        pace = figures.pace(NOON - timedelta(hours=3))

    assert [(line.name, line.hours) for line in pace] == [
        ("Ada", (0, 2, 1, 0)),
        ("Ben", (0, 0, 3, 0)),
    ]


def test_moderators_beyond_the_busiest_share_a_row(history, monkeypatch):
    monkeypatch.setattr(figures, "MODERATORS", 1)

    with at(0):
        pace = figures.pace(NOON - timedelta(hours=3))

    assert [(line.name, line.total) for line in pace] == [("Ada", 3), ("All others", 3)]


def test_time_to_decision_is_from_the_hold_to_the_person(history, settings):
    settings.MODERATION_TARGET_MINUTES = 60

    delay = figures.delay(DAY_AGO)

    assert delay.minutes == (10, 20, 80, 80)
    assert (delay.median, delay.ninth) == (timedelta(minutes=20), timedelta(minutes=80))
    assert delay.in_time == 2
    assert [number for _, number, _ in delay.within()] == [1, 1, 2, 0]


def test_time_to_decision_is_of_the_newest_where_there_are_many(history, monkeypatch):
    monkeypatch.setattr(figures, "SAMPLE", 2)

    delay = figures.delay(DAY_AGO)

    assert (delay.minutes, delay.is_sample) == ((80, 80), True)


def test_holding_names_the_screens_that_acted(history):
    holding = figures.holding(DAY_AGO)

    assert (holding.submitted, holding.held, holding.rejected) == (6, 5, 1)
    assert dict(holding.screens) == {
        "first_comment": 6,
        "unconfirmed_guest": 6,
        "phrases": 1,
    }


def test_screen_in_the_shadow_holds_nothing():
    shadow = {"screen": "scorer", "outcome": "hold", "mode": "shadow"}

    assert figures._that_acted([shadow, shadow | {"mode": ""}]) == {"scorer"}
    assert figures._that_acted([shadow]) == set()


def test_reversals_count_undone_and_appealed_decisions(history):
    ada, ben = history
    decision = ben.moderation_decisions.filter(undone_by=None, undoes=None).get()
    Appeal.objects.create(
        decision=decision,
        commenter=decision.comment.commenter,
        text="Why?",
        outcome=Appeal.Outcome.REVERSED,
        answer="You are right.",
        decided_by=ada,
        decided_at=NOON,
    )

    assert figures.reversals(DAY_AGO) == figures.Reversals(
        decided=5, undone=1, appealed=1, reversed=1
    )


def test_flags_are_counted_by_outcome(history):
    assert figures.flags(DAY_AGO) == [
        ("open", 1),
        ("agreed", 0),
        ("disagreed", 1),
        ("ignored", 0),
    ]


def test_what_is_older_than_the_window_is_not_counted(history):
    with at(60 * 24 * 3):
        since = NOON + timedelta(days=2)
        assert figures.pace(since) == []
        assert figures.delay(since).median is None
        assert figures.holding(since).submitted == 0
        assert sum(number for _, number in figures.flags(since)) == 0


@pytest.mark.parametrize("days", [1, 7])
def test_page_says_in_words_what_it_plots(days, history, client):
    client.force_login(history[0])

    with at(0):
        page = client.get(reverse("admin:comments_figures"), {"days": days})

    text = page.content.decode()
    assert '<th scope="row">disagreed</th><td>1</td>' in text
    assert '<th scope="row">first comments, so many</th><td>6</td>' in text
    assert "<svg" in text
    assert "style=" not in text


def test_page_is_for_moderators(client):
    client.force_login(make_editor())

    assert client.get(reverse("admin:comments_figures")).status_code == 403


@pytest.mark.parametrize("more", [0, 5])
def test_page_costs_the_same_queries(more, history, client, django_assert_num_queries):
    for n in range(more):
        moderator = make_moderator(display_name=f"No. {n}")
        moderation.approve(submit(-60, f"More {n}."), by=moderator)
    client.force_login(history[0])

    with django_assert_num_queries(13):
        client.get(reverse("admin:comments_figures"))


def test_discussions_are_to_be_read(history, client):
    client.force_login(make_user(is_staff=True, is_superuser=True))

    page = client.get(reverse("admin:comments_discussion_changelist"))
    add = client.get(reverse("admin:comments_discussion_add"))

    assert (page.status_code, add.status_code) == (200, 403)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (None, "–"),
        (timedelta(minutes=3), "3 min"),
        (timedelta(minutes=125), "2 h 5 min"),
        (timedelta(hours=98), "4 d 2 h"),
    ],
)
def test_duration_in_words(span, words):
    assert charts.duration(span) == words


@pytest.mark.parametrize(("part", "whole", "words"), [(1, 8, "12 %"), (0, 0, "–")])
def test_share_in_words(part, whole, words):
    assert charts.share(part, whole) == words
