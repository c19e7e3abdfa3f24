"""Typed text: what is cleaned from it on the way in, and how phrases are found in it.

The stated treatment: line ends are LF, and the rest is ``accounts.names.clean``.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from accounts import names

# Spaces that are neither a blank, a tab nor the end of a line.
_ODD_SPACES = {0x0B: None, 0x0C: None, 0x85: None}
# What stands between words: space and punctuation, of Latin, Khmer and CJK text too.
MARKS = (
    r"\s!-/:-@\[-`{-~\u00a1-\u00bf\u17d4-\u17da\u2000-\u200b\u200e-\u206f"
    r"\u3000-\u303f\uff01-\uff0f"
)
_BETWEEN_WORDS = re.compile(rf"[{MARKS}]+")
_WORD = re.compile(rf"[^{MARKS}]+")
# A word of a phrase: a star stands for the rest of it.
_STARRED_WORD = re.compile(rf"(?:[^{MARKS}]|\*)+")
_STARS = re.compile(r"\*?[^*]+\*?")
# Scripts that are written without spaces: Thai to Burmese, Khmer, kana, CJK.
_SPACELESS = re.compile(r"[\u0e00-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def tidy(text: str) -> str:
    """``text`` as it is stored: readable, harmless, nothing else about it changed."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_ODD_SPACES)
    return names.clean(text).strip()


def fold(text: str) -> str:
    """``text`` for comparing: compatibility forms and case made one."""
    return unicodedata.normalize("NFKC", text).casefold()


def fingerprint(text: str) -> str:
    """The same 64 hex digits for the same words, whatever the case and the marks."""
    return hashlib.sha256(said(text).encode()).hexdigest()


@lru_cache(maxsize=128)  # a text on its way in is looked at from several sides
def said(text: str) -> str:
    """Its words with a blank between them."""
    return " ".join(words(text))


def words(text: str) -> list[str]:
    """The folded words of ``text``, in order. Linear in its length."""
    return [word for word in _BETWEEN_WORDS.split(fold(text)) if word]


def is_spaceless(text: str) -> bool:
    """Whether ``text`` has script without spaces between its words."""
    return bool(_SPACELESS.search(text))


class Word(NamedTuple):
    """A folded word, and where it stands in the text as it was typed."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Folded:
    """Folded text; the n-th sign of it was typed from ``starts[n]`` to ``ends[n]``."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def words(self, pattern: re.Pattern[str] = _WORD) -> list[Word]:
        starts, ends = self.starts, self.ends
        return [
            Word(found[0], starts[found.start()], ends[found.end() - 1])
            for found in pattern.finditer(self.text)
        ]

    def said(self, pattern: re.Pattern[str] = _WORD) -> list[str]:
        """The words alone, which are far sooner found."""
        return pattern.findall(self.text)

    def word(self, start: int, end: int) -> Word:
        """What stands from ``start`` to ``end`` here."""
        return Word(self.text[start:end], self.starts[start], self.ends[end - 1])


def fold_in_place(text: str, likes: Mapping[int, str] | None = None) -> Folded:
    """``fold``, with the way back; ``likes`` says what to read for which sign."""
    if text.isascii():
        return Folded(text.lower(), range(len(text)), range(1, len(text) + 1))
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    start, length = 0, len(text)
    while start < length:
        end = start + 1
        while end < length and unicodedata.combining(text[end]):
            end += 1
        signs = text[start:end]
        for sign in fold(signs.translate(likes) if likes else signs):
            folded.append(sign)
            starts.append(start)
            ends.append(end)
        start = end
    return Folded("".join(folded), starts, ends)


def phrase_words(phrase: str) -> list[str]:
    """The words of a phrase, with their stars, as they were typed."""
    return _STARRED_WORD.findall(phrase)


def is_searchable(phrase: str) -> bool:
    """Whether each star stands at an end of a word, beside two letters or more."""
    words = phrase_words(phrase)
    return bool(words) and all(
        "*" not in word or (_STARS.fullmatch(word) and len(word.strip("*")) > 1)
        for word in words
    )
