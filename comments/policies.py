"""Who may do what. Each answers yes or no, and changes nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from articles.models import Article
from comments import marks
from comments.models import MAX_DEPTH, Comment, Commenter, Sanction

EDITABLE = {Comment.Status.PENDING, Comment.Status.PUBLISHED}


def may_comment(
    article: Article, voices: Collection[int], account: Commenter | None = None
) -> bool:
    """Whether the article takes comments, and these voices may make one."""
    return is_open(article) and exclusion(voices, account) is None


def is_open(article: Article) -> bool:
    """Whether the article's discussion takes comments at all."""
    return article.takes_comments


def may_reply_to(parent: Comment) -> bool:
    return parent.is_published and parent.depth < MAX_DEPTH


def sanctions_on(
    voices: Collection[int], account: Commenter | None = None
) -> list[Sanction]:
    """The sanctions in force on these voices, and on the account's earlier lives.

    A browser answers for all the voices it has spoken with: a new name is no way out.
    At most three queries; none for a reader without voices or account.
    """
    digests = marks.digests_of(account.user if account else None)
    if not voices and not digests:
        return []
    found = Sanction.objects.in_force().against(voices, digests)
    return list(found.order_by("kind", "-ends_at", "pk"))


def exclusion(
    voices: Collection[int], account: Commenter | None = None
) -> Sanction | None:
    """The ban or suspension that keeps them out, if there is one; the ban first."""
    return next((s for s in sanctions_on(voices, account) if s.excludes), None)


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
