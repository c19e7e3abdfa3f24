"""Where kept pages lie: at hand in each process, and where all processes find them.

Pages can be made without the place where they are shared.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.core.cache import caches

from accounts.caching import UNREACHABLE
from comments.pages import Page

MOST_BYTES = 32_000_000  # at hand in a process
SHARED_SECONDS = 3_600  # an old page is shown while another is made
TURN_SECONDS = 10  # whoever makes a page for longer than that has died over it

logger = logging.getLogger(__name__)


class Shelf:
    """Pages in this process's memory, those least asked for given up first."""

    def __init__(self, most_bytes: int = MOST_BYTES):
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._most_bytes, self._bytes = most_bytes, 0
        self._lock = Lock()

    def __iter__(self) -> Iterator[str]:
        """The keys, the least asked for first."""
        with self._lock:
            return iter(list(self._pages))

    def get(self, key: str) -> Page | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: str, page: Page) -> None:
        with self._lock:
            self._take(key)
            self._pages[key] = page
            self._bytes += size(page)
            while self._bytes > self._most_bytes:
                self._take(next(iter(self._pages)))

    def take(self, key: str) -> None:
        with self._lock:
            self._take(key)

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    def _take(self, key: str) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self._bytes -= size(page)


at_hand = Shelf()


def find(key: str) -> Page | None:
    """The page that any process has kept last under ``key``, right or not.

    Where that is the one at hand, it stays so, with the encodings that it has.
    """
    page, known = None, at_hand.get(key)
    with suppress(*UNREACHABLE):
        page = caches["pages"].get(_name(key))
    if page is not None and page == known:
        return known
    if page is not None:
        at_hand.put(key, page)
    return page


def keep(key: str, page: Page) -> None:
    at_hand.put(key, page)
    with suppress(*UNREACHABLE):
        caches["pages"].set(_name(key), page, SHARED_SECONDS)


def drop(key: str) -> None:
    at_hand.take(key)
    with suppress(*UNREACHABLE):
        caches["pages"].delete(_name(key))


def clear() -> None:
    at_hand.clear()
    caches["pages"].clear()


@contextmanager
def turn(key: str) -> Iterator[bool]:
    """Whether the page is the caller's to make: nobody is at it, in any process."""
    if settings.PAGE_LOCKS_DIR:
        with _file_lock(settings.PAGE_LOCKS_DIR / _name(key)[:3]) as is_ours:
            yield is_ours
        return
    name = f"turn:{_name(key)}"
    try:
        is_ours = caches["pages"].add(name, 1, TURN_SECONDS)
    except UNREACHABLE:
        is_ours = True
    try:
        yield is_ours
    finally:
        if is_ours:
            with suppress(*UNREACHABLE):
                caches["pages"].delete(name)


@contextmanager
def _file_lock(path: Path) -> Iterator[bool]:
    """Django's cache of files cannot say who came first; the system can.

    Where nothing can be written, everybody does.
    """
    with ExitStack() as held:
        is_ours = True
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
            held.callback(os.close, lock)
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            is_ours = False
        except OSError as problem:
            _say_once(str(problem.strerror))
        yield is_ours


@cache
def _say_once(why: str) -> None:
    logger.warning("Pages are made without locks in VAR_DIR: %s", why)


def _name(key: str) -> str:
    return blake2b(key.encode(), digest_size=16).hexdigest()


def size(page: Page) -> int:
    """About, in bytes: with the encodings that it will have."""
    return 5 * len(page.body) + 2_000
