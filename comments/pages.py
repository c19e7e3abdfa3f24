"""Whole pages, kept as the bytes that every reader without our cookies is given.

A page is right for as long as the edition and its discussion's version are those that
it was made of, which one query tells, and until its ``until``: what no version counts,
such as newsroom hours that begin, is seen after KEPT_SECONDS at the latest.
``comments.shelf`` has the pages.
"""

from __future__ import annotations

import gzip
import hashlib
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple

import brotli
from django.conf import settings
from django.db import connections, router
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers
from django.utils.datastructures import MultiValueDict
from django.utils.http import parse_etags, quote_etag
from django_http_compression.middleware import best_coding

from accounts import replicas
from articles import editions
from articles.models import Article, Edition
from comments.models import Discussion

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

KEPT_SECONDS = 60
BROTLI_QUALITY = 5
GZIP_LEVEL = 6

LISTS = frozenset({"page"})
PLACE = frozenset({"order", "from", "before", "thread", "after"})
NOTHING = frozenset[str]()
# The pages that are kept, and what may stand in their addresses' queries.
KEPT = {
    "articles:article": PLACE,
    "articles:front": LISTS,
    "articles:section": LISTS,
    "articles:tag": LISTS,
    "articles:contributor": LISTS,
    "articles:year": LISTS,
    "articles:month": LISTS,
    "articles:corrections": LISTS,
    "articles:archive": NOTHING,
    "articles:feed": NOTHING,
    "articles:feed-atom": NOTHING,
    "articles:section-feed": NOTHING,
    "articles:section-feed-atom": NOTHING,
    "articles:tag-feed": NOTHING,
    "articles:tag-feed-atom": NOTHING,
    "articles:contributor-feed": NOTHING,
    "articles:contributor-feed-atom": NOTHING,
    "articles:sitemap": NOTHING,
    "articles:sitemap-articles": NOTHING,
    "articles:sitemap-lists": NOTHING,
    "articles:sitemap-news": NOTHING,
    "articles:robots": NOTHING,
    "comments:article-feed": NOTHING,
    "comments:article-feed-atom": NOTHING,
}


class Versions(NamedTuple):
    """Of the articles, and of one discussion."""

    edition: int
    discussion: int


def versions(article: int | None) -> Versions:
    """Those that hold now, in one query; 0 for what does not exist yet.

    Asked once more where the connection has died, or the replica has.
    """
    alias = router.db_for_read(Discussion)
    # The question is a health check itself: there is no need of another before it.
    connections[alias].health_check_done = True  # type: ignore[attr-defined]
    try:
        return _versions(alias, article)
    except replicas.FAILURES:
        replicas.turn_away(alias)
    return _versions(router.db_for_read(Discussion), article)


def _versions(alias: str, article: int | None) -> Versions:
    with connections[alias].cursor() as cursor:
        cursor.execute(_VERSIONS, [editions.THE_ONE, article])
        edition, discussion = cursor.fetchone()
    return Versions(edition or 0, discussion or 0)


_VERSIONS = (
    f"SELECT (SELECT number FROM {Edition._meta.db_table} WHERE id = %s), "  # noqa: S608
    f"(SELECT version FROM {Discussion._meta.db_table} WHERE article_id = %s)"
)


@dataclass
class Page:
    """A page as it was made, and of what."""

    body: bytes  # in Zstandard
    headers: dict[str, str]
    etag: str
    article: int | None  # whose discussion it shows
    versions: Versions
    until: float  # seconds since the epoch
    made_at: int  # nanoseconds since then
    encoded: dict[str, bytes] = field(default_factory=dict)

    def is_right(self, found: Versions) -> bool:
        """Made of these versions or of later ones, as a replica may be behind."""
        return (
            self.versions.edition >= found.edition
            and self.versions.discussion >= found.discussion
            and time.time() < self.until
        )

    def answer(self, accepted: str, known: str) -> HttpResponse:
        """The page in an encoding that is ``accepted``; 304 for those who have it.

        Both are headers: Accept-Encoding and If-None-Match.
        """
        if known and (self.etag in parse_etags(known) or known.strip() == "*"):
            response = HttpResponse(status=HTTPStatus.NOT_MODIFIED)
            del response["Content-Type"]
            for name in ("Cache-Control", "Vary"):
                response[name] = self.headers[name]
        else:
            coding = _coding(accepted)
            response = HttpResponse(self._in(coding), headers=self.headers)
            response["Content-Length"] = str(len(response.content))
            if coding != "identity":
                response["Content-Encoding"] = coding
        response["ETag"] = self.etag
        return response

    def _in(self, coding: str) -> bytes:
        if coding == "zstd":
            return self.body
        if coding not in self.encoded:
            self.encoded[coding] = _encode(zstd.decompress(self.body), coding)
        return self.encoded[coding]

    def __getstate__(self):
        return self.__dict__ | {"encoded": {}}


def key(request: HttpRequest) -> str | None:
    """What the page is kept under; None where its reader may be shown their own.

    Only what makes pages differ counts: a browser with a cookie of ours is not given,
    and does not give, a page that is kept.
    """
    told = request.META
    cookies = told.get("HTTP_COOKIE", "")
    if (
        request.method not in {"GET", "HEAD"}
        or any(name in cookies for name in _OUR_COOKIES)
        or "HTTP_AUTHORIZATION" in told
    ):
        return None
    parts = (
        request.scheme,
        told.get("HTTP_HOST", ""),
        request.path_info,
        told.get("QUERY_STRING", ""),
    )
    return "\n".join(parts)  # type: ignore[arg-type]


_OUR_COOKIES = (
    settings.SESSION_COOKIE_NAME,
    settings.COMMENTER_COOKIE_NAME,
    settings.CSRF_COOKIE_NAME,
)


def is_kept(request: HttpRequest) -> bool:
    """Whether its address is one whose page is kept."""
    try:
        name = resolve(request.path_info).view_name
    except Resolver404:
        return False
    asked: MultiValueDict = request.GET
    return name in KEPT and KEPT[name].issuperset(asked)


def is_in_the_making(request: HttpRequest) -> bool:
    """Whether the answer will be kept: then it is the same for everybody."""
    return request.method == "GET" and hasattr(request, "edition")


def make(request: HttpRequest, response: HttpResponseBase) -> Page | None:
    """The page that the ``response`` is; None where it is not one for everybody.

    What it was made of, the request tells: its ``edition`` was read before anything,
    and what shows a discussion has said so with ``show``.
    """
    says = {part.strip() for part in response.get("Cache-Control", "").split(",")}
    if (
        not isinstance(response, HttpResponse)
        or response.status_code != HTTPStatus.OK
        or response.cookies
        or "public" not in says
        or response.has_header("Content-Encoding")
    ):
        return None
    patch_vary_headers(response, ["Accept-Encoding"])
    told = {"Content-Length", "ETag"}
    edition: int = request.edition  # type: ignore[attr-defined]
    article, version, closes_at = getattr(request, "shows", (None, 0, None))
    return Page(
        body=zstd.compress(response.content),
        headers={k: v for k, v in response.items() if k not in told},
        etag=quote_etag(_digest(response.content)),
        article=article,
        versions=Versions(edition, version),
        until=_until(editions.turns_at(edition), closes_at),
        made_at=time.time_ns(),
    )


def show(request: HttpRequest, article: Article, version: int) -> None:
    """Say, before its comments are read, of which discussion an answer will be."""
    closes_at = article.comments_closed_at
    request.shows = (article.pk, version, closes_at)  # type: ignore[attr-defined]


def _until(*moments: datetime | None) -> float:
    now = time.time()
    known = [moment.timestamp() for moment in moments if moment is not None]
    return min([now + KEPT_SECONDS, *(moment for moment in known if moment > now)])


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _encode(content: bytes, coding: str) -> bytes:
    if coding == "br":
        return brotli.compress(content, quality=BROTLI_QUALITY)
    return gzip.compress(content, GZIP_LEVEL, mtime=0) if coding == "gzip" else content


# The same few headers come with every request.
_coding = lru_cache(maxsize=256)(best_coding)
