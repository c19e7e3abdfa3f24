"""The moderators' verbs on a comment.

Each is atomic, locks the comment, leaves a settled one alone, records who and why, and
moves the version and the discussion's counters in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import prepared
from accounts.models import User
from comments import pushing
from comments.models import (
    Appeal,
    Comment,
    Discussion,
    Flag,
    ModerationDecision,
    Reason,
    Revision,
)
from comments.screening import Verdict

Status = Comment.Status
# What may have changed since it was read; a verb may save the whole row afterwards.
LOCKED = [
    *("status", "body", "revision_number", "version", "featured_at"),
    *("reply_count", "has_replies"),
]
Source = ModerationDecision.Source


class Stale(Exception):
    """Not done: the comment has changed since its decider saw it."""

    def __init__(self, comment: Comment, seen: int):
        super().__init__(_("This comment has changed since you saw it."))
        self.comment = comment
        # What happened in between: the decisions, an edit's among them.
        self.since = comment.decisions.filter(version__gt=seen)


class CannotUndo(Exception):
    """Not done: the decision is not the last one, or not a person's."""


@dataclass(frozen=True)
class Grounds:
    """Why: what the record of a decision and the statement to its commenter say."""

    reason: Reason
    words: str = ""
    evidence: list[dict] = field(default_factory=list)
    source: ModerationDecision.Source = Source.OWN
    clause: str = ""
    legal_ground: str = ""

    @classmethod
    def of(cls, verdict: Verdict) -> Self:
        """The system's: what the screens found, and the reports where they hold."""
        source = Source.REPORT if verdict.reason == Reason.FLAGGED else Source.OWN
        return cls(verdict.reason, evidence=verdict.as_evidence(), source=source)


def approve(
    comment: Comment, *, by: User | None, words: str = "", seen: int | None = None
) -> ModerationDecision | None:
    """Publish ``comment``; if it is published, answer its flags: it stays."""
    grounds = Grounds(Reason.APPROVED, words)
    return decide(comment, Status.PUBLISHED, by=by, grounds=grounds, seen=seen)


def reject(
    comment: Comment,
    *,
    by: User | None,
    reason: Reason,
    words: str = "",
    seen: int | None = None,
) -> ModerationDecision | None:
    """Take ``comment`` from the page, or keep it off. Its commenter is told why."""
    grounds = Grounds(reason, words)
    return decide(comment, Status.REJECTED, by=by, grounds=grounds, seen=seen)


@transaction.atomic
def decide(
    comment: Comment,
    outcome: Comment.Status,
    *,
    by: User | None,
    grounds: Grounds,
    seen: int | None = None,
) -> ModerationDecision | None:
    """Give ``comment`` its status and record how it came to it.

    Returns None, changing nothing, where the comment is withdrawn, or has that status
    and no open flag that a person could answer. ``seen`` is the version its decider
    read; raises Stale where the comment has another by now.
    """
    lock(comment)
    if seen is not None and comment.version != seen:
        raise Stale(comment, seen)
    if comment.status == Status.WITHDRAWN:
        return None
    flags = comment.flags.for_moderators().open() if by else comment.flags.none()
    if comment.status == outcome and not flags.exists():
        return None
    previous = comment.status
    comment.status = outcome
    comment.save(update_fields=["status"])
    decision = record(comment, previous=previous, by=by, grounds=grounds)
    flags.update(decision=decision, outcome=_answer(outcome))
    return decision


@transaction.atomic
def ignore_flags(
    comment: Comment, *, by: User, seen: int | None = None
) -> ModerationDecision | None:
    """Leave ``comment`` as it is, and its flags without a say on their reporters.

    A rejected one keeps its reason.
    """
    lock(comment)
    if seen is not None and comment.version != seen:
        raise Stale(comment, seen)
    flags = comment.flags.for_moderators().open()
    if not flags.exists():
        return None
    decision = record(
        comment,
        previous=comment.status,
        by=by,
        grounds=Grounds(_reason_to_leave(comment), source=Source.REPORT),
    )
    flags.update(decision=decision, outcome=Flag.Outcome.IGNORED)
    return decision


@transaction.atomic
def undo(
    decision: ModerationDecision, *, by: User, words: str = ""
) -> ModerationDecision:
    """Return the comment, its counters, flags and appeal to what they were before.

    Only the last decision on a comment can be undone, by a new one. Raises CannotUndo.
    """
    comment = decision.comment
    lock(comment)
    last = comment.decisions.last()
    if last != decision or decision.moderator_id is None or decision.undoes_id:
        raise CannotUndo(_("Something else has been decided since."))
    previous = comment.status
    comment.status = Status(decision.previous_status)
    comment.save(update_fields=["status"])
    undone = record(
        comment,
        previous=previous,
        by=by,
        grounds=Grounds(Reason.RESTORED, words),
        undoes=decision,
    )
    # One by one: the reader may have flagged it anew for the same reason meanwhile.
    for flag in decision.answered_flags.all():
        flag.reopen()
    if decision.source == Source.APPEAL:
        Appeal.objects.filter(decision__comment=comment).latest("filed_at").reopen()
    return undone


def restore(
    comment: Comment, *, by: User, words: str = ""
) -> ModerationDecision | None:
    """Undo the rejection that ``comment`` has now; None where there is none."""
    last = comment.decisions.last()
    if comment.status != Status.REJECTED or last is None:
        return None
    before = Status(last.previous_status or Status.PENDING)
    if before == Status.REJECTED:
        before = Status.PENDING
    elif last.moderator_id and not last.undoes_id:
        return undo(last, by=by, words=words)
    return decide(comment, before, by=by, grounds=Grounds(Reason.RESTORED, words))


@transaction.atomic
def feature(comment: Comment, *, by: User, is_featured: bool = True) -> bool:
    """Mark a published ``comment`` as the editors' pick, or take the mark away."""
    lock(comment)
    is_marked = comment.featured_at is not None
    if is_featured == is_marked or (is_featured and not comment.is_published):
        return False
    comment.featured_at = timezone.now() if is_featured else None
    comment.save(update_fields=["featured_at"])
    Discussion.objects.record_change(comment.article_id)
    return True


def lock(comment: Comment) -> None:
    """Read ``comment`` again, for this transaction alone: others may decide too."""
    comment.refresh_from_db(
        fields=LOCKED,
        from_queryset=Comment.objects.select_for_update(),
    )


def record(
    comment: Comment,
    *,
    previous: str,
    by: User | None,
    grounds: Grounds,
    undoes: ModerationDecision | None = None,
) -> ModerationDecision:
    """Write the decision for ``comment``'s status; move its version and the counters.

    Only for verbs, inside their transaction, after the status is saved.
    """
    if previous:
        comment.version += 1
        comment.save(update_fields=["version"])
    decision = ModerationDecision(
        comment=comment,
        revision=_revision_of(comment),
        moderator=by,
        previous_status=previous,
        outcome=comment.status,
        reason=grounds.reason,
        words=grounds.words,
        evidence=grounds.evidence,
        version=comment.version,
        undoes=undoes,
        source=grounds.source,
        clause=grounds.clause,
        legal_ground=grounds.legal_ground,
    )
    prepared.insert(decision)
    # Last: a hot article's row keeps the next one waiting until all is stored.
    _count(comment, previous)
    return decision


def _revision_of(comment: Comment) -> Revision:
    at_hand = comment.written
    if at_hand and at_hand.number == comment.revision_number:
        return at_hand
    return comment.revisions.get(number=comment.revision_number)


def _reason_to_leave(comment: Comment) -> Reason:
    rejections = comment.decisions.in_force().filter(outcome=Status.REJECTED)
    rejection = rejections.last() if comment.status == Status.REJECTED else None
    return Reason(rejection.reason) if rejection else Reason.APPROVED


def _answer(outcome: Comment.Status) -> Flag.Outcome:
    is_agreed = outcome == Status.REJECTED
    return Flag.Outcome.AGREED if is_agreed else Flag.Outcome.DISAGREED


def _count(comment: Comment, previous: str) -> None:
    before, after = previous == Status.PUBLISHED, comment.is_published
    change = int(after) - int(before)
    # Always in this order, as with locks: its thread's top, then the discussion.
    if comment.root_id and change:
        Comment.objects.count_reply(comment.root_id, change)
    if before or after:
        Discussion.objects.record_change(comment.article_id, published=change)
        pushing.follow(comment.article_id)
