"""Telling a WebSub hub which feeds have changed, so that their readers need not ask.

Only where WEBSUB_HUB names one. A piece that appears or disappears by the clock is told
of at its minute: by a task that waits for it, and looks again before it speaks.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

import requests
from django.conf import settings
from django.db import transaction
from django.tasks import task
from django.urls import reverse
from django.utils import timezone

from accounts import caching
from articles.models import Article

MOST_ATTEMPTS = 5
FIRST_PAUSE = timedelta(minutes=1)  # twice as long after each attempt
PATIENCE = 5  # seconds
HEARD = 3_600  # seconds for which a minute is not told of again
SUFFIXES = ("feed", "feed-atom")

logger = logging.getLogger(__name__)


def follow(article: Article) -> None:
    """What readers see of ``article`` has changed, or will by the clock."""
    if not settings.WEBSUB_HUB:
        return
    now = timezone.now()
    if article.published_at and article.published_at <= now:
        transaction.on_commit(partial(tell.enqueue, article.pk))
    if tell.get_backend().supports_defer:
        for moment in _moments(article):
            if moment > now:
                later = tell.using(run_after=moment)
                told = partial(later.enqueue, article.pk, moment.isoformat())
                transaction.on_commit(told)


@task
def tell(article_id: int, moment: str = "") -> None:
    """Tell of its feeds; at ``moment`` only if that is still when the clock acts."""
    article = Article.objects.filter(pk=article_id).first()
    if article is None:
        return
    if moment and datetime.fromisoformat(moment) not in _moments(article):
        return  # rescheduled, or taken back
    if moment and not caching.is_first(f"websub:{article_id}:{moment}", HEARD):
        return  # each verb since then has left a task
    ping.enqueue(feeds_of(article))


@task
def ping(feeds: list[str], attempt: int = 1) -> None:
    """Tell the hub of ``feeds``; those about which it was out of order, again later."""
    if not settings.WEBSUB_HUB:
        return
    left = [feed for feed in feeds if not _is_settled(feed)]
    if left and attempt < MOST_ATTEMPTS and ping.get_backend().supports_defer:
        later = timezone.now() + FIRST_PAUSE * 2 ** (attempt - 1)
        ping.using(run_after=later).enqueue(left, attempt + 1)


def feeds_of(article: Article) -> list[str]:
    """The addresses of all that may list ``article``, as the feeds call themselves."""
    subjects: Iterable = [
        *([article.section] if article.section else []),
        *article.tags.all(),
        *article.contributors.all(),
    ]
    places = [reverse(f"articles:{suffix}") for suffix in SUFFIXES]
    for subject in subjects:
        kind = subject._meta.model_name
        places += [
            reverse(f"articles:{kind}-{suffix}", args=[subject.slug])
            for suffix in SUFFIXES
        ]
    return [settings.SITE_ORIGIN + place for place in places]


def _moments(article: Article) -> list[datetime]:
    """When the clock shows or hides it."""
    if article.status != Article.Status.PUBLISHED:
        return []
    return [at for at in (article.published_at, article.expires_at) if at]


def _is_settled(feed: str) -> bool:
    """Whether the hub took note, or refused so that asking again is of no use."""
    try:
        with requests.post(
            settings.WEBSUB_HUB,
            {"hub.mode": "publish", "hub.url": feed},
            timeout=PATIENCE,
            allow_redirects=False,
            stream=True,  # what it says beside its status is not read
        ) as answer:
            status = answer.status_code
    except requests.RequestException as problem:
        logger.warning("The hub gave no answer: %s", type(problem).__name__)
        return False
    if not answer.ok or answer.is_redirect:
        logger.warning("The hub answered %s about %s", status, feed)
    return status < 500 and status not in {408, 429}
