"""Numbers as others write them, in an address or a form."""

from __future__ import annotations

MOST_DIGITS = 18  # of what every database can compare


def read(value: str | None) -> int | None:
    """The number that ``value`` is; None for anything but a few plain digits."""
    if value and value.isascii() and value.isdecimal() and len(value) <= MOST_DIGITS:
        return int(value)
    return None


def read_key(value: str | None) -> int | None:
    """A row's key, or its version; None for anything that cannot be one, as 0."""
    return read(value) or None
