"""Whether the other sites that an article links to answer; asked in a task.

Nobody waits for it, and nothing depends on it but a line of the checklist. The sites
learn this server's address and no more: neither who asks, nor for what article.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from functools import partial
from itertools import batched
from threading import Thread

import requests
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.tasks import task
from django.utils import timezone
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress
from urllib3.exceptions import HTTPError

from accounts import outside
from articles import links
from articles.models import Article, FarLink

FRESH = timedelta(days=1)
AGAIN = timedelta(minutes=5)  # what did not answer may, soon
KEPT = timedelta(days=90)
MOST_LINKS = 100  # of one article
MOST_AT_ONCE = 20
MOST_HOPS = 5
LONGEST = 15  # seconds for those that are asked at once
AGENT = "Mozilla/5.0 (compatible; link check)"
Outcome = FarLink.Outcome
UNANSWERED = (requests.RequestException, HTTPError, OSError, ValueError)

logger = logging.getLogger(__name__)


def follow(article: Article) -> None:
    """Have the links of ``article`` asked, once the transaction holds."""
    if settings.LINK_CHECKS and not article.is_published and wanted(article):
        transaction.on_commit(partial(ask.enqueue, article.pk))


def wanted(article: Article) -> list[str]:
    """Its addresses on other sites of which nothing good was heard within a day."""
    found, now = links.far(article), timezone.now()
    heard = Q(asked_at__gte=now - FRESH, outcome=Outcome.ANSWERS)
    known = FarLink.objects.filter(
        heard | Q(asked_at__gte=now - AGAIN), address__in=found
    )
    return sorted(found.difference(known.values_list("address", flat=True)))


@task
def ask(article_id: int) -> None:
    """Ask, keep what came of it, and forget what nobody has asked for long."""
    article = Article.objects.filter(pk=article_id).first()
    if article is None:
        return
    now = timezone.now()
    left = wanted(article)[:MOST_LINKS]
    for addresses in batched(left, MOST_AT_ONCE, strict=False):
        _keep(_outcomes(addresses), now)
    FarLink.objects.filter(asked_at__lt=now - KEPT).delete()


def _keep(outcomes: dict[str, Outcome], now: datetime) -> None:
    FarLink.objects.bulk_create(
        [
            FarLink(address=address, outcome=outcome, asked_at=now)
            for address, outcome in outcomes.items()
        ],
        update_conflicts=True,
        unique_fields=["address"],
        update_fields=["outcome", "asked_at"],
    )


def _outcomes(addresses: tuple[str, ...]) -> dict[str, Outcome]:
    """All at once. A site that trickles on for ever is left to its thread, and late."""
    found: dict[str, Outcome] = {}

    def note(address: str) -> None:
        found[address] = _outcome(address)

    threads = [Thread(target=note, args=[each], daemon=True) for each in addresses]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + LONGEST
    for thread in threads:
        thread.join(max(0, deadline - time.monotonic()))
    return {each: found.get(each, Outcome.LATE) for each in addresses}


def _outcome(address: str) -> Outcome:
    try:
        return _judge(_status(address))
    except requests.Timeout:
        return Outcome.LATE
    except (outside.Refused, InvalidIPAddress):
        return Outcome.LOST
    except UNANSWERED as problem:
        logger.info("A link gave no answer: %s", type(problem).__name__)
        return Outcome.SILENT


def _status(address: str) -> int:
    """By HEAD; by GET where that fails, since many servers know no HEAD."""
    with _session() as session:
        try:
            status = _asked(session, address, "HEAD")
        except requests.RequestException:
            status = 0
        return status if 200 <= status < 400 else _asked(session, address, "GET")


def _asked(session: requests.Session, address: str, method: str) -> int:
    with outside.answered(
        session, address, may=_may, hops=MOST_HOPS, method=method
    ) as answer:
        return answer.status_code


def _judge(status: int) -> Outcome:
    """Who refuses a machine, or is out of order for a moment, may answer a reader."""
    return Outcome.GONE if status in {404, 410} else Outcome.ANSWERS


def _may(address: str) -> bool:
    return links.FAR.match(address) is not None


def _session() -> requests.Session:
    """One that connects to public addresses alone, as resolved and checked by itself.

    Where the paper itself is on this machine's loopback, links to that are asked too.
    """
    session = HTTPSession(
        Config(
            ip_filter_enable=True,
            ip_filter_allow_loopback_ips=settings.IS_LOOPBACK,
            never_redirect=False,
            default_timeout=(outside.PATIENCE, outside.PATIENCE),
            user_agent_override=AGENT,
        )
    )
    session.trust_env = False  # a proxy would resolve names anew; and no netrc
    session.headers["Range"] = "bytes=0-0"  # heeded for GET alone
    return session
