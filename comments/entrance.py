"""Kept pages, answered before Django makes a request of what was asked.

``KeptPagesMiddleware`` would answer with the same bytes; what stands between costs more
than they do. Whatever is not at hand in this process goes to Django, and whatever is
not right, unless another is at it: where it is read, a page is nearly always being made
anew while readers write. What goes to Django takes longer, and is put off for another
thread: kept pages are answered meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.db import connections

from accounts import leaders, replicas
from comments import keys, pages, shelf

Application = Callable[[dict, Callable], Iterable[bytes]]


class KeptPages:
    """A WSGI application (PEP 3333) before another."""

    def __init__(self, application: Application):
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable):
        page, cache_status = _find(environ)
        if page is not None and cache_status:
            if _has_body(environ):
                leaders.give_way()
            status, headers, body = page.reply(
                environ.get("HTTP_ACCEPT_ENCODING", ""),
                environ.get("HTTP_IF_NONE_MATCH", ""),
            )
            start_response(status, [*headers, ("Cache-Status", cache_status)])
            return [body]
        # Others are shown the page as it was, also while this request is put off.
        until = page.expect_newer(pages.LOOKER_SECONDS) if page else 0
        leaders.give_way()
        try:
            return self.application(environ, start_response)
        finally:
            if page is not None:
                page.expect_no_more(until)


def _find(environ: dict[str, Any]) -> tuple[pages.Page | None, str]:
    """The page at hand and its Cache-Status; "" where it may not be shown."""
    key = keys.key_of(environ) if environ["REQUEST_METHOD"] == "GET" else None
    page = shelf.at_hand.get(key) if key else None
    if page is None:
        return None, ""
    # Who has time was put off, perhaps because it is at a newer one itself.
    if page.is_being_replaced() and not leaders.has_time():
        return page, pages.OLD
    if leaders.came() <= page.right_at:
        return page, pages.HIT  # others have asked since
    asked_at = time.monotonic()
    alias = replicas.alias_for_strangers()
    if _is_far(alias):
        leaders.give_way()
    try:
        found = pages.versions(page.article, alias)
    except replicas.FAILURES:
        replicas.turn_away(alias)
        return page, ""  # Django asks again, elsewhere if it has to
    finally:
        replicas.give_back(alias)
    if not page.is_right(found):
        return page, ""
    page.was_right(asked_at)
    return page, pages.HIT


def _has_body(environ: dict[str, Any]) -> bool:
    """Whether the server has yet to read on, however slowly that comes."""
    return bool(environ.get("CONTENT_LENGTH") or environ.get("HTTP_TRANSFER_ENCODING"))


@cache
def _is_far(alias: str) -> bool:
    """Whether the database's answers come over a network, and others can go on."""
    host = connections[alias].settings_dict["HOST"]
    return not (host in {"", "localhost", "127.0.0.1", "::1"} or host.startswith("/"))
