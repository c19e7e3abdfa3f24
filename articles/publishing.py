"""The editors' verbs: what readers see, and from when.

Each is atomic, locks the article, leaves alone what is so already, and records who. An
article keeps the address and the time of its first publication for good.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from articles import rendering
from articles.models import Article

Status = Article.Status


class Unpublishable(Exception):
    """Not done: with words for the editor, and an HTTP status. Nothing is written."""

    status = 409

    def __init__(self, words: str):
        super().__init__(words)
        self.words = words


class Incomplete(Unpublishable):
    """Readers would find no headline, or nothing under it."""

    status = 422


class AddressTaken(Unpublishable):
    """Another article of that day has the slug."""


class AppearedAlready(Unpublishable):
    """Readers have seen it: what has been public cannot be announced for later."""


class MomentPassed(Unpublishable):
    """A schedule is for the future."""

    status = 422


def publish(article: Article, *, by: User | None, at: datetime | None = None) -> bool:
    """Show ``article`` to readers now, or as of ``at``; False where it is so already.

    One that readers have seen before returns with its old time and address.
    """
    return _publish(article, by, at, _("Published."))


def schedule(article: Article, *, by: User | None, at: datetime) -> bool:
    """Have ``article`` appear by itself ``at`` a moment to come."""
    if at <= timezone.now():
        raise MomentPassed(_("That moment has passed: choose one in the future."))
    moment = timezone.localtime(at)
    words = _("Scheduled for %(moment)s.") % {"moment": f"{moment:%Y-%m-%d %H:%M %Z}"}
    return _publish(article, by, at, words)


@transaction.atomic
def unpublish(article: Article, *, by: User | None) -> bool:
    """Take ``article`` from readers; a schedule is forgotten, an address is kept."""
    _lock(article)
    if article.status == Status.DRAFT:
        return False
    if article.is_scheduled:
        article.published_at = article.published_on = None
    article.status = Status.DRAFT
    _save(article, by, _("Unpublished."))
    return True


@transaction.atomic
def _publish(
    article: Article, by: User | None, at: datetime | None, words: str
) -> bool:
    _lock(article)
    now = timezone.now()
    has_appeared = article.published_at is not None and article.published_at <= now
    if has_appeared and at is not None and at > now:
        raise AppearedAlready(
            _("Readers have seen this article already: it can only be published now.")
        )
    if article.is_published or (article.is_scheduled and at == article.published_at):
        return False
    _refuse_incomplete(article)
    if not has_appeared:
        article.published_at = at or now
        article.published_on = timezone.localdate(article.published_at)
    article.status = Status.PUBLISHED
    _save(article, by, words)
    return True


def _lock(article: Article) -> None:
    """Read ``article`` again, for this transaction alone: others may decide too."""
    article.refresh_from_db(from_queryset=Article.objects.select_for_update())


def _refuse_incomplete(article: Article) -> None:
    if not article.headline.strip():
        raise Incomplete(_("The article has no headline yet."))
    if not rendering.plain_text(article.body):
        raise Incomplete(_("The article has no text yet."))


def _save(article: Article, by: User | None, words: str) -> None:
    """Write status and times together with the record of who changed them."""
    try:
        with transaction.atomic():
            article.save(update_fields=["status", "published_at", "published_on"])
    except IntegrityError:
        article.refresh_from_db()
        raise AddressTaken(
            _("Another article of that day has the slug “%(slug)s”: choose another.")
            % {"slug": article.slug}
        ) from None
    if by:
        LogEntry.objects.log_actions(by.pk, [article], CHANGE, words)
