from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from comments import hours, refusals, submission
from comments.hours import State
from comments.models import NewsroomHours
from tests.factories import (
    make_article,
    make_commenter,
    make_moderator,
    make_section,
)

BERLIN, PHNOM_PENH = "Europe/Berlin", "Asia/Phnom_Penh"
OPEN, HOLD, CLOSED = State.OPEN, State.HOLD, State.CLOSED
SUNDAY = 6


def make_hours(zone=BERLIN, spans=(("08:00", "22:00"),), days=range(7), **fields):
    week = [{"day": d, "from": a, "to": b} for d in days for a, b in spans]
    return NewsroomHours(**{"time_zone": zone, "week": week} | fields)


def at(moment):
    return datetime.fromisoformat(moment).astimezone(UTC)


def says(moment):
    return moment and moment.isoformat(timespec="minutes")


# Both changes of both years: the clocks of Berlin go from 02:00 to 03:00 and back.
@pytest.mark.parametrize("day", ["2026-03-29", "2027-03-28"])
@pytest.mark.parametrize(
    ("instant", "state", "opening"),
    [
        ("00:59:59+00:00", HOLD, "03:00+02:00"),  # 01:59:59 in winter time
        ("01:00:00+00:00", OPEN, "03:00+02:00"),  # 03:00 in summer time
        ("01:29:59+00:00", OPEN, "03:29+02:00"),
        ("01:30:00+00:00", HOLD, None),
    ],
)
def test_span_from_a_time_that_does_not_come_begins_after_the_gap(
    day, instant, state, opening
):
    week = make_hours(spans=[("02:30", "03:30")], days=[SUNDAY])
    moment = at(f"{day}T{instant}")

    assert hours.state(week, moment) == state
    if opening:
        assert says(hours.next_opening(week, moment)) == f"{day}T{opening}"


@pytest.mark.parametrize("day", ["2026-03-29", "2027-03-28"])
def test_span_inside_the_gap_is_left_out_that_day(day):
    week = make_hours(spans=[("02:15", "02:45")], days=[SUNDAY])
    opening = hours.next_opening(week, at(f"{day}T00:00+00:00"))

    later = datetime.fromisoformat(day) + timedelta(days=7)
    assert says(opening) == f"{later:%Y-%m-%d}T02:15+02:00"


@pytest.mark.parametrize("day", ["2026-10-25", "2027-10-31"])
@pytest.mark.parametrize(
    ("instant", "state", "opening"),
    [
        ("00:14:59+00:00", HOLD, "02:15+02:00"),
        ("00:15:00+00:00", OPEN, "02:15+02:00"),  # the first 02:15
        ("00:44:59+00:00", OPEN, "02:44+02:00"),
        ("00:45:00+00:00", HOLD, "02:15+01:00"),  # and it will come again
        ("01:14:59+00:00", HOLD, "02:15+01:00"),
        ("01:15:00+00:00", OPEN, "02:15+01:00"),  # the second 02:15
        ("01:44:59+00:00", OPEN, "02:44+01:00"),
        ("01:45:00+00:00", HOLD, None),
    ],
)
def test_repeated_hour_is_what_its_clock_says_both_times(day, instant, state, opening):
    week = make_hours(spans=[("02:15", "02:45")], days=[SUNDAY])
    moment = at(f"{day}T{instant}")

    assert hours.state(week, moment) == state
    if opening:
        assert says(hours.next_opening(week, moment)) == f"{day}T{opening}"


@pytest.mark.parametrize("day", ["2026-10-25", "2027-10-31"])
def test_span_that_ends_in_the_repeated_hour_opens_again_with_it(day):
    week = make_hours(spans=[("00:00", "02:30")], days=[SUNDAY])

    opening = hours.next_opening(week, at(f"{day}T00:40+00:00"))  # the first 02:40

    assert says(opening) == f"{day}T02:00+01:00"


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        ("2026-03-29", "+01:00", "+02:00"),
        ("2026-10-25", "+02:00", "+01:00"),
        ("2027-03-28", "+01:00", "+02:00"),
        ("2027-10-31", "+02:00", "+01:00"),
    ],
)
def test_usual_hours_keep_the_clock_on_the_wall(day, before, after):
    week = make_hours()
    eve = f"{datetime.fromisoformat(day) - timedelta(days=1):%Y-%m-%d}"

    assert hours.state(week, at(f"{eve}T21:59:59{before}")) == OPEN
    assert hours.state(week, at(f"{eve}T22:00:00{before}")) == HOLD
    assert hours.state(week, at(f"{day}T07:59:59{after}")) == HOLD
    assert hours.state(week, at(f"{day}T08:00:00{after}")) == OPEN
    opening = hours.next_opening(week, at(f"{eve}T22:00:00{before}"))
    assert says(opening) == f"{day}T08:00{after}"


@pytest.mark.parametrize(
    "day", ["2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31"]
)
def test_phnom_penh_has_no_change(day):
    week = make_hours(PHNOM_PENH, [("02:15", "02:45"), ("22:00", "24:00")])
    states = [
        hours.state(week, at(f"{day}T{clock}+07:00"))
        for clock in ("02:14:59", "02:15:00", "02:44:59", "02:45:00", "21:59:59")
    ]

    assert states == [HOLD, OPEN, OPEN, HOLD, HOLD]
    assert hours.state(week, at(f"{day}T23:59:59+07:00")) == OPEN
    opening = hours.next_opening(week, at(f"{day}T02:45:00+07:00"))
    assert says(opening) == f"{day}T22:00+07:00"


def test_two_spans_join_over_midnight():
    week = make_hours(spans=[("00:00", "01:00"), ("20:00", "24:00")])

    assert hours.state(week, at("2026-11-24T23:59:59+01:00")) == OPEN
    assert hours.state(week, at("2026-11-25T00:59:59+01:00")) == OPEN
    assert hours.state(week, at("2026-11-25T01:00:00+01:00")) == HOLD


def test_holiday_has_no_hours():
    week = make_hours(holidays=["2026-12-25", "2026-12-26"])

    assert hours.state(week, at("2026-12-25T12:00+01:00")) == HOLD
    opening = hours.next_opening(week, at("2026-12-24T22:00+01:00"))
    assert says(opening) == "2026-12-27T08:00+01:00"


def test_empty_week_never_opens():
    week = make_hours(days=[], otherwise="closed")

    moment = at("2026-11-25T12:00+00:00")
    assert hours.next_opening(week, moment) is None
    assert hours.sentence(week, moment) == "Comments are not taken at the moment."


clocks = st.integers(0, 48).map(lambda n: f"{n // 2:02}:{n % 2 * 30:02}")
spans = st.tuples(clocks, clocks).filter(lambda s: s[0] < s[1])
changes = st.sampled_from(
    ["2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31", "2026-11-25"]
)


@given(st.lists(spans, max_size=3), changes, st.integers(0, 2_880))
@example([("00:00", "02:30")], "2026-10-25", 90)  # the change is the day after's
def test_nothing_is_open_before_the_next_opening(spans, day, minutes):
    week = make_hours(spans=spans)
    start = at(f"{day}T00:00+01:00") - timedelta(days=1) + timedelta(minutes=minutes)

    opening = hours.next_opening(week, start)

    if opening is None:
        assert spans == []
        return
    assert hours.state(week, opening) == OPEN
    moment = start
    while moment < opening:
        assert hours.state(week, moment) == HOLD
        moment += timedelta(minutes=5)


@pytest.mark.django_db
class TestScopes:
    def test_most_specific_hours_rule(self):
        article = make_article(section=make_section())
        rows = [{}, {"section": article.section}, {"article": article}]
        for scope in rows:
            make_hours(**scope).save()
            found = hours.of(article)
            assert {name: getattr(found, name) for name in scope} == scope

        assert hours.of(make_article()).section is None

    def test_closed_hours_refuse_and_say_when_they_open(self, time_machine):
        time_machine.move_to(datetime(2026, 11, 25, 22, 30, tzinfo=ZoneInfo(BERLIN)))
        make_hours(otherwise="closed").save()
        article = make_article()
        words = "Comments open again on Thursday, 26 November at 08:00 (Europe/Berlin)."

        with pytest.raises(refusals.OutOfHours) as refused:
            submission.submit(article, commenter=make_commenter(), body="Hello.")

        assert refused.value.words == words
        assert hours.notice(article, datetime.now(UTC)) == words
        staff = make_commenter(user=make_moderator())
        assert submission.submit(article, commenter=staff, body="Hello.").is_published

    def test_page_tells_readers_and_keeps_the_form_away(self, client, time_machine):
        time_machine.move_to(datetime(2026, 11, 25, 22, 30, tzinfo=ZoneInfo(BERLIN)))
        week = make_hours(otherwise="closed")
        week.save()
        address = make_article().get_absolute_url()

        page = client.get(address).content.decode()
        assert "Comments open again on Thursday, 26 November" in page
        assert 'id="commentform"' not in page

        week.otherwise = "hold"
        week.save()
        page = client.get(address).content.decode()
        assert "It is back on Thursday, 26 November at 08:00" in page
        assert 'id="commentform"' in page
