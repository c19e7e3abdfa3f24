"""Names people go by: how typed ones are tidied, how they shrink to initials."""

import re
import unicodedata

MARKS = 6  # combining marks on one letter; more is a tower, not a name
NO_INITIALS = "?"

_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters but spaces
    "\u00ad\u061c\u180e\u200b\u200e\u200f"  # soft hyphen, marks and zero-width spaces
    "\u202a-\u202e\u2060-\u206f"  # embeddings, overrides, isolates, invisible signs
    "\ufeff\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff"
    "\U000e0000-\U000e0fff"  # tags and variation selectors beyond the common ones
    "\ud800-\udfff]"
)


def tidy(text: str) -> str:
    """``text`` on one line, without what nobody can see or what turns text around."""
    return " ".join(clean(text).split())


def clean(text: str) -> str:
    """``text`` as ``tidy`` cleans it, with its spaces and lines as they are.

    It is NFC; control, direction-flipping and other invisible characters are gone, but
    for those that scripts and emoji need (ZWJ, ZWNJ, variation selectors).
    """
    text = _UNWANTED.sub("", text)
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    kept, run = [], 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= MARKS:
            kept.append(character)
    return "".join(kept)


def initials(name: str) -> str:
    """One or two letters for ``name``, of its first and its last word.

    Words without a letter or digit, as an emoji is, have no say; where no word has
    one, the answer is NO_INITIALS.
    """
    firsts = [first for word in name.split() if (first := _first_letter(word))]
    ends = firsts[:1] + firsts[1:][-1:]
    return "".join(ends) or NO_INITIALS


def _first_letter(word: str) -> str:
    letter = next((character for character in word if character.isalnum()), "")
    upper = letter.upper()
    return upper if len(upper) == 1 else letter
