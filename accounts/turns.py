"""Turns, first come first served, for the threads of one process."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic

# Seconds that a page or a reply in the making may hold up the others.
WORK_SECONDS = 0.5


class Late(Exception):
    """The turn did not come in the time that was given to it."""


class Turns:
    """One thread at a time; those who wait are let in as they came."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: deque[Lock] = deque()  # the bell of each
        self._holder: Lock | None = None  # the bell of the one whose turn it is
        self._since = 0.0  # when it rang

    @contextmanager
    def turn(self, seconds: float) -> Iterator[None]:
        """Wait for at most so many ``seconds``, or raise ``Late``."""
        bell = self._queue()
        try:
            if not bell.acquire(timeout=max(0, seconds)):
                raise Late
            yield
        finally:
            self._leave(bell)

    @contextmanager
    def turn_after(self, seconds: float) -> Iterator[None]:
        """Wait for nobody who has had the turn for so many ``seconds``: it is over."""
        bell = self._queue()
        try:
            while not bell.acquire(timeout=self._left(seconds)):
                self._take(bell, seconds)
            yield
        finally:
            self._leave(bell)

    def __len__(self) -> int:
        """How many wait, with the one whose turn it is."""
        return (self._holder is not None) + len(self._waiting)

    def _queue(self) -> Lock:
        bell = Lock()
        bell.acquire()
        with self._lock:
            self._waiting.append(bell)
            if self._holder is None:
                self._ring()
        return bell

    def _ring(self) -> None:
        """Let in whoever came first."""
        self._holder = self._waiting.popleft() if self._waiting else None
        self._since = monotonic()
        if self._holder is not None:
            self._holder.release()

    def _left(self, seconds: float) -> float:
        """Until it is worth to look whether the turn is over."""
        left = self._since + seconds - monotonic()
        return left if left > 0 else seconds

    def _take(self, bell: Lock, seconds: float) -> None:
        with self._lock:
            is_next = bool(self._waiting) and self._waiting[0] is bell
            if is_next and monotonic() - self._since >= seconds:
                self._ring()

    def _leave(self, bell: Lock) -> None:
        with self._lock:
            if self._holder is bell:
                self._ring()
            elif bell in self._waiting:
                self._waiting.remove(bell)


_turns: dict[str, Turns] = {}


def of(name: str) -> Turns:
    """Those of the process for what is called ``name``."""
    return _turns.setdefault(name, Turns())


@contextmanager
def work() -> Iterator[None]:
    """A turn for what is work for the processor, such as a page or a reply.

    Two at once in one process would take longer for both, and hold up what is soon
    done. Whoever is at it for WORK_SECONDS, waiting for something else by then, goes on
    beside the next.
    """
    with of("work").turn_after(WORK_SECONDS):
        yield


def _forget() -> None:
    """A process that was forked has none of the threads that have or await a turn."""
    for turns in _turns.values():
        turns.__init__()  # type: ignore[misc]


os.register_at_fork(after_in_child=_forget)
