"""Where an article stands: a day and a slug. What it leaves behind leads to it."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from articles import desk, slugs, websub
from articles.models import Article, FormerAddress


@transaction.atomic
def move(
    article: Article,
    *,
    by: User | None,
    slug: str | None = None,
    at: datetime | None = None,
) -> bool:
    """Give ``article`` another slug, or another moment of publication, or both."""
    desk.lock(article)
    before = article.published_on, article.slug, article.published_at
    article.slug = slug or article.slug
    if at:
        _redate(article, at)
    if before == (article.published_on, article.slug, article.published_at):
        return False
    write(article, "slug", "published_at", "published_on")
    _leave(article, *before)
    words = _("Moved to %(address)s.") % {"address": article.get_absolute_url()}
    desk.record(article, by, words)
    websub.follow(article)
    return True


def write(article: Article, *fields: str) -> None:
    """Save these of its fields, if its address is its own: now, and in readers' links.

    The caller's copy is as stored when this refuses.
    """
    try:
        with transaction.atomic():
            article.save(update_fields=fields)
            _refuse_anothers(article)
    except (IntegrityError, desk.AddressTaken):
        slug = article.slug
        article.refresh_from_db()
        raise desk.AddressTaken(
            _("Another article of that day has the slug “%(slug)s”: choose another.")
            % {"slug": slug}
        ) from None


def free_slug(words: str, *, besides: Article | None = None) -> str:
    """One for ``words`` with which an article can appear today or on a day to come."""
    today = timezone.localdate()
    articles = Article.objects.filter(Q(published_on=None) | Q(published_on__gte=today))
    if besides and besides.pk:
        articles = articles.exclude(pk=besides.pk)
    former = FormerAddress.objects.filter(published_on__gte=today)
    return slugs.free(words, articles, former)


def find_moved(published_on, slug: str) -> Article | None:
    """The article that readers once found there, if they can see it where it is."""
    articles = Article.objects.filter(
        former_addresses__published_on=published_on, former_addresses__slug=slug
    )
    return articles.first()


def _redate(article: Article, at: datetime) -> None:
    if article.published_at is None:
        raise desk.NotPublic(_("It has no date before it is published or scheduled."))
    if at == article.published_at.replace(second=0, microsecond=0):
        return  # a form that shows minutes has sent it back as it was
    if at > timezone.now():
        raise desk.AppearedAlready(_("A date in the future is a schedule."))
    if article.expires_at and article.expires_at <= at:
        raise desk.Incomplete(_("It would expire before it appears."))
    article.published_at = at
    article.published_on = timezone.localdate(at)


def _leave(article: Article, published_on, slug, published_at) -> None:
    """Keep the old address for good, once readers may have it."""
    _once_at(article).filter(article=article).delete()
    has_appeared = published_at is not None and published_at <= timezone.now()
    if has_appeared and (published_on, slug) != (article.published_on, article.slug):
        article.former_addresses.create(published_on=published_on, slug=slug)


def _refuse_anothers(article: Article) -> None:
    if _once_at(article).exclude(article=article).exists():
        raise desk.AddressTaken(article.slug)


def _once_at(article: Article) -> QuerySet[FormerAddress]:
    """What was left at the place where ``article`` stands."""
    day = article.published_on
    if day is None:
        return FormerAddress.objects.none()
    return FormerAddress.objects.filter(published_on=day, slug=article.slug)
