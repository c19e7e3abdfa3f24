"""Which pages are kept, and under what; and which answers wait for their turn."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.datastructures import MultiValueDict

from accounts import cookies

READING = frozenset({"GET", "HEAD"})
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

# Whose pages are made here; "articles:image" is only handed on.
WORKING = frozenset({"admin", "articles", "comments"})
FETCHED = frozenset({"articles:image"})


def key_of(told: dict[str, Any]) -> str | None:
    """What the page is kept under; None where its reader may be shown their own.

    ``told`` is WSGI's environment, of which only what makes pages differ counts: a
    browser with a cookie of ours is not given, and does not give, a page that is kept.
    """
    carried = told.get("HTTP_COOKIE", "")
    if (
        told["REQUEST_METHOD"] not in READING
        or (carried and any(name in carried for name in cookies.OURS))
        or "HTTP_AUTHORIZATION" in told
    ):
        return None
    scheme = told.get(_SCHEME, "") or told["wsgi.url_scheme"]
    host, query = told.get("HTTP_HOST", ""), told.get("QUERY_STRING", "")
    return f"{scheme}\n{host}\n{told['PATH_INFO']}\n{query}"


_SCHEME = (settings.SECURE_PROXY_SSL_HEADER or ("wsgi.url_scheme",))[0]


def is_kept(request: HttpRequest) -> bool:
    """Whether its address is one whose page is kept."""
    name = _name_of(request)
    asked: MultiValueDict = request.GET
    return name in KEPT and KEPT[name].issuperset(asked)


def is_public(request: HttpRequest) -> bool:
    """Whether such a page is read, though kept for nobody with that query or cookie."""
    return request.method in READING and _name_of(request) in KEPT


def is_work(request: HttpRequest) -> bool:
    """Whether the answer is work for the processor from its beginning to its end.

    Not what waits for a provider or for a file; nor a reply, whose work begins later.
    Of all else that is sent, the admin's alone: only there many are at it at once.
    """
    if request.method not in READING:
        return request.path_info.startswith(_admin())
    name = _name_of(request)
    return name.partition(":")[0] in WORKING and name not in FETCHED


@cache
def _admin() -> str:
    return reverse("admin:index")


def _name_of(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""
