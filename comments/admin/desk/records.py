"""What a moderator has to know of a batch of comments: a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from comments.models import Comment, Flag, Sanction
from comments.querysets import CommentQuerySet

RECENT_DAYS = 30
# Below so many settled comments a rate says nothing.
MIN_SETTLED = 3
RECENT_SHOWN = 3
_STEP = 8  # hex digits of path a level
_SETTLED = [Comment.Status.PUBLISHED, Comment.Status.REJECTED]


@dataclass
class Record:
    """How a commenter's comments fared."""

    counts: dict[str, int] = field(default_factory=dict)
    recent_counts: dict[str, int] = field(default_factory=dict)
    sanctions: list[Sanction] = field(default_factory=list)
    recent: list[Comment] = field(default_factory=list)

    @property
    def rejection_rate(self) -> int | None:
        """Per cent of what was settled lately; None where that is too little."""
        settled = sum(self.recent_counts.get(status, 0) for status in _SETTLED)
        if settled < MIN_SETTLED:
            return None
        return round(100 * self.recent_counts.get(_SETTLED[1], 0) / settled)


@dataclass(frozen=True)
class Reliability:
    """How a reporter's earlier flags were answered."""

    agreed: int = 0
    disagreed: int = 0

    def __bool__(self) -> bool:
        return self.agreed + self.disagreed > 0


@dataclass(frozen=True)
class Batch:
    comments: list[Comment]
    # By key: the comments above the batch's, as far as a card shows them.
    above: dict[int, Comment]
    records: dict[int, Record]
    reporters: dict[int, Reliability]


def load(comments: CommentQuerySet) -> Batch:
    """The comments with all that their cards say."""
    found = list(
        comments.select_related("article__section", "commenter__user").prefetch_related(
            "decisions__moderator",
            "decisions__revision",
            "flags__commenter__user",
            "revisions",
        )
    )
    commenters = {comment.commenter_id for comment in found}
    reporters = {f.commenter_id for comment in found for f in comment.flags.all()}
    return Batch(
        comments=found,
        above=_above(found),
        records=_records(commenters),
        reporters=_reporters(reporters),
    )


def line_of(comment: Comment) -> list[int]:
    """The keys of the comments above: the top of the thread and the last two."""
    keys = [
        int(comment.path[at : at + _STEP], 16)
        for at in range(0, len(comment.path) - _STEP, _STEP)
    ]
    return keys if len(keys) <= 3 else [keys[0], *keys[-2:]]


def _above(comments: Iterable[Comment]) -> dict[int, Comment]:
    keys = {key for comment in comments for key in line_of(comment)}
    return Comment.objects.for_display().in_bulk(keys)


def _records(commenters: set[int]) -> dict[int, Record]:
    records: dict[int, Record] = defaultdict(Record)
    since = timezone.now() - timedelta(days=RECENT_DAYS)
    counted = (
        Comment.objects.filter(commenter__in=commenters)
        .order_by()
        .values_list("commenter", "status")
        .annotate(
            ever=Count("pk"), lately=Count("pk", filter=Q(submitted_at__gte=since))
        )
    )
    for commenter, status, count, recent in counted:
        records[commenter].counts[status] = count
        records[commenter].recent_counts[status] = recent
    for sanction in Sanction.objects.in_force().filter(commenter__in=commenters):
        records[sanction.commenter_id].sanctions.append(sanction)
    for comment in _recent(commenters):
        records[comment.commenter_id].recent.append(comment)
    return records


def _recent(commenters: set[int]) -> CommentQuerySet:
    # One more than is shown: the card's own comment is often among them.
    newest = Window(
        RowNumber(), partition_by=F("commenter"), order_by=F("submitted_at").desc()
    )
    return (
        Comment.objects.filter(commenter__in=commenters)
        .annotate(newest=newest)
        .filter(newest__lte=RECENT_SHOWN + 1)
        .order_by("-submitted_at", "-pk")
    )


def _reporters(reporters: set[int]) -> dict[int, Reliability]:
    outcome = Flag.Outcome
    counted = (
        Flag.objects.for_moderators()
        .filter(commenter__in=reporters)
        .order_by()
        .values_list("commenter")
        .annotate(
            agreed=Count("pk", filter=Q(outcome=outcome.AGREED)),
            disagreed=Count("pk", filter=Q(outcome=outcome.DISAGREED)),
        )
    )
    return {pk: Reliability(agreed, disagreed) for pk, agreed, disagreed in counted}
