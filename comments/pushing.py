"""Telling the hub of the comments' feeds: once, where many change within a minute."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.tasks import task
from django.urls import reverse
from django.utils import timezone

from accounts import caching
from articles import websub
from articles.models import Article

PAUSE = timedelta(minutes=1)
SUFFIXES = ("feed/", "feed/atom/")


def follow(article_id: int) -> None:
    """What readers see of the article's discussion has changed."""
    if settings.WEBSUB_HUB:
        transaction.on_commit(partial(_tell_soon, article_id))


@task
def tell(article_id: int) -> None:
    article = Article.objects.published().filter(pk=article_id).first()
    if article and article.has_discussion:
        websub.ping.enqueue(feeds_of(article))


def feeds_of(article: Article) -> list[str]:
    """The paper's and the article's own, as they call themselves."""
    front = reverse("articles:front")
    return [
        f"{settings.SITE_ORIGIN}{home}comments/{suffix}"
        for home in (front, article.get_absolute_url())
        for suffix in SUFFIXES
    ]


def _tell_soon(article_id: int) -> None:
    """Once a minute at most: whatever else changes until then is in it."""
    if not tell.get_backend().supports_defer:
        tell.enqueue(article_id)
    elif caching.is_first(f"pushing:{article_id}", PAUSE.total_seconds()):
        tell.using(run_after=timezone.now() + PAUSE).enqueue(article_id)
