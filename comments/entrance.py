"""Kept pages, answered before Django makes a request of what was asked.

``KeptPagesMiddleware`` would answer with the same bytes; what stands between costs more
than they do. Whatever is not at hand in this process goes to Django, and whatever is
not right, unless another is at it: where it is read, a page is nearly always being made
anew while readers write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db import connections

from accounts import replicas
from comments import keys, pages, shelf

Application = Callable[[dict, Callable], Iterable[bytes]]


class KeptPages:
    """A WSGI application (PEP 3333) before another."""

    def __init__(self, application: Application):
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable):
        found = _find(environ) if environ["REQUEST_METHOD"] == "GET" else None
        if found is None:
            return self.application(environ, start_response)
        page, cache_status = found
        status, headers, body = page.reply(
            environ.get("HTTP_ACCEPT_ENCODING", ""),
            environ.get("HTTP_IF_NONE_MATCH", ""),
        )
        start_response(status, [*headers, ("Cache-Status", cache_status)])
        return [body]


def _find(environ: dict[str, Any]) -> tuple[pages.Page, str] | None:
    """The page to be shown, and its Cache-Status."""
    key = keys.key_of(environ)
    page = shelf.at_hand.get(key) if key else None
    if page is None:
        return None
    alias = replicas.alias_for_strangers()
    try:
        found = pages.versions(page.article, alias)
    except replicas.FAILURES:
        replicas.turn_away(alias)
        return None  # Django asks again, elsewhere if it has to
    finally:
        _give_back(alias)
    if page.is_right(found):
        return page, pages.HIT
    return (page, pages.OLD) if page.is_being_replaced() else None


def _give_back(alias: str) -> None:
    """What a pool has lent; no end of a request will come to do so."""
    if "pool" in connections[alias].settings_dict["OPTIONS"]:
        connections[alias].close()
