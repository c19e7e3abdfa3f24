"""Why a comment is not taken: the checks, in WordPress's order and with its words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from articles.models import Article
from comments import hours, policies
from comments.models import Comment, Commenter, Sanction
from comments.records import Record
from comments.screening import NO_SIGNS, Signs


class Refusal(Exception):
    """Not taken: with words for the writer, and an HTTP status. Nothing is written."""

    status = 403

    def __init__(self, words: str):
        super().__init__(words)
        self.words = words


class Closed(Refusal):
    """The article's discussion is closed, or has not opened."""


class OutOfHours(Refusal):
    """The newsroom is away, and takes no comments while it is."""


class Sanctioned(Refusal):
    """A suspension or a ban is in force."""


class Warned(Refusal):
    """A warning has not been acknowledged yet."""


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
    """Where a submission came from: network, browser, its voices and its account."""

    address: str = ""
    agent: str = ""
    voices: frozenset[int] = frozenset()
    account: Commenter | None = None
    signs: Signs = NO_SIGNS


UNKNOWN_SENDER = Sender()


def refuse_closed(article: Article) -> None:
    if not article.is_published:
        raise Closed(_("Sorry, comments are not allowed for this item."))
    if not policies.is_open(article):
        raise Closed(_("Sorry, comments are closed for this item."))


def refuse_out_of_hours(article: Article, commenter: Commenter) -> None:
    """The newsroom itself may speak at any hour."""
    standing = hours.standing(article, timezone.now())
    if standing.state == hours.State.CLOSED and not commenter.is_staff:
        raise OutOfHours(standing.notice)


def refuse_sanctioned(
    voices: Collection[int], account: Commenter | None = None
) -> None:
    """Keep out who is banned or suspended, and who has not answered a warning."""
    found = policies.sanctions_on(voices, account)
    for sanction in found:
        if sanction.excludes:
            raise Sanctioned(_words_on(sanction))
    for sanction in found:
        if sanction.awaits_acknowledgement:
            words = _(
                "The moderators have sent you a warning: “%(reason)s” Your text is "
                "still here. Please confirm first that you have read the warning."
            )
            raise Warned(words % {"reason": sanction.reason})


def _words_on(sanction: Sanction) -> str:
    if sanction.kind == Sanction.Kind.BAN and sanction.ends_at is None:
        words = _("You can no longer comment here. The moderators’ reason: %(reason)s")
    else:
        words = _(
            "You can comment again from %(end)s. The moderators’ reason: %(reason)s"
        )
    end = sanction.ends_at and date_format(
        timezone.localtime(sanction.ends_at), "DATETIME_FORMAT"
    )
    return words % {"end": end, "reason": sanction.reason}


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


def refuse_duplicate(record: Record) -> None:
    if record.is_said:
        raise already_said()


def already_said() -> Duplicate:
    return Duplicate(
        _("Duplicate comment detected; it looks as though you’ve already said that!")
    )


def refuse_flood(record: Record, commenter: Commenter) -> None:
    if record.is_too_fast and not policies.is_exempt_from_flood(commenter):
        raise TooFast(_("You are posting comments too quickly. Slow down."))
