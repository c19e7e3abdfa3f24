"""Kept pages, answered before Django makes a request of what was asked.

``KeptPagesMiddleware`` would answer with the same bytes; what stands between costs more
than they do. Whatever is not right, or not at hand in this process, goes to Django.
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
        page = _right_page(environ) if environ["REQUEST_METHOD"] == "GET" else None
        if page is None:
            return self.application(environ, start_response)
        status, headers, body = page.reply(
            environ.get("HTTP_ACCEPT_ENCODING", ""),
            environ.get("HTTP_IF_NONE_MATCH", ""),
        )
        start_response(status, [*headers, ("Cache-Status", "marginalia; hit")])
        return [body]


def _right_page(environ: dict[str, Any]) -> pages.Page | None:
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
    return page if page.is_right(found) else None


def _give_back(alias: str) -> None:
    """What a pool has lent; no end of a request will come to do so."""
    if "pool" in connections[alias].settings_dict["OPTIONS"]:
        connections[alias].close()
