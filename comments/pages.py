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
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from math import inf
from typing import NamedTuple

import brotli
from django.db import connections, router
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.http import quote_etag
from django_http_compression.middleware import best_coding

from accounts import prepared, replicas
from articles import editions
from articles.models import Article, Edition
from comments.models import Discussion

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# Whence an answer comes, as RFC 9211 has it in Cache-Status.
HIT = "marginalia; hit"
OLD = "marginalia; hit; detail=old"
MADE = "marginalia; fwd=miss; stored"
KEPT_SECONDS = 60
LOOK_SECONDS = 0.1  # between two looks at what another process is making
LOOKER_SECONDS = 5  # for one of ours to have looked, and made it perhaps
BROTLI_QUALITY = 5
GZIP_LEVEL = 6
SLOW_CODINGS = {"br", "gzip"}


class Versions(NamedTuple):
    """Of the articles, and of one discussion."""

    edition: int
    discussion: int


def versions(article: int | None, alias: str = "") -> Versions:
    """Those that hold now, in one query; 0 for what does not exist yet.

    With an ``alias``, of that database. Without one, of that which the request reads;
    it is asked once more where its connection has died, or the replica has.
    """
    if alias:
        return _versions(alias, article)
    alias = router.db_for_read(Discussion)
    try:
        return _versions(alias, article)
    except replicas.FAILURES:
        replicas.turn_away(alias)
    return _versions(router.db_for_read(Discussion), article)


def _versions(alias: str, article: int | None) -> Versions:
    connection = connections[alias]
    # The question is a health check itself: there is no need of another before it.
    connection.health_check_done = True  # type: ignore[attr-defined]
    with prepared.cursor_of(connection) as cursor:
        cursor.execute(_VERSIONS, [editions.THE_ONE, article])
        edition, discussion = cursor.fetchone()
    return Versions(edition or 0, discussion or 0)


_VERSIONS = (
    f"SELECT (SELECT number FROM {Edition._meta.db_table} WHERE id = %s), "  # noqa: S608
    f"(SELECT version FROM {Discussion._meta.db_table} WHERE article_id = %s)"
)


class Reply(NamedTuple):
    """An answer as WSGI has it."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


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
    replies: dict[str, Reply] = field(  # by coding, once asked for
        default_factory=dict, compare=False
    )
    # By ``time.monotonic``: when it was last asked whether the page is right, and it
    # was; and how long it is shown though it was not, as somebody is at a newer one.
    right_at: float = field(default=-inf, compare=False)
    replaced_until: float = field(default=-inf, compare=False)
    replaced_since: float = field(default=inf, compare=False)

    def is_right(self, found: Versions) -> bool:
        """Made of these versions or of later ones, as a replica may be behind."""
        return (
            self.versions.edition >= found.edition
            and self.versions.discussion >= found.discussion
            and time.time() < self.until
        )

    def is_being_replaced(self) -> bool:
        """Whether somebody is taken to be at a newer one."""
        now = time.monotonic()
        return now < self.replaced_until and now - self.replaced_since < KEPT_SECONDS

    def was_right(self, asked_at: float) -> None:
        self.right_at = asked_at
        self.replaced_until, self.replaced_since = -inf, inf

    def expect_newer(self, seconds: float) -> float:
        """Somebody is at a newer one: show this one, at most KEPT_SECONDS in all.

        Returns until when, for whom it turns out otherwise.
        """
        now = time.monotonic()
        self.replaced_until = now + seconds
        self.replaced_since = min(self.replaced_since, now)
        return self.replaced_until

    def expect_no_more(self, until: float) -> None:
        """Unless somebody else was seen at a newer one since."""
        if self.replaced_until == until:
            self.replaced_until = -inf

    def reply(self, accepted: str, known: str) -> Reply:
        """The page in a coding that is ``accepted``; 304 for those who have it.

        Both are headers: Accept-Encoding and If-None-Match.
        """
        if known and (self.etag in known or known.strip() == "*"):
            return Reply("304 Not Modified", self._known_headers(), b"")
        coding = _coding(accepted)
        if coding not in self.replies:
            self.replies[coding] = self._reply(coding)
        return self.replies[coding]

    def prepare(self, codings: Iterable[str]) -> None:
        """Have it at once in those that take long to make."""
        for coding in SLOW_CODINGS & set(codings):
            self.replies[coding] = self._reply(coding)

    def answer(self, accepted: str, known: str) -> HttpResponse:
        """``reply`` as Django has it."""
        status, headers, body = self.reply(accepted, known)
        response = HttpResponse(body, status=int(status[:3]), headers=dict(headers))
        if "Content-Type" not in dict(headers):
            del response["Content-Type"]
        return response

    def _reply(self, coding: str) -> Reply:
        body = self.body if coding == "zstd" else _encode(self.body, coding)
        headers = [
            *self.headers.items(),
            ("Content-Length", str(len(body))),
            ("ETag", self.etag),
        ]
        if coding != "identity":
            headers.append(("Content-Encoding", coding))
        return Reply("200 OK", headers, body)

    def _known_headers(self) -> list[tuple[str, str]]:
        """Those that a 304 repeats: RFC 9110, section 15.4.5."""
        names = ("Cache-Control", "Vary")
        return [("ETag", self.etag), *((name, self.headers[name]) for name in names)]

    def __getstate__(self):
        # A copy: readers ask for more of them while the page is written down.
        made = {c: r for c, r in self.replies.copy().items() if c in SLOW_CODINGS}
        ours = {"right_at": -inf, "replaced_until": -inf, "replaced_since": inf}
        return self.__dict__ | {"replies": made} | ours


def make(request: HttpRequest, response: HttpResponseBase) -> Page | None:
    """The page that the ``response`` is; None where it is not one for everybody.

    What it was made of, the request tells: its ``edition`` and ``turns_at`` were read
    before anything, and what shows a discussion has said so with ``declare``.
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
        until=_until(request.turns_at, closes_at),  # type: ignore[attr-defined]
        made_at=time.time_ns(),
    )


def declare(request: HttpRequest, article: Article, version: int) -> None:
    """Say, before its comments are read, of which discussion an answer will be."""
    closes_at = article.comments_closed_at if article.takes_comments else None
    request.shows = (article.pk, version, closes_at)  # type: ignore[attr-defined]


def _until(*moments: datetime | None) -> float:
    """The first of them, though it may have come while the page was made."""
    known = [moment.timestamp() for moment in moments if moment is not None]
    return min([time.time() + KEPT_SECONDS, *known])


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _encode(body: bytes, coding: str) -> bytes:
    content = zstd.decompress(body)
    if coding == "br":
        return brotli.compress(content, quality=BROTLI_QUALITY)
    return gzip.compress(content, GZIP_LEVEL, mtime=0) if coding == "gzip" else content


# The same few headers come with every request.
_coding = lru_cache(maxsize=256)(best_coding)
