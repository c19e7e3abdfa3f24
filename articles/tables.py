"""Tables of a text: which cells are headings, and of what; and a place to scroll in."""

from __future__ import annotations

import re
from itertools import count

from django.utils.html import escape
from django.utils.translation import gettext as _

# Innermost rows: a table inside a cell is shown, its heading cells are.
ROW = re.compile(r"<tr>((?:(?!</?tr>).)*)</tr>", re.DOTALL)
HEADING = re.compile(r"<th((?: [a-z]+=\"[^\"]*\")*)>(.*?)</th>", re.DOTALL)
# What a heading cell may not hold.
TITLE_TAG = re.compile(r"(</?)h[23]>")
SPAN = re.compile(r"[2-9]|[1-9][0-9]{1,2}")  # of columns or rows: more is a mistake


def with_scopes(html: str) -> str:
    """Clean ``html``, each heading cell saying whether it is a column's or a row's."""
    return ROW.sub(lambda row: f"<tr>{_scoped(row[1])}</tr>", html)


def in_regions(html: str) -> str:
    """Clean ``html``, each table in a named region that the keyboard can scroll."""
    numbers = count(1)

    def opened(_tag: re.Match) -> str:
        name = escape(_("Table %(number)d") % {"number": next(numbers)})
        return (
            f'<div class="table" role="region" aria-label="{name}" tabindex="0"><table>'
        )

    return re.sub("<table>", opened, html).replace("</table>", "</table></div>")


def _scoped(cells: str) -> str:
    """A row of nothing but heading cells is its columns'."""
    scope = "row" if "<td" in cells else "col"

    def shown(cell: re.Match) -> str:
        spans, words = cell[1], TITLE_TAG.sub(r"\1p>", cell[2])
        if not re.sub(r"<[^>]*>|\s", "", words):
            return f"<td{spans}></td>"  # the corner: a heading says something
        return f'<th{spans} scope="{scope}">{words}</th>'

    return HEADING.sub(shown, cells)
