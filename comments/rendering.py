"""Comment text to safe HTML: a small Markdown, then an allow-list.

The dialect is CommonMark's emphasis, code, quotes, lists and links, with line breaks
kept and bare addresses linked. Raw HTML is text like any other.
"""

import re
from collections.abc import Collection
from functools import cache, lru_cache
from html import escape
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import urlsplit

import nh3
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

# Nothing else ever leaves this module, whatever goes in.
TAGS = {
    *("a", "blockquote", "br", "code", "em", "li", "ol"),
    *("p", "pre", "s", "strong", "ul"),
}
SCHEMES = {"http", "https", "mailto"}
LINK_REL = "nofollow ugc noopener"
RULES = [
    *("autolink", "backticks", "balance_pairs", "blockquote", "emphasis", "entity"),
    *("escape", "fence", "fragments_join", "link", "linkify", "list", "newline"),
    *("reference", "strikethrough"),
]


def render(body: str) -> str:
    """``body`` as HTML that is safe anywhere in a page, every tag closed."""
    markdown = _markdown()
    html = markdown.renderer.render(_parse(body), markdown.options, {})
    return _cleaner().clean(html).strip()


def safe(html: str) -> SafeString:
    """Mark what ``render`` made, and the database kept, as safe."""
    return mark_safe(html)  # noqa: S308


def foreign_links(body: str) -> list[str]:
    """Where the links in ``body`` lead, bare addresses too; our own pages left out."""
    return [
        str(token.attrGet("href"))
        for block in _parse(body)
        for token in block.children or []
        if token.type == "link_open" and not _is_ours(token.attrGet("href"))
    ]


@lru_cache(maxsize=8)  # a text that arrives is read for its links and for the page
def _parse(body: str) -> list[Token]:
    return _markdown().parse(body)


@cache
def _markdown() -> MarkdownIt:
    options = {"html": False, "linkify": True, "breaks": True, "maxNesting": 20}
    markdown = MarkdownIt("zero", options).enable(RULES)
    markdown.add_render_rule("link_open", _render_link)
    return markdown


def _render_link(renderer, tokens, index, options, env):
    if not _is_ours(tokens[index].attrGet("href")):
        tokens[index].attrSet("rel", LINK_REL)
    return renderer.renderToken(tokens, index, options, env)


@cache
def _cleaner(more: frozenset[str] = frozenset()) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TAGS | more,
        attributes={"*": set(), "a": {"href", "rel"}, "ol": {"start"}},
        url_schemes=SCHEMES,
        link_rel=None,
    )


def _is_ours(href) -> bool:
    target = urlsplit(str(href))
    return (not target.netloc and not target.scheme) or (
        f"{target.scheme}://{target.netloc}" == settings.SITE_ORIGIN
    )


def highlight(html: str, spans: Collection[str]) -> SafeString:
    """What ``render`` made, for a wary reader: ``spans`` marked, links spelt out."""
    marker = _Marker(spans)
    marker.feed(html)
    marker.close()
    return mark_safe(_cleaner(frozenset({"mark"})).clean("".join(marker.out)))  # noqa: S308


class _Marker(HTMLParser):
    """Copies safe HTML; only what stands between its tags is changed."""

    def __init__(self, spans: Collection[str]):
        super().__init__(convert_charrefs=True)
        longest = sorted(filter(None, spans), key=len, reverse=True)
        self.found = re.compile("|".join(map(re.escape, longest)) or r"(?!)")
        self.out: list[str] = []
        self.target = self.label = ""

    def handle_starttag(self, tag, attrs):
        self.out.append(self.get_starttag_text() or "")
        if tag == "a":
            self.target, self.label = dict(attrs).get("href") or "", ""

    def handle_endtag(self, tag):
        self.out.append(f"</{tag}>")
        # A link that says where it leads needs no second word.
        if tag == "a" and self.label not in {self.target, urlsplit(self.target).netloc}:
            self.out.append(f" <code>{escape(self.target, quote=False)}</code>")

    def handle_data(self, data):
        self.label += data
        ends = [0]
        for match in self.found.finditer(data):
            ends += match.span()
        pieces = [
            escape(data[a:b], quote=False) for a, b in pairwise([*ends, len(data)])
        ]
        # Between two matches, in a match, between two matches, ...
        self.out += [f"<mark>{p}</mark>" if n % 2 else p for n, p in enumerate(pieces)]
