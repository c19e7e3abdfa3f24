"""Article source to safe HTML, to plain words, and to the shape of a headline."""

import re
from functools import lru_cache
from html import unescape

import nh3
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django_prose_editor.config import allowlist_from_extensions, expand_extensions

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
    "Link": True,
}
TAGS = set(allowlist_from_extensions(expand_extensions(BODY_EXTENSIONS))["tags"])
# Less than the editor keeps: no target, and the link's rel is ours to say.
ATTRIBUTES = {"*": set(), "a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
BLOCK_END = re.compile(r"</(?:p|h2|h3|li|blockquote)>|<hr>")
DESCRIPTION_LENGTH = 200


def body_html(article) -> SafeString:
    """The body as HTML that is safe anywhere in a page; its words stay as written."""
    return mark_safe(_cleaner().clean(article.body))  # noqa: S308


def feed_html(article) -> SafeString:
    """``body_html`` for reading elsewhere: every link says where it leads in full."""
    home = settings.SITE_ORIGIN + article.get_absolute_url()
    return mark_safe(_cleaner(home).clean(article.body))  # noqa: S308


def plain_text(html: str) -> str:
    """The words of ``html``, its paragraphs parted by blank lines."""
    parted = BLOCK_END.sub("\n\n", _cleaner().clean(html)).replace("<br>", "\n")
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


@lru_cache(maxsize=64)  # one for pages, one for each article in the feeds
def _cleaner(home: str = "") -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        url_relative=("rewrite_with_base", home) if home else None,
        link_rel="noopener",
    )
