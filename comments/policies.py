"""Who may do what. Each answers yes or no, and changes nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from articles.models import Article
from comments.models import MAX_DEPTH, Comment, Commenter, Sanction

EDITABLE = {Comment.Status.PENDING, Comment.Status.PUBLISHED}


def may_comment(article: Article, voices: Collection[int]) -> bool:
    """Whether the article takes comments, and these voices may make one."""
    return is_open(article) and exclusion(voices) is None


def is_open(article: Article) -> bool:
    """Whether the article's discussion takes comments at all."""
    return article.is_published and article.commenting != Article.Commenting.CLOSED


def may_reply_to(parent: Comment) -> bool:
    return parent.is_published and parent.depth < MAX_DEPTH


def exclusion(voices: Collection[int]) -> Sanction | None:
    """The ban or suspension that keeps any of these voices out, if there is one.

    A browser answers for all the voices it has spoken with: a new name is no way out.
    """
    if not voices:
        return None
    kinds = [Sanction.Kind.BAN, Sanction.Kind.SUSPENSION]
    return (
        Sanction.objects.in_force()
        .filter(commenter__in=voices, kind__in=kinds)
        .order_by("kind", "-ends_at")
        .first()
    )


def is_exempt_from_flood(commenter: Commenter) -> bool:
    return bool(commenter.user and may_moderate(commenter.user))


def may_edit(comment: Comment, voices: Collection[int]) -> bool:
    """Commenters may mend their own words for COMMENT_EDIT_SECONDS."""
    window = timedelta(seconds=settings.COMMENT_EDIT_SECONDS)
    return (
        comment.commenter_id in voices
        and comment.status in EDITABLE
        and timezone.now() - comment.submitted_at < window
    )


def may_withdraw(comment: Comment, voices: Collection[int]) -> bool:
    return comment.commenter_id in voices and comment.status in EDITABLE


def may_flag(comment: Comment, voices: Collection[int]) -> bool:
    return comment.is_published and comment.commenter_id not in voices


def may_moderate(user: User) -> bool:
    return (
        user.is_active and user.is_staff and user.has_perm("comments.moderate_comment")
    )
