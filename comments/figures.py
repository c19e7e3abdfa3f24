"""The newsroom's numbers: what waits, who decided how much, how long it took.

Each is a query or two over a bounded window, whatever is stored before it. What cannot
be counted portably in the database (percentiles, the screens in a decision's evidence)
is counted over the newest SAMPLE rows of the window, and says so.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.db.models.functions import TruncHour
from django.utils import timezone
from django.utils.translation import gettext as _

from comments.models import Appeal, Comment, Flag, ModerationDecision

Status = Comment.Status
SAMPLE = 2_000
# So many moderators have a row of their own; the others share one.
MODERATORS = 8
HOUR = timedelta(hours=1)


class Queue(NamedTuple):
    number: int
    oldest_at: datetime | None


@dataclass(frozen=True)
class Pace:
    """How many decisions one moderator took in each hour."""

    name: str
    hours: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.hours)


@dataclass(frozen=True)
class Delay:
    """How long held comments waited for a person, in minutes."""

    minutes: tuple[float, ...]  # sorted
    is_sample: bool

    @property
    def number(self) -> int:
        return len(self.minutes)

    @property
    def target(self) -> int:
        return settings.MODERATION_TARGET_MINUTES

    @property
    def in_time(self) -> int:
        return sum(minutes <= self.target for minutes in self.minutes)

    @property
    def median(self) -> timedelta | None:
        return self._within(50)

    @property
    def ninth(self) -> timedelta | None:
        """The time within which nine of ten were decided."""
        return self._within(90)

    def _within(self, percent: int) -> timedelta | None:
        if not self.minutes:
            return None
        rank = ceil(self.number * percent / 100)  # the nearest rank
        return timedelta(minutes=self.minutes[rank - 1])

    def within(self) -> list[tuple[str, int, bool]]:
        """By steps of the target: label, how many, whether it is later than it."""
        steps = [
            (self.target // 4, _("a quarter of the target")),
            (self.target, _("the target")),
            (self.target * 4, _("four times the target")),
        ]
        rows, before = [], 0
        for limit, label in steps:
            upto = sum(minutes <= limit for minutes in self.minutes)
            words = _("within %(label)s (%(minutes)d min)")
            row = words % {"label": label, "minutes": limit}
            rows.append((row, upto - before, limit > self.target))
            before = upto
        return [*rows, (_("later"), self.number - before, True)]


@dataclass(frozen=True)
class Holding:
    """What the screens did with new comments."""

    submitted: int
    held: int
    rejected: int
    screens: tuple[tuple[str, int], ...]
    is_sample: bool


@dataclass(frozen=True)
class Reversals:
    """Decisions of people, and how many did not stand."""

    decided: int
    undone: int
    appealed: int
    reversed: int

    @property
    def rows(self) -> list[tuple[str, int, bool]]:
        return [
            (_("decided by people"), self.decided, False),
            (_("undone"), self.undone, True),
            (_("appeals answered"), self.appealed, False),
            (_("reversed on appeal"), self.reversed, True),
        ]


def waiting() -> Queue:
    return _queue(Comment.objects.awaiting_moderation())


def flagged() -> Queue:
    return _queue(Comment.objects.flagged())


def _queue(comments) -> Queue:
    return Queue(
        **comments.aggregate(number=Count("pk"), oldest_at=Min("submitted_at"))
    )


def hours(since: datetime, until: datetime) -> list[datetime]:
    """The beginnings of the hours from ``since`` to ``until``."""
    first = since.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return [first + HOUR * n for n in range(int((until - first) / HOUR) + 1)]


def pace(since: datetime) -> list[Pace]:
    """Decisions per moderator and hour; the busiest first, the rest of them as one."""
    slots = {hour: n for n, hour in enumerate(hours(since, timezone.now()))}
    rows = (
        _by_people(since)
        .order_by()
        .annotate(hour=TruncHour("decided_at", tzinfo=UTC))
        .values_list("moderator", "moderator__display_name", "hour")
        .annotate(Count("pk"))
    )
    table: dict[tuple[int, str], list[int]] = {}
    for moderator, name, hour, number in rows:
        line = table.setdefault((moderator, name), [0] * len(slots))
        line[slots.get(hour, -1)] += number
    ranked = [Pace(name, tuple(line)) for (_key, name), line in table.items()]
    ranked.sort(key=lambda one: (-one.total, one.name))
    rest = ranked[MODERATORS:]
    if not rest:
        return ranked
    together = tuple(map(sum, zip(*(one.hours for one in rest), strict=True)))
    return [*ranked[:MODERATORS], Pace(_("All others"), together)]


def delay(since: datetime) -> Delay:
    """From the decision, or the edit, that held a comment to a person's decision."""
    held = (
        ModerationDecision.objects.filter(
            comment=OuterRef("comment"), pk__lt=OuterRef("pk")
        )
        .order_by("-pk")
        .values("decided_at")[:1]
    )
    moments = (
        _by_people(since)
        .filter(previous_status=Status.PENDING, undoes=None)
        .exclude(outcome=Status.PENDING)
        .annotate(held_at=Subquery(held))
        .filter(held_at__isnull=False)
        .order_by("-pk")
        .values_list("held_at", "decided_at")[:SAMPLE]
    )
    minutes = sorted((done - held).total_seconds() / 60 for held, done in moments)
    return Delay(tuple(minutes), is_sample=len(minutes) == SAMPLE)


def holding(since: datetime) -> Holding:
    """The first verdicts, and the screens that asked for the strict ones."""
    first = ModerationDecision.objects.filter(previous_status="", decided_at__gte=since)
    counts = first.aggregate(
        submitted=Count("pk"),
        held=Count("pk", filter=Q(outcome=Status.PENDING)),
        rejected=Count("pk", filter=Q(outcome=Status.REJECTED)),
    )
    strict = first.filter(outcome__in=[Status.PENDING, Status.REJECTED])
    sample = list(strict.order_by("-pk").values_list("evidence", flat=True)[:SAMPLE])
    screens = Counter(screen for evidence in sample for screen in _that_acted(evidence))
    return Holding(
        **counts, screens=tuple(screens.most_common()), is_sample=len(sample) == SAMPLE
    )


def reversals(since: datetime) -> Reversals:
    decided = _by_people(since).aggregate(
        decided=Count("pk", filter=Q(undoes=None)),
        undone=Count("pk", filter=Q(undoes__isnull=False)),
    )
    appeals = Appeal.objects.filter(decided_at__gte=since).aggregate(
        appealed=Count("pk"),
        reversed=Count("pk", filter=Q(outcome=Appeal.Outcome.REVERSED)),
    )
    return Reversals(**decided, **appeals)


def flags(since: datetime) -> list[tuple[str, int]]:
    """Reports for the moderators, by what came of them."""
    filed = Flag.objects.for_moderators().filter(flagged_at__gte=since)
    grouped = filed.order_by().values_list("outcome").annotate(Count("pk"))
    counted: dict[str, int] = dict(grouped)
    return [(str(kind.label), counted.get(kind, 0)) for kind in Flag.Outcome]


def _by_people(since: datetime):
    return ModerationDecision.objects.filter(
        moderator__isnull=False, decided_at__gte=since
    )


def _that_acted(evidence: list[dict]) -> set[str]:
    """The screens that asked for more than publication and were not in the shadow."""
    return {
        finding["screen"]
        for finding in evidence
        if finding.get("outcome") in {"hold", "reject"}
        and finding.get("mode") != "shadow"
    }
