"""Article source to safe HTML, to plain words, and to the shape of a headline."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape

import nh3
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django_prose_editor.config import allowlist_from_extensions, expand_extensions

from articles import notes, tables

# What the editor offers; its allow-list for cleaning is made from the same table.
BODY_EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Strike": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "HorizontalRule": True,
    "HardBreak": True,
    "Link": {
        "enableTarget": False,
        "pickerUrl": "/admin/articles/article/picker/",
        "pickerLabel": _("Find an article…"),
    },
    "Note": {"label": _("note: it gets its number on the page")},
    "Pasted": True,
    "Named": {"label": _("Body")},
    "Image": True,
    "Caption": True,
    "Figure": {"pickerUrl": "/admin/articles/image/picker/"},
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
}
TAGS = set(allowlist_from_extensions(expand_extensions(BODY_EXTENSIONS))["tags"])
# Less than the editor keeps: no target, and the link's rel is ours to say.
ATTRIBUTES = {
    "*": set(),
    "a": {"href", "title"},
    "img": {"src", "alt"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
# What is left of a picture from elsewhere.
NO_PICTURE = re.compile(
    r'<figure><img(?: alt="[^"]*")?>.*?</figure>|<img(?: alt="[^"]*")?>', re.DOTALL
)
OUR_PICTURE = re.compile(r"/media/(images/[0-9a-f]{32}\.jpg)")
IMG = r'<img(?: [a-z]+="[^"]*")*>'
FIGURE = re.compile(
    rf"<figure>{IMG}(?:<figcaption>(?P<caption>.*?)</figcaption>)?</figure>|{IMG}",
    re.DOTALL,
)
ALT = re.compile(r' alt="([^"]*)"')
SCHEMES = {"http", "https", "mailto"}
# What no XML 1.0 document may hold, not even escaped.
NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A search's marks around what it found: see articles/search/.
MARKED = re.compile(r"\x02([^\x02\x03]*)\x03")
# Inside a script element JSON must not hold what could end it.
NOT_IN_SCRIPT = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&\u2028\u2029"}
BLOCK_END = re.compile(r"</(?:p|h2|h3|li|blockquote|figcaption|t[dh])>|<hr>")
DESCRIPTION_LENGTH = 200


def body_html(article) -> SafeString:
    """The body as HTML that is safe anywhere in a page; its words stay as written."""
    return mark_safe(_clean(article.body))  # noqa: S308


def feed_html(article) -> SafeString:
    """``body_html`` for reading elsewhere: every link says where it leads in full."""
    home = settings.SITE_ORIGIN + article.get_absolute_url()
    return mark_safe(notes.numbered(_clean(article.body, home), home))  # noqa: S308


@dataclass(frozen=True)
class Figure:
    """A picture as it stands in a text: its file, and what is said of it there."""

    file: str
    alt: str
    caption: SafeString


def pictures_in(html: SafeString) -> list[str]:
    """The files of the pictures in what ``body_html`` made."""
    return OUR_PICTURE.findall(html)


def with_figures(html: SafeString, shown: Callable[[Figure], str]) -> SafeString:
    """What ``body_html`` made, each figure as ``shown`` has it: safe HTML, or none."""
    return mark_safe(FIGURE.sub(lambda found: shown(_figure(found)), html))  # noqa: S308


def part(html: str) -> SafeString:
    """A part of clean ``html``, for a template."""
    return mark_safe(html)  # noqa: S308


def laid_out(html: str) -> SafeString:
    """Clean ``html`` for a page: its tables in regions, its notes at the end."""
    return mark_safe(notes.numbered(tables.in_regions(html)))  # noqa: S308


def plain_text(html: str) -> str:
    """The words of ``html``, its paragraphs parted by blank lines."""
    whole = notes.at_the_end(_cleaner().clean(html))
    parted = BLOCK_END.sub("\n\n", whole).replace("<br>", "\n")
    words = unescape(nh3.clean(parted, tags=set()))
    return re.sub(r"\n\s*\n", "\n\n", words).strip()


def description(article) -> str:
    """What a list, a search engine or a feed says of the article."""
    words = article.standfirst or plain_text(article.body)
    return Truncator(" ".join(words.split())).chars(DESCRIPTION_LENGTH, truncate="…")


def widont(headline: str) -> str:
    """For display alone: the last word of a headline never stands on its own line."""
    before, space, last = headline.strip().rpartition(" ")
    return f"{before}\u00a0{last}" if space else last


def marked(words: str) -> SafeString:
    """What a search found, as HTML, each match marked; all else is text."""
    shown = MARKED.sub(r"<mark>\1</mark>", escape(words))
    return mark_safe(shown.replace("\x02", "").replace("\x03", ""))  # noqa: S308


def json_ld(facts: dict) -> SafeString:
    """``facts`` as JSON that is safe inside a script element."""
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(NOT_IN_SCRIPT))  # noqa: S308


def xml_text(text: str) -> str:
    """``text`` without the characters that XML has no way to write."""
    return NOT_XML.sub("", text)


def _clean(html: str, home: str = "") -> str:
    return tables.with_scopes(NO_PICTURE.sub("", _cleaner(home).clean(html)))


def _figure(found: re.Match) -> Figure:
    file, alt = OUR_PICTURE.search(found[0]), ALT.search(found[0])
    return Figure(
        file[1] if file else "",
        unescape(alt[1]) if alt else "",
        part(found["caption"] or ""),
    )


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """A picture comes from our library or from nowhere; a cell spans what it can."""
    if (tag, attribute) == ("img", "src") and not OUR_PICTURE.fullmatch(value):
        return None
    if attribute in {"colspan", "rowspan"} and not tables.SPAN.fullmatch(value):
        return None
    return value


@lru_cache(maxsize=64)  # one for pages, one for each article in the feeds
def _cleaner(home: str = "") -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        url_relative=("rewrite_with_base", home) if home else None,
        link_rel="noopener",
        attribute_filter=_kept,
    )
