"""What screens have done, or would do set otherwise, beside what people decided.

All of it looks at the latest MOST comments of so many days, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from comments.models import Comment, ModerationDecision, Phrase, Reason
from comments.phrases import Entry, PhraseBook
from comments.screening import SCREENS, Outcome, Screen, Submission, find

MOST = 2_000
MOST_ASKED = 300  # where each comment costs queries of its own
EXAMPLES = 10
REJECTED, APPROVED = Comment.Status.REJECTED, Comment.Status.PUBLISHED
# What these see cannot be seen again in what is stored.
NOT_REPEATABLE = {"too_quick"}
COSTS_NO_QUERY = {"links", "new_account"}


@dataclass(frozen=True)
class Sample:
    """The comments looked at, newest first, each with people's ``judgement``."""

    comments: Sequence[Comment]
    days: int
    is_cut: bool

    @property
    def rejected_count(self) -> int:
        return sum(c.judgement == REJECTED for c in self.comments)  # type: ignore[attr-defined]


@dataclass
class Result:
    """What fired, by what people decided of it."""

    rejected: list[Comment] = field(default_factory=list)
    approved: list[Comment] = field(default_factory=list)
    undecided: list[Comment] = field(default_factory=list)
    rejected_in_all: int = 0

    def add(self, comment: Comment) -> None:
        judgement = comment.judgement  # type: ignore[attr-defined]
        by_judgement = {REJECTED: self.rejected, APPROVED: self.approved}
        by_judgement.get(judgement, self.undecided).append(comment)

    @property
    def fired(self) -> int:
        return len(self.rejected) + len(self.approved) + len(self.undecided)

    @property
    def precision(self) -> float | None:
        """Of those people decided on, the part they rejected."""
        decided = len(self.rejected) + len(self.approved)
        return len(self.rejected) / decided if decided else None

    @property
    def recall(self) -> float | None:
        """Of all that people rejected, the part it fired on."""
        everything = self.rejected_in_all
        return len(self.rejected) / everything if everything else None

    @property
    def precision_percent(self) -> int | None:
        return None if self.precision is None else round(100 * self.precision)

    @property
    def recall_percent(self) -> int | None:
        return None if self.recall is None else round(100 * self.recall)

    @cached_property
    def disagreements(self) -> list[Comment]:
        return self.approved[:EXAMPLES]

    @cached_property
    def examples(self) -> list[Comment]:
        fired = [*self.rejected, *self.approved, *self.undecided]
        return sorted(fired, key=lambda c: c.pk, reverse=True)[:EXAMPLES]


@dataclass
class Record(Result):
    """What one screen has done, acting or as a shadow."""

    screen: Screen | None = None
    name: str = ""
    is_shadow: bool = False
    failed: int = 0


@dataclass(frozen=True)
class Trial:
    """What would have been held or rejected."""

    sample: Sample
    result: Result
    outcome: Outcome


def sample(days: int, most: int = MOST) -> Sample:
    """Two queries at most, whatever the number of comments."""
    decided_by_people = ModerationDecision.objects.filter(
        comment=OuterRef("pk"),
        revision__number=OuterRef("revision_number"),
        moderator__isnull=False,
    ).order_by("-pk")
    rows = (
        Comment.objects.filter(submitted_at__gte=timezone.now() - timedelta(days=days))
        .exclude(commenter__user__is_staff=True)  # who are not screened
        .select_related("article", "commenter__user")
        .annotate(judgement=Subquery(decided_by_people.values("outcome")[:1]))
        .order_by("-submitted_at", "-pk")
    )
    found = list(rows[: most + 1])
    return Sample(found[:most], days, len(found) > most)


def try_phrase(phrase: Phrase, days: int) -> Trial:
    """Look for a phrase that may not be on the list in what was said lately."""
    book = PhraseBook([Entry(phrase.text, phrase.kind)])
    is_banned = phrase.kind == Phrase.Kind.BANNED
    return _try(
        sample(days),
        lambda c: bool(book.find(c.body) or book.find(c.commenter.display_name)),
        Outcome.REJECT if is_banned else Outcome.HOLD,
    )


def try_threshold(name: str, threshold: float, days: int) -> Trial:
    """Run a screen with another threshold over what was said lately.

    The comments that it counts have the status of today, not of then.
    """
    look = next(screen.look for screen in SCREENS if screen.name == name)
    most = MOST if name in COSTS_NO_QUERY else MOST_ASKED
    return _try(
        sample(days, most),
        lambda c: look(as_submitted(c), threshold) is not None,
        Outcome.HOLD,
    )


def repeatable() -> list[Screen]:
    """The screens whose threshold can be tried."""
    return [s for s in SCREENS if s.limit and s.name not in NOT_REPEATABLE]


def as_submitted(comment: Comment) -> Submission:
    """``comment`` as it came, at its time; how it was typed is not known any more."""
    return Submission(
        comment.article,
        comment.commenter,
        comment.body,
        frozenset({comment.commenter_id}),
        address=comment.address,
        stored=comment.pk,
        at=comment.submitted_at,
    )


def compare(days: int) -> tuple[Sample, list[Record]]:
    """Each screen's findings of so many days beside people's decisions. Two queries."""
    looked_at = sample(days)
    by_pk = {comment.pk: comment for comment in looked_at.comments}
    decisions = ModerationDecision.objects.filter(
        comment__in=by_pk, moderator=None
    ).order_by("pk")
    records: dict[tuple[str, bool], Record] = {}
    seen: set[tuple[int, str, bool]] = set()
    for pk, evidence in decisions.values_list("comment_id", "evidence"):
        for kept in evidence:
            name, is_shadow = kept["screen"], kept.get("mode") == "shadow"
            if (key := (pk, name, is_shadow)) in seen or not _is_answer(kept):
                continue
            record = records.setdefault((name, is_shadow), _record(name, is_shadow))
            if kept["reason"] == Reason.UNAVAILABLE:
                record.failed += 1
                continue
            seen.add(key)
            record.add(by_pk[pk])
    for record in records.values():
        record.rejected_in_all = looked_at.rejected_count
    return looked_at, sorted(records.values(), key=lambda r: (-r.fired, r.name))


def _is_answer(kept: dict) -> bool:
    """Not a question still open, and not a scorer's word that all is well."""
    is_question = kept.get("evidence", {}).get("state") == "asked"
    return not is_question and kept["reason"] != Reason.PASSED


def _record(name: str, is_shadow: bool) -> Record:
    return Record(screen=find(name), name=name, is_shadow=is_shadow)


def _try(
    looked_at: Sample, fires: Callable[[Comment], bool], outcome: Outcome
) -> Trial:
    result = Result(rejected_in_all=looked_at.rejected_count)
    for comment in looked_at.comments:
        if fires(comment):
            result.add(comment)
    return Trial(looked_at, result, outcome)
