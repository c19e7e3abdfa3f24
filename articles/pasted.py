"""What comes from Word and Google Docs, as an editor here would have written it.

``untangled`` reads what styles mean before cleaning drops them, ``tidied`` mends what
cleaning leaves. A browser that pastes has done the first half; a form without script
has done nothing.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

FOREIGN = re.compile(r"<(?:b|i|span|font|del|strike|h[1456]|o:p)\b", re.IGNORECASE)
RENAMED = {"h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3", "del": "s", "strike": "s"}
STYLED = {"b", "i", "span", "font"}
BOLD = re.compile(r"font-weight:\s*(?:bold|[6-9]00)")
NOT_BOLD = re.compile(r"(?<!-)font-weight:\s*(?:normal|[1-5]00)")
ITALIC = re.compile(r"font-style:\s*italic")

SPACE = r"(?:&nbsp;|\s)"  # a no-break space is one for \s, too
GAP = rf"(?:&nbsp;|\u00a0){{2,}}{SPACE}*"  # between Word's own marks and the words
REST = r"((?:(?!</p>).)*)"
BULLET = rf"<p>[·•▪§o–-]{GAP}{REST}</p>\s*"
NUMBER = rf"<p>\d{{1,3}}[.)]{GAP}{REST}</p>\s*"
BLOCK = "p|h2|h3|ul|ol|li|blockquote|table|figure|tbody|tr|td|th|hr"
# The end is optional, so that each run is read once, however long it is.
LAST = re.compile(rf"(?:<br>|{SPACE})+(</(?:p|h2|h3)>)?")
DISTANCE = re.compile(rf"{SPACE}{{2,}}")
MENDED = [
    # A run of words that was stored in pieces.
    (re.compile(r"</(strong|em|s)><\1>"), ""),
    (re.compile(rf"<(strong|em|s)>({SPACE}*)</\1>"), r"\2"),
    # Lines that kept a distance.
    (re.compile(rf"(<(?:p|h2|h3)>){SPACE}+"), r"\1"),
    (re.compile(r"<(p|h2|h3)></\1>"), ""),
    (re.compile(rf"(</?(?:{BLOCK})>)(?:<br>|\s)+(?=<|$)"), r"\1"),
]
FOOTNOTE = re.compile(
    rf'<p><a href="#_ftnref(\d+)"[^>]*>[^<]*</a>{SPACE}*{REST}</p>\s*', re.DOTALL
)
RULE = re.compile(r"(?:<br>|<hr>|\s)+$")  # over the notes
REFERENCE = re.compile(r'<a href="#_ftn(\d+)"[^>]*>[^<]*</a>')


def untangled(html: str) -> str:
    """``html`` in tags for what elsewhere is said by styles and by other tags."""
    if not FOREIGN.search(html):
        return html
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "".join(reader.parts)


def tidied(html: str) -> str:
    """Clean ``html`` without Word's marks of lists and notes, and without emptiness."""
    html = _listed(html, BULLET, "ul")
    html = _listed(html, NUMBER, "ol")
    notes = dict(FOOTNOTE.findall(html))
    if notes:
        html = REFERENCE.sub(
            lambda found: f"<small>{notes.get(found[1], '')}</small>",
            RULE.sub("", FOOTNOTE.sub("", html)),
        )
    html = DISTANCE.sub(_spaced, html)
    html = LAST.sub(lambda found: found[1] or found[0], html)
    for pattern, instead in MENDED:
        html = pattern.sub(instead, html)
    return html.strip()


def _spaced(found: re.Match) -> str:
    """A single no-break space was meant; among others it kept a distance."""
    is_distance = "&nbsp;" in found[0] or "\u00a0" in found[0]
    return " " if is_distance else found[0]


def _listed(html: str, item: str, kind: str) -> str:
    def made(found: re.Match) -> str:
        items = re.sub(item, r"<li><p>\1</p></li>", found[0], flags=re.DOTALL)
        return f"<{kind}>{items}</{kind}>"

    return re.sub(f"(?:{item})+", made, html, flags=re.DOTALL)


class _Reader(HTMLParser):
    """Writes down again what it reads, in other tags; comments are left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._open: list[tuple[str, list[str]]] = []

    def handle_starttag(self, tag, attrs):
        if tag in STYLED:
            meant = _meant(tag, dict(attrs).get("style") or "")
            self._open.append((tag, meant))
            self.parts += [f"<{name}>" for name in meant]
        else:
            name = RENAMED.get(tag)
            self.parts.append(f"<{name}>" if name else self.get_starttag_text() or "")

    def handle_endtag(self, tag):
        if tag not in STYLED:
            self.parts.append(f"</{RENAMED.get(tag, tag)}>")
        elif self._open and self._open[-1][0] == tag:
            self.parts += [f"</{name}>" for name in reversed(self._open.pop()[1])]

    def handle_data(self, data):
        self.parts.append(re.sub(r"[ \t\r\n]+", " ", data))

    def handle_entityref(self, name):
        self.parts.append(f"&{name};")

    def handle_charref(self, name):
        self.parts.append(f"&#{name};")


def _meant(tag: str, style: str) -> list[str]:
    is_bold = BOLD.search(style) or (tag == "b" and not NOT_BOLD.search(style))
    is_italic = ITALIC.search(style) or tag == "i"
    return ["strong"] * bool(is_bold) + ["em"] * bool(is_italic)
