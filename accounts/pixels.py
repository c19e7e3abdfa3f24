"""Pictures from outside, decoded with care: nothing but pixels ever comes in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from PIL import Image, UnidentifiedImageError


class Unreadable(Exception):
    """No picture of a kind we take, or not a whole one."""


class TooLarge(Unreadable):
    """More pixels than any picture has: Pillow does not even look at them."""


@contextmanager
def opened(file: IO[bytes], formats: list[str]) -> Iterator[Image.Image]:
    """The picture in ``file``: its size is known, its pixels are not decoded yet.

    All that may be wrong with it, here or while it is worked on, is ``Unreadable``.
    """
    try:
        with Image.open(file, formats=formats) as image:
            yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise TooLarge from problem
    except (
        UnidentifiedImageError,
        EOFError,
        OSError,
        SyntaxError,  # what Pillow's readers raise for a broken PNG
        ValueError,
    ) as problem:
        raise Unreadable from problem
