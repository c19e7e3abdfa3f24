"""Turns, first come first served, for the threads of one process."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

# Seconds that a page or a reply waits for another in the making.
WORK_SECONDS = 0.25


class Late(Exception):
    """The turn did not come in the time that was given to it."""


class Turns:
    """One thread at a time; those who wait are let in as they came."""

    def __init__(self) -> None:
        self._lock, self._is_taken = Lock(), False
        self._waiting: deque[Lock] = deque()

    @contextmanager
    def turn(self, seconds: float) -> Iterator[None]:
        """Wait for at most so many ``seconds``, or raise ``Late``."""
        self._wait(seconds)
        try:
            yield
        finally:
            self._pass_on()

    @contextmanager
    def turn_if_soon(self, seconds: float) -> Iterator[None]:
        """Wait for at most so many ``seconds``, then go ahead beside the others."""
        has_come = True
        try:
            self._wait(seconds)
        except Late:
            has_come = False
        try:
            yield
        finally:
            if has_come:
                self._pass_on()

    def __len__(self) -> int:
        """How many wait, with the one whose turn it is."""
        return self._is_taken + len(self._waiting)

    def _wait(self, seconds: float) -> None:
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return
            bell = Lock()
            bell.acquire()
            self._waiting.append(bell)
        has_rung = False
        try:
            has_rung = bell.acquire(timeout=max(0, seconds))
        finally:
            if not has_rung:
                self._leave(bell)
        if not has_rung:
            raise Late

    def _leave(self, bell: Lock) -> None:
        with self._lock:
            if bell in self._waiting:
                self._waiting.remove(bell)
                return
        self._pass_on()  # it rang just now

    def _pass_on(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False


_turns: dict[str, Turns] = {}


def of(name: str) -> Turns:
    """Those of the process for what is called ``name``."""
    return _turns.setdefault(name, Turns())


@contextmanager
def work() -> Iterator[None]:
    """A turn for what is work for the processor, such as a page or a reply.

    Two at once in one process would take longer for both, and hold up what is soon
    done. Whoever has waited for WORK_SECONDS goes ahead.
    """
    with of("work").turn_if_soon(WORK_SECONDS):
        yield


def _forget() -> None:
    """A process that was forked has none of the threads that have or await a turn."""
    for turns in _turns.values():
        turns.__init__()  # type: ignore[misc]


os.register_at_fork(after_in_child=_forget)
