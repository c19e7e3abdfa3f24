"""The readers' verb: to report a comment."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from comments.models import Comment, Commenter, Flag


def flag(
    comment: Comment, *, by: Commenter, reason: Flag.FlagReason, words: str = ""
) -> Flag:
    """Ask the moderators to look. The same open flag twice is one."""
    if by.pk is None:
        by.save()
    try:
        with transaction.atomic():
            return comment.flags.create(
                commenter=by,
                reason=reason,
                words=words,
                revision=comment.revisions.last(),
            )
    except IntegrityError:
        return comment.flags.open().get(commenter=by, reason=reason)
