"""Turns: one thread at a time, and who loses it."""

import time
from threading import Event, Thread

import pytest

from accounts import turns
from tests.waiting import until

HELD = 0.5  # seconds


@pytest.fixture
def ours():
    return turns.Turns()


@pytest.fixture
def go_on():
    event = Event()
    yield event
    event.set()


def hold(ours, go_on):
    """Another thread has the turn, and keeps it until it is to go on."""

    def work():
        with ours.turn(0):
            go_on.wait(5)

    thread = Thread(target=work)
    thread.start()
    until(lambda: len(ours) == 1)
    return thread


def crowd(ours, size):
    """How many were at it at once, as each of them saw it; a fifth of HELD each."""
    inside, seen = [], []

    def work():
        with ours.turn_after(HELD):
            inside.append(1)
            time.sleep(HELD / 5)
            seen.append(len(inside))
            inside.pop()

    threads = [Thread(target=work) for _ in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def test_turn_is_passed_on_where_one_fails(ours):
    with pytest.raises(ZeroDivisionError), ours.turn(0):
        raise ZeroDivisionError

    with ours.turn(0), pytest.raises(turns.Late), ours.turn(0):
        pass

    assert len(ours) == 0


def test_nobody_goes_ahead_while_the_others_are_quick(ours):
    assert crowd(ours, 8) == [1] * 8
    assert len(ours) == 0


def test_turn_is_over_for_who_keeps_it(ours, go_on):
    began = time.monotonic()
    keeper = hold(ours, go_on)

    with ours.turn_after(HELD):
        waited = time.monotonic() - began
        go_on.set()
        keeper.join()  # and does not end ours

        assert len(ours) == 1
        with pytest.raises(turns.Late), ours.turn(0):
            pass

    assert waited >= HELD
    assert len(ours) == 0


def test_turn_that_is_over_goes_to_one_alone(ours, go_on):
    hold(ours, go_on)

    assert crowd(ours, 4) == [1] * 4
    assert len(ours) == 0


def test_work_goes_ahead_beside_what_hangs(go_on):
    hold(turns.of("work"), go_on)

    with turns.work():
        assert len(turns.of("work")) == 1
