"""Typed text: what is cleaned from it on the way in, and how phrases are found in it.

The stated treatment: line ends are LF, and the rest is ``accounts.names.clean``.
"""

import re
import unicodedata

from accounts import names

# Spaces that are neither a blank, a tab nor the end of a line.
_ODD_SPACES = {0x0B: None, 0x0C: None, 0x85: None}
# What stands between words: space and punctuation, of Latin, Khmer and CJK text too.
_BETWEEN_WORDS = re.compile(
    r"[\s!-/:-@\[-`{-~\u00a1-\u00bf\u17d4-\u17da\u2000-\u200b\u200e-\u206f"
    r"\u3000-\u303f\uff01-\uff0f]+"
)
# Scripts that are written without spaces: Thai to Burmese, Khmer, kana, CJK.
_SPACELESS = re.compile(r"[\u0e00-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def tidy(text: str) -> str:
    """``text`` as it is stored: readable, harmless, nothing else about it changed."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_ODD_SPACES)
    return names.clean(text).strip()


def fold(text: str) -> str:
    """``text`` for comparing: compatibility forms and case made one."""
    return unicodedata.normalize("NFKC", text).casefold()


def words(text: str) -> list[str]:
    """The folded words of ``text``, in order. Linear in its length."""
    return [word for word in _BETWEEN_WORDS.split(fold(text)) if word]


def is_spaceless(text: str) -> bool:
    """Whether ``text`` has script without spaces between its words."""
    return bool(_SPACELESS.search(text))
