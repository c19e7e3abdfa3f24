"""Notes: written in the text, where their numbers will be, and read at its end.

In the source a note is <small>, its words in place. What it is numbered, and where it
is read, is decided each time it is shown. Both functions take clean HTML.
"""

from __future__ import annotations

import re

from django.utils.html import escape
from django.utils.translation import gettext as _

TAG = re.compile(r"(</?small>)")
NOTE = re.compile(r"(?<!\s)\s*<small>(.*?)</small>", re.DOTALL)
LINK = re.compile(r"<a(?: [^>]*)?>(?:(?!</a>).)*</a>", re.DOTALL)


def numbered(html: str, home: str = "") -> str:
    """``html`` with numbers for its notes, and the notes in order at the end.

    With a ``home``, for reading elsewhere, the numbers lead to the notes there; many
    texts may share that page, so there are no ids.
    """
    if "<small>" not in html:
        return html
    notes: list[str] = []

    def number(note: re.Match) -> str:
        if not note[1].strip():
            return ""
        notes.append(note[1].strip())
        space = " " if note[1][-1].isspace() else ""
        return _reference(len(notes), home) + space

    text = NOTE.sub(number, _apart(html))
    return text + _list(notes, home) if notes else text


def at_the_end(html: str) -> str:
    """``html`` with each note as a paragraph after all else, for plain words."""
    if "<small>" not in html:
        return html
    html = _apart(html)
    notes = "".join(f"<p>{words}</p>" for words in NOTE.findall(html))
    return NOTE.sub("", html) + notes


def _reference(number: int, home: str) -> str:
    about = ""
    if not home:
        name = escape(_("Note %(number)d") % {"number": number})
        about = f' id="note-{number}-ref" role="doc-noteref" aria-label="{name}"'
    return f'<sup><a href="{home}#note-{number}"{about}>{number}</a></sup>'


def _list(notes: list[str], home: str) -> str:
    if home:
        return f"<hr><ol>{''.join(f'<li>{words}</li>' for words in notes)}</ol>"
    items = "".join(
        f'<li id="note-{number}">{words} {_back(number)}</li>'
        for number, words in enumerate(notes, 1)
    )
    name = escape(_("Notes"))
    return (
        f'<section class="notes" role="doc-endnotes" aria-label="{name}">'
        f"<ol>{items}</ol></section>"
    )


def _back(number: int) -> str:
    name = escape(_("Back to note %(number)d in the text") % {"number": number})
    return f'<a href="#note-{number}-ref" role="doc-backlink" aria-label="{name}">↑</a>'


def _apart(html: str) -> str:
    """No note in a note, and none in a link: its number is a link itself."""
    depth, flat = 0, []
    for part in TAG.split(html):
        depth -= part == "</small>"
        if depth == 0 or not TAG.fullmatch(part):
            flat.append(part)
        depth += part == "<small>"
    return LINK.sub(
        lambda link: NOTE.sub("", link[0]) + "".join(_notes_in(link[0])), "".join(flat)
    )


def _notes_in(html: str) -> list[str]:
    return [note[0] for note in NOTE.finditer(html)]
