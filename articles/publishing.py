"""The editors' verbs: what readers see, and from when until when.

Each is atomic, locks the article, leaves alone what is so already, and records who. An
article keeps the time of its first publication, and every address it ever had.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from articles import addresses, answers, rendering, websub
from articles.desk import (
    AddressTaken,
    AppearedAlready,
    Incomplete,
    MomentPassed,
    NotPublic,
    Unpublishable,
    lock,
    record,
)
from articles.models import Article, Correction

__all__ = [
    "AddressTaken",
    "AppearedAlready",
    "Incomplete",
    "MomentPassed",
    "NotPublic",
    "Unpublishable",
    "correct",
    "expire_at",
    "publish",
    "schedule",
    "send_back",
    "send_to_review",
    "set_commenting",
    "unpublish",
]
Status = Article.Status
TIMES = ("status", "published_at", "published_on", "expires_at")


def send_to_review(article: Article, *, by: User | None) -> bool:
    """Hand a draft to the editors; from then on it is theirs to change."""
    return _hand(article, by, Status.DRAFT, Status.REVIEW, _("Sent to review."))


def send_back(article: Article, *, by: User | None) -> bool:
    """Hand what was sent to review back to its writer."""
    return _hand(article, by, Status.REVIEW, Status.DRAFT, _("Sent back."))


def publish(article: Article, *, by: User | None, at: datetime | None = None) -> bool:
    """Show ``article`` to readers now, or as of ``at``; False where it is so already.

    One that readers have seen before returns with its old time and address.
    """
    return _publish(article, by, at, _("Published."))


def schedule(article: Article, *, by: User | None, at: datetime) -> bool:
    """Have ``article`` appear by itself ``at`` a moment to come."""
    if at <= timezone.now():
        raise MomentPassed(_("That moment has passed: choose one in the future."))
    words = _("Scheduled for %(moment)s.") % {"moment": _moment(at)}
    return _publish(article, by, at, words)


@transaction.atomic
def expire_at(article: Article, *, by: User | None, at: datetime | None) -> bool:
    """Have ``article`` disappear by itself ``at`` a moment to come; None: never."""
    lock(article)
    if article.expires_at == at:
        return False
    if article.status != Status.PUBLISHED or article.is_expired:
        raise NotPublic(_("Only what is published or scheduled can expire."))
    if at and at <= timezone.now():
        raise MomentPassed(_("That moment has passed: choose one in the future."))
    if at and article.published_at and at <= article.published_at:
        raise Incomplete(_("It would expire before it appears."))
    article.expires_at = at
    article.save(update_fields=["expires_at"])
    words = _("Expires at %(moment)s.") % {"moment": _moment(at)} if at else ""
    record(article, by, words or _("Does not expire."))
    websub.follow(article)
    return True


@transaction.atomic
def unpublish(article: Article, *, by: User | None) -> bool:
    """Take ``article`` from readers; a schedule is forgotten, an address is kept."""
    lock(article)
    if article.status != Status.PUBLISHED:
        return False
    is_scheduled = article.is_scheduled
    article.status = Status.DRAFT if is_scheduled else Status.UNPUBLISHED
    article.expires_at = None
    if is_scheduled:
        article.published_at = article.published_on = None
    article.save(update_fields=TIMES)
    record(article, by, _("Unpublished."))
    websub.follow(article)
    return True


@transaction.atomic
def correct(article: Article, *, by: User | None, text: str) -> Correction:
    """Say under ``article``, dated, what was wrong; the text itself stays as it is."""
    lock(article)
    if not article.is_published:
        raise NotPublic(_("Only what readers can see is corrected."))
    if not text.strip():
        raise Incomplete(_("Say what was wrong, and what is right."))
    correction = article.corrections.create(text=text.strip(), by=by)
    record(article, by, _("Corrected."))
    websub.follow(article)
    return correction


@transaction.atomic
def set_commenting(
    article: Article, rule: Article.Commenting, *, by: User | None
) -> bool:
    """Open, hold or close ``article``'s discussion; False where it is so already."""
    lock(article)
    if article.commenting == rule:
        return False
    article.commenting = rule
    article.save(update_fields=["commenting"])
    record(article, by, _("Commenting: %s.") % article.get_commenting_display())
    return True


@transaction.atomic
def _hand(
    article: Article, by: User | None, before: Status, after: Status, words: str
) -> bool:
    lock(article)
    if article.status != before:
        return False
    if after == Status.REVIEW:
        _refuse_incomplete(article)
        answers.follow(article)
    article.status = after
    article.save(update_fields=["status"])
    record(article, by, words)
    return True


@transaction.atomic
def _publish(
    article: Article, by: User | None, at: datetime | None, words: str
) -> bool:
    lock(article)
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
    _forget_an_expiry_before(article, now)
    addresses.write(article, *TIMES)
    record(article, by, words)
    websub.follow(article)
    return True


def _forget_an_expiry_before(article: Article, now: datetime) -> None:
    """What returns, or is announced for later, does not vanish by an older promise."""
    shown_from = max(now, article.published_at or now)
    if article.expires_at and article.expires_at <= shown_from:
        article.expires_at = None


def _refuse_incomplete(article: Article) -> None:
    if not article.headline.strip():
        raise Incomplete(_("The article has no headline yet."))
    if not rendering.plain_text(article.body):
        raise Incomplete(_("The article has no text yet."))


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M %Z}"
