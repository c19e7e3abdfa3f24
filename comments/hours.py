"""When the newsroom is there: whether comments are taken, and when they will be.

The clock on the wall decides. Where clocks go forward, a time that does not come is
the first one after the gap; where they go back, the repeated hour is what it says it
is, both times. Nothing here writes, and all but ``of`` are pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from articles import editions
from articles.models import Article
from comments.models import NewsroomHours

FAR = timedelta(days=400)  # no opening within it is none
_DAY = 24 * 60


class State(StrEnum):
    OPEN = "open"
    HOLD = "hold"
    CLOSED = "closed"


@dataclass(frozen=True)
class Standing:
    """What holds for an article at a moment, and the sentence about it for readers."""

    state: State = State.OPEN
    notice: str = ""


def standing(article: Article, at: datetime) -> Standing:
    """One query; none where the article's edition is known."""
    hours = of(article)
    if hours is None or (now := state(hours, at)) == State.OPEN:
        return Standing()
    return Standing(now, sentence(hours, at))


def notice(article: Article, at: datetime) -> str:
    """What readers are told; "" while comments are taken as usual."""
    return standing(article, at).notice


def of(article: Article) -> NewsroomHours | None:
    """The timetable of the article, else of its section, else of the site."""
    every = editions.kept(article.edition, "hours", _all)
    theirs = (hours for hours in every if _is_for(hours, article))
    return min(theirs, key=_breadth, default=None)


def state(hours: NewsroomHours, at: datetime) -> State:
    local = at.astimezone(ZoneInfo(hours.time_zone))
    minute = local.hour * 60 + local.minute
    spans = _spans(hours, local.date())
    if any(start <= minute < end for start, end in spans):
        return State.OPEN
    return State(hours.otherwise)


def next_opening(hours: NewsroomHours, at: datetime) -> datetime | None:
    """The first moment from ``at`` on when comments are taken as usual.

    None where no span begins within FAR, as with an empty week.
    """
    zone = ZoneInfo(hours.time_zone)
    if state(hours, at) == State.OPEN:
        return at.astimezone(zone)
    first = at.astimezone(zone).date()
    for day in range(FAR.days):
        moments = _moments(hours, first + timedelta(days=day), zone)
        opening = [m for m in moments if m >= at and state(hours, m) == State.OPEN]
        if opening:
            return min(opening).astimezone(zone)
    return None


def sentence(hours: NewsroomHours, at: datetime) -> str:
    """What is so outside of the hours, and until when."""
    opening = next_opening(hours, at)
    is_closed = state(hours, at) == State.CLOSED
    if opening is None:
        if is_closed:
            return _("Comments are not taken at the moment.")
        return _("Comments are read by a moderator before they appear.")
    words = (
        _("Comments open again on %(day)s at %(time)s (%(zone)s).")
        if is_closed
        else _(
            "The newsroom is away: comments wait to be read. It is back on %(day)s "
            "at %(time)s (%(zone)s)."
        )
    )
    return words % {
        "day": date_format(opening, "l, j F"),
        "time": date_format(opening, "H:i"),
        "zone": hours.time_zone.replace("_", " "),
    }


def minutes(clock: str) -> int:
    """ "08:30" as minutes from midnight; "24:00" is the end of the day.

    Raises ValueError for anything else.
    """
    if clock == "24:00":
        return _DAY
    parsed = time.fromisoformat(clock)
    if len(clock) != 5:
        raise ValueError(clock)
    return parsed.hour * 60 + parsed.minute


def _all() -> list[NewsroomHours]:
    """A paper has few; those of single articles are exceptions."""
    return list(NewsroomHours.objects.all())


def _is_for(hours: NewsroomHours, article: Article) -> bool:
    if hours.article_id:
        return hours.article_id == article.pk
    return hours.section_id is None or hours.section_id == article.section_id


def _breadth(hours: NewsroomHours) -> tuple[bool, bool, int]:
    return hours.article_id is None, hours.section_id is None, hours.pk


def _spans(hours: NewsroomHours, day: date) -> list[tuple[int, int]]:
    if day.isoformat() in hours.holidays:
        return []
    return [
        (minutes(span["from"]), minutes(span["to"]))
        for span in hours.week
        if span["day"] == day.weekday()
    ]


def _moments(hours: NewsroomHours, day: date, zone: ZoneInfo) -> Iterator[datetime]:
    """When a span may begin on ``day``: at its time, and where the clock is moved."""
    midnight = datetime.combine(day, time(), UTC)
    for start, _end in _spans(hours, day):
        wall = (midnight + timedelta(minutes=start)).replace(tzinfo=zone)
        yield from (wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    # Some clocks are moved at midnight: look a little further than the day.
    around = (midnight - timedelta(hours=3), midnight + timedelta(hours=27))
    dawn, dusk = (wall.replace(tzinfo=zone).astimezone(UTC) for wall in around)
    if _offset(dawn, zone) != _offset(dusk, zone):
        change = _change(dawn, dusk, zone)
        if change.astimezone(zone).date() == day:
            yield change


def _change(dawn: datetime, dusk: datetime, zone: ZoneInfo) -> datetime:
    """The first second with another offset than ``dawn``'s."""
    before = _offset(dawn, zone)
    while dusk - dawn > timedelta(seconds=1):
        middle = (dawn + (dusk - dawn) / 2).replace(microsecond=0)
        if _offset(middle, zone) == before:
            dawn = middle
        else:
            dusk = middle
    return dusk


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()
