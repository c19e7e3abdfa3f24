"""The moderators' verbs, and the readers' flag that calls for one.

Each is atomic, locks the comment, leaves a settled one alone, records who and why, and
moves the discussion's counters in the same transaction.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from comments.models import (
    Comment,
    Commenter,
    Discussion,
    Flag,
    ModerationDecision,
    Reason,
    Revision,
    Sanction,
)

Status = Comment.Status


def approve(
    comment: Comment, *, by: User | None, words: str = ""
) -> ModerationDecision | None:
    """Publish ``comment``; if it is published, answer its flags: it stays."""
    return decide(comment, Status.PUBLISHED, by=by, reason=Reason.APPROVED, words=words)


def reject(
    comment: Comment, *, by: User | None, reason: Reason, words: str = ""
) -> ModerationDecision | None:
    """Take ``comment`` from the page, or keep it off. Its commenter is told why."""
    return decide(comment, Status.REJECTED, by=by, reason=reason, words=words)


def restore(
    comment: Comment, *, by: User, words: str = ""
) -> ModerationDecision | None:
    """Undo a rejection: ``comment`` gets back the status it had before."""
    last = comment.decisions.filter(outcome=Status.REJECTED).last()
    if last is None or comment.status != Status.REJECTED:
        return None
    before = Status(last.previous_status or Status.PENDING)
    return decide(comment, before, by=by, reason=Reason.RESTORED, words=words)


def flag(
    comment: Comment, *, by: Commenter, reason: Flag.FlagReason, words: str = ""
) -> Flag:
    """Ask the moderators to look. The same open flag twice is one."""
    if by.pk is None:
        by.save()
    try:
        with transaction.atomic():
            return comment.flags.create(commenter=by, reason=reason, words=words)
    except IntegrityError:
        return comment.flags.open().get(commenter=by, reason=reason)


def sanction(sanction: Sanction, *, by: User) -> Sanction:
    """Impose ``sanction``, not yet saved, from now on."""
    sanction.imposed_by = by
    sanction.save(force_insert=True)
    return sanction


def lift(sanction: Sanction) -> None:
    """End ``sanction`` now; the record of it stays."""
    Sanction.objects.filter(pk=sanction.pk, lifted_at=None).update(
        lifted_at=timezone.now()
    )


@transaction.atomic
def decide(  # noqa: PLR0913 - a decision is all of these at once
    comment: Comment,
    outcome: Comment.Status,
    *,
    by: User | None,
    reason: Reason,
    words: str = "",
    evidence: list[dict] | None = None,
) -> ModerationDecision | None:
    """Give ``comment`` its status and record how it came to it.

    Returns None, changing nothing, where the comment is withdrawn, or has that status
    and no open flag.
    """
    lock(comment)
    open_flags = comment.flags.open()
    if comment.status == Status.WITHDRAWN:
        return None
    if comment.status == outcome and not open_flags.exists():
        return None
    previous, comment.status = comment.status, outcome
    comment.save(update_fields=["status"])
    decision = record(
        comment, previous=previous, by=by, reason=reason, words=words, evidence=evidence
    )
    open_flags.update(decision=decision)
    return decision


def lock(comment: Comment) -> None:
    """Read ``comment`` again, for this transaction alone: others may decide too."""
    comment.refresh_from_db(
        fields=["status", "body", "revision_number"],
        from_queryset=Comment.objects.select_for_update(),
    )


def record(  # noqa: PLR0913 - a decision is all of these at once
    comment: Comment,
    *,
    previous: str,
    by: User | None,
    reason: Reason,
    words: str = "",
    evidence: list[dict] | None = None,
) -> ModerationDecision:
    """Write the decision for ``comment``'s status, and move the counters with it.

    Only for verbs, inside their transaction, after the status is saved.
    """
    _count(comment, previous)
    return ModerationDecision.objects.create(
        comment=comment,
        revision=Revision.objects.get(comment=comment, number=comment.revision_number),
        moderator=by,
        previous_status=previous,
        outcome=comment.status,
        reason=reason,
        words=words,
        evidence=evidence or [],
    )


def _count(comment: Comment, previous: str) -> None:
    before, after = previous == Status.PUBLISHED, comment.is_published
    if before or after:
        Discussion.objects.record_change(
            comment.article_id, published=int(after) - int(before)
        )
