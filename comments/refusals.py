"""Why a comment is not taken: the checks, in WordPress's order and with its words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from articles.models import Article
from comments import policies
from comments.models import Comment, Commenter, Sanction


class Refusal(Exception):
    """Not taken: with words for the writer, and an HTTP status. Nothing is written."""

    status = 403

    def __init__(self, words: str):
        super().__init__(words)
        self.words = words


class Closed(Refusal):
    """The article's discussion is closed, or has not opened."""


class Sanctioned(Refusal):
    """A suspension or a ban is in force."""


class ParentHidden(Refusal):
    """The comment replied to is not on the page, or too deep for a reply."""


class NotYours(Refusal):
    """The comment is somebody else's, or past changing."""


class Duplicate(Refusal):
    """The same person said the same in the same place."""

    status = 409


class TooFast(Refusal):
    """Another comment came from there a moment ago."""

    status = 429


@dataclass(frozen=True)
class Sender:
    """Where a submission came from: network, browser, and the voices it has."""

    address: str = ""
    agent: str = ""
    voices: frozenset[int] = frozenset()


UNKNOWN_SENDER = Sender()


def refuse_closed(article: Article) -> None:
    if not article.is_published:
        raise Closed(_("Sorry, comments are not allowed for this item."))
    if not policies.is_open(article):
        raise Closed(_("Sorry, comments are closed for this item."))


def refuse_sanctioned(voices: Collection[int]) -> None:
    sanction = policies.exclusion(voices)
    if sanction is None:
        return
    if sanction.kind == Sanction.Kind.BAN:
        words = _("You can no longer comment here. The moderators’ reason: %(reason)s")
    else:
        words = _(
            "You can comment again from %(end)s. The moderators’ reason: %(reason)s"
        )
    end = sanction.ends_at and date_format(
        timezone.localtime(sanction.ends_at), "DATETIME_FORMAT"
    )
    raise Sanctioned(words % {"end": end, "reason": sanction.reason})


def refuse_parent(parent: Comment | None, article: Article) -> None:
    if parent is None:
        return
    if parent.article_id != article.pk or not policies.may_reply_to(parent):
        raise ParentHidden(
            _(
                "Sorry, the comment you are replying to cannot be replied to any more. "
                "Your text is still here: post it as a comment of its own."
            )
        )


def refuse_duplicate(comment: Comment) -> None:
    same = Comment.objects.filter(digest=comment.digest)
    if same.exclude(status=Comment.Status.WITHDRAWN).exists():
        raise already_said()


def already_said() -> Duplicate:
    return Duplicate(
        _("Duplicate comment detected; it looks as though you’ve already said that!")
    )


def refuse_flood(commenter: Commenter, sender: Sender) -> None:
    if policies.is_exempt_from_flood(commenter):
        return
    same = Q(commenter__in=sender.voices)
    if sender.address:
        same |= Q(address=sender.address)
    since = timezone.now() - timedelta(seconds=settings.COMMENT_FLOOD_SECONDS)
    if Comment.objects.filter(same, submitted_at__gt=since).exists():
        raise TooFast(_("You are posting comments too quickly. Slow down."))
