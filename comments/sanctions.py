"""The verbs on commenters: to limit one, to end that, and what comes with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from comments import marks, moderation, policies
from comments.models import Comment, Commenter, Reason, Sanction

# So many of a commenter's comments are previewed and rejected at a time.
MOST_SWEPT = 200


@dataclass(frozen=True)
class Swept:
    """What became of comments that were to be rejected with a sanction."""

    rejected_count: int
    # Decided, edited or withdrawn since the preview: left alone.
    skipped_count: int


def impose(sanction: Sanction, *, by: User) -> Sanction:
    """Impose ``sanction``, not yet saved, from now on."""
    sanction.imposed_by = by
    sanction.save(force_insert=True)
    return sanction


def lift(sanction: Sanction, *, by: User) -> bool:
    """End ``sanction`` now; the record of it stays. False where it was lifted."""
    standing = Sanction.objects.filter(pk=sanction.pk, lifted_at=None)
    return bool(standing.update(lifted_at=timezone.now(), lifted_by=by))


def acknowledge(warning: Sanction) -> None:
    """Record that the person has read ``warning``; a second time changes nothing."""
    unread = Sanction.objects.filter(
        pk=warning.pk, kind=Sanction.Kind.WARNING, acknowledged_at=None
    )
    unread.update(acknowledged_at=timezone.now())


def sweepable(commenter: Commenter, *, days: int) -> QuerySet[Comment]:
    """What may be rejected with a sanction: all that waits, and the recent ones."""
    recent = Comment.objects.published().filter(
        submitted_at__gte=timezone.now() - timedelta(days=days)
    )
    found = Comment.objects.awaiting_moderation() | recent
    return found.filter(commenter=commenter).order_by("pk")


def sweep(sanction: Sanction, targets: dict[int, int], *, by: User) -> Swept:
    """Reject the commenter's ``targets``, which map keys to the versions seen.

    Each is a decision of its own; what has changed since it was seen is left alone.
    """
    found = Comment.objects.filter(commenter=sanction.commenter_id, pk__in=targets)
    rejected = 0
    for comment in found:
        try:
            decision = moderation.reject(
                comment,
                by=by,
                reason=Reason.SANCTION,
                words=sanction.reason,
                seen=targets[comment.pk],
            )
        except moderation.Stale:
            continue
        rejected += decision is not None
    return Swept(rejected, len(targets) - rejected)


@transaction.atomic
def outlive(user: User) -> None:
    """Before ``user``'s account is deleted: leave marks of what is in force on it."""
    voice = Commenter.objects.filter(user=user).first() or Commenter(user=user)
    voices = {voice.pk} if voice.pk else set()
    for sanction in policies.sanctions_on(voices, voice):
        marks.leave(sanction, user)
