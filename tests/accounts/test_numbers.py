"""Numbers as others write them."""

import pytest

from accounts import numbers


@pytest.mark.parametrize(
    ("value", "number", "key"),
    [("7", 7, 7), ("007", 7, 7), ("0", 0, None), ("9" * 18, 10**18 - 1, 10**18 - 1)],
)
def test_plain_digits_are_a_number(value, number, key):
    assert (numbers.read(value), numbers.read_key(value)) == (number, key)


@pytest.mark.parametrize(
    "value",
    [None, "", "x", "-1", "+1", "1_0", " 7", "1.5", "²", "٣", "9" * 23, "9" * 5_000],
)
def test_anything_else_is_none(value):
    assert numbers.read(value) is None
