"""Comment text to safe HTML: a small Markdown, then an allow-list.

The dialect is CommonMark's emphasis, code, quotes, lists and links, with line breaks
kept and bare addresses linked. Raw HTML is text like any other.
"""

from functools import cache
from urllib.parse import urlsplit

import nh3
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

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
    return _cleaner().clean(_markdown().render(body)).strip()


def safe(html: str) -> SafeString:
    """Mark what ``render`` made, and the database kept, as safe."""
    return mark_safe(html)  # noqa: S308


def foreign_links(body: str) -> list[str]:
    """Where the links in ``body`` lead, bare addresses too; our own pages left out."""
    return [
        str(token.attrGet("href"))
        for block in _markdown().parse(body)
        for token in block.children or []
        if token.type == "link_open" and not _is_ours(token.attrGet("href"))
    ]


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
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TAGS,
        attributes={"*": set(), "a": {"href", "rel"}, "ol": {"start"}},
        url_schemes=SCHEMES,
        link_rel=None,
    )


def _is_ours(href) -> bool:
    target = urlsplit(str(href))
    return (not target.netloc and not target.scheme) or (
        f"{target.scheme}://{target.netloc}" == settings.SITE_ORIGIN
    )
