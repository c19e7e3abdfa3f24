"""Turns: one thread at a time, and who may go ahead without."""

import pytest

from accounts import turns


def test_turn_is_passed_on_where_one_fails():
    ours = turns.Turns()
    with pytest.raises(ZeroDivisionError), ours.turn(0):
        raise ZeroDivisionError

    with ours.turn(0), pytest.raises(turns.Late), ours.turn(0):
        pass

    assert len(ours) == 0


def test_without_a_turn_one_goes_ahead_and_leaves_it_to_whose_it_is():
    ours, been = turns.Turns(), []
    with ours.turn(0):
        with ours.turn_if_soon(0.01):
            been.append("beside")

        assert len(ours) == 1

    with pytest.raises(ZeroDivisionError), ours.turn_if_soon(0):
        raise ZeroDivisionError

    assert been == ["beside"]
    assert len(ours) == 0


def test_work_goes_ahead_where_its_turn_does_not_come():
    with turns.of("work").turn(0), turns.work():
        assert len(turns.of("work")) == 1

    assert len(turns.of("work")) == 0
