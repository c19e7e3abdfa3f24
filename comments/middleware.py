"""Every request's reader, looked up when first asked for, and pages kept for most."""

import time
from contextlib import nullcontext
from functools import partial

from django.utils.functional import SimpleLazyObject

from accounts import turns
from articles import editions
from comments import identity, keys, pages, shelf

WAIT_SECONDS = 5  # for another to make a page that nobody has yet
NAP_SECONDS = 0.02  # meanwhile
# What would make the answer to one reader another's: asked of the kept page instead.
OWN_HEADERS = ("HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")


class CommenterMiddleware:
    """Give each request a ``reader``: an ``identity.Reader``."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.reader = SimpleLazyObject(partial(identity.reader, request))
        return self.get_response(request)


class KeptPagesMiddleware:
    """Answer with a kept page where there is one that is right; keep it if not.

    One request makes a page that is not right; meanwhile others are shown the one
    before, or wait where there is none. What is kept for nobody waits for its turn, if
    it is work. Stands before all that makes them.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        key = keys.key_of(request.META)
        page = shelf.at_hand.get(key) if key else None
        if page is not None and _is_right(page, request):
            return _answer(page, request.META)
        if key and keys.is_kept(request):
            return self._find_or_make(request, key, page)
        with turns.work() if keys.is_work(request) else nullcontext():
            if keys.is_public(request):
                _know_edition(request)
            return self.get_response(request)

    def _find_or_make(self, request, key, page):
        waits_until = time.monotonic() + WAIT_SECONDS
        while True:
            before, page = page, shelf.find(key) or page
            if page is not before and _is_right(page, request):
                return _answer(page, request.META)
            with shelf.turn(key) as is_ours:
                if is_ours or time.monotonic() > waits_until:
                    # Another may have finished it just before this turn.
                    before, page = page, shelf.find(key) or page
                    if page is not before and _is_right(page, request):
                        return _answer(page, request.META)
                    with turns.work():
                        return self._make(request, key, page)
            if page is not None:
                page.expect_newer(pages.LOOK_SECONDS)
                return _answer(page, request.META, pages.OLD)
            time.sleep(NAP_SECONDS)

    def _make(self, request, key, page):
        _know_edition(request)
        # Before anything is read: a page made while the turn came would be an old one.
        request.turns_at = editions.turns_at(request.edition)
        told = {name: request.META.pop(name, "") for name in OWN_HEADERS}
        response = self.get_response(request)
        made = pages.make(request, response)
        if made is None:
            shelf.drop(key)
            return response
        if page is not None:
            made.prepare(page.replies)
        shelf.keep(key, made)
        return _answer(made, told, pages.MADE)


def _know_edition(request):
    """So that what its pages have in common is at hand: ``editions.kept``."""
    if not hasattr(request, "edition"):
        request.edition = pages.versions(None).edition


def _is_right(page, request):
    found = pages.versions(page.article)
    request.edition = found.edition
    return page.is_right(found)


def _answer(page, told, cache_status=pages.HIT):
    """What the headers ask for, as WSGI names them."""
    accepted, known, _since = (told.get(name, "") for name in OWN_HEADERS)
    response = page.answer(accepted, known)
    response["Cache-Status"] = cache_status
    return response
