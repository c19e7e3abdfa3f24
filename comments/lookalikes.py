"""Text as the eye reads it: letters, digits and signs that look alike are one.

The list is short on purpose: the Cyrillic and Greek letters that pass for Latin ones,
and the digits and signs that are used for letters. Accents tell words apart in too
many languages to be taken away.
"""

from __future__ import annotations

import re
from itertools import groupby

from comments import text
from comments.text import Word

_PAIRS = (
    ("АаΑαɑ", "a"),
    ("ВвΒβЬь", "b"),
    ("СсϹϲ", "c"),
    ("Ԁԁđ", "d"),
    ("ЕеЁёΕε", "e"),
    ("ɡ", "g"),
    ("НнΗһҺ", "h"),
    ("ІіЇїΙιıӀ", "i"),
    ("ЈјϳͿ", "j"),
    ("КкΚκ", "k"),
    ("ӏł", "l"),
    ("МмΜ", "m"),
    ("Νη", "n"),
    ("ОоΟοσøØ", "o"),
    ("РрΡρ", "p"),
    ("Ԛԛ", "q"),
    ("Гг", "r"),
    ("Ѕѕ", "s"),
    ("ТтΤτ", "t"),
    ("μυ", "u"),
    ("νѴѵ", "v"),
    ("Ԝԝω", "w"),
    ("ХхΧχ", "x"),
    ("УуΥγ", "y"),
    ("Ζ", "z"),
)
_LETTERS = {ord(sign): latin for signs, latin in _PAIRS for sign in signs}
_SIGNS = str.maketrans("@$!|+", "asiit")
_DIGITS = {one: _SIGNS | str.maketrans("034571", f"oeast{one}") for one in "il"}
# A word in which signs may stand for letters: "ca$ino", "@ss".
_DRAWN_WORD = re.compile(rf"[@$]?[^{text.MARKS}](?:[@$!|+]?[^{text.MARKS}])*")
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_FOREIGN = re.compile(r"[\u0370-\u052f]")


def words(typed: str, *, one: str = "i") -> list[Word]:
    """The words of ``typed``; a 1 in one is read as ``one``, an i or an l."""
    drawn = text.fold_in_place(typed, _LETTERS).words(_DRAWN_WORD)
    return [
        Word(_read(word.text, one), word.start, word.end) for word in _together(drawn)
    ]


def said(typed: str, *, one: str = "i") -> list[str]:
    """The texts of ``words``, which are sooner found alone."""
    drawn = text.fold_in_place(typed, _LETTERS).said(_DRAWN_WORD)
    if sum(len(word) == 1 for word in drawn) > 2:  # which may belong together
        return [word.text for word in words(typed, one=one)]
    return [_read(word, one) for word in drawn]


def word(typed: str) -> str:
    """One word of a phrase, read in the same way but for its digits."""
    return text.fold_in_place(typed, _LETTERS).text.translate(_SIGNS)


def is_other_script(said: str, whole: str) -> bool:
    """Whether ``said`` is a plain word of a text in Cyrillic or Greek letters.

    Such a word can look like a Latin one by chance; it is no disguise there.
    """
    if _LATIN.search(said) or not _FOREIGN.search(said):
        return False
    return len(_FOREIGN.findall(whole)) > len(_LATIN.findall(whole))


def _read(word: str, one: str) -> str:
    """A number stays a number."""
    if word.isalpha() or not any(map(str.isalpha, word)):
        return word
    return word.translate(_DIGITS[one])


def _together(words: list[Word]) -> list[Word]:
    """Letters that stand alone, three in a row or more, are one word."""
    if all(len(word.text) > 1 for word in words):
        return words
    joined: list[Word] = []
    for is_letter, group in groupby(words, key=lambda word: len(word.text) == 1):
        run = list(group)
        if is_letter and len(run) > 2:
            letters = "".join(word.text for word in run)
            joined.append(Word(letters, run[0].start, run[-1].end))
        else:
            joined += run
    return joined
