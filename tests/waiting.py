"""What is to wait for its turn among the threads of a process, shown to do so."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from accounts import turns

PATIENCE = 20  # seconds


def until(condition: Callable[[], object]) -> None:
    """Wait for it, for as long as anybody has patience."""
    patient = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < patient
        time.sleep(0.001)


@contextmanager
def waits_for_its_turn() -> Iterator[list[int]]:
    """Another thread works until something of the block waits, which it has to.

    Gives a list that is empty until the turn comes.
    """
    work, works, seen = turns.of("work"), threading.Event(), []

    def keep_busy():
        with work.turn(0):
            works.set()
            until = time.monotonic() + PATIENCE
            while len(work) < 2 and time.monotonic() < until:
                time.sleep(0.001)
            seen.append(len(work))

    thread = threading.Thread(target=keep_busy)
    thread.start()
    assert works.wait(PATIENCE)
    yield seen
    thread.join()
    assert seen == [2]
