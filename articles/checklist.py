"""What to look at again before publishing. It warns, and stands in nobody's way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from django.utils.translation import gettext as _

from articles import rendering
from articles.models import Article

HEADLINE_LENGTH = 100  # search engines and phones cut what is longer
WORDS_A_MINUTE = 230
LINK = re.compile(r"<a\b([^>]*)>(.*?)</a>", re.DOTALL)
HREF = re.compile(r'\bhref="([^"]*)"')
PICTURE = re.compile(r"<img\b([^>]*)>")
ALT = re.compile(r'\balt="[^"]*"')
FAR_LINK = re.compile(r"(?:https?://[^/\s]+\.[^/\s]+|mailto:.+@)")


@dataclass(frozen=True)
class Size:
    """How long a text is."""

    words: int
    minutes: int


def size(article: Article) -> Size:
    words = len(rendering.plain_text(article.body).split())
    return Size(words, max(1, round(words / WORDS_A_MINUTE)))


def warnings(article: Article) -> list[str]:
    """Each in words for the editor; an empty list is a good sign, not a promise."""
    return [*_of_the_head(article), *_of_links(article.body), *_of_pictures(article)]


def _of_the_head(article: Article) -> Iterator[str]:
    if len(article.headline) > HEADLINE_LENGTH:
        words = _("The headline has %(count)d characters: over %(most)d it is cut off.")
        yield words % {"count": len(article.headline), "most": HEADLINE_LENGTH}
    if not article.standfirst:
        yield _("There is no standfirst: lists will show the text’s first words.")
    if not article.section_id:
        yield _("It stands in no section.")
    if not article.source_publication and not article.bylines.all():
        yield _("Nobody is credited.")
    if article.source_publication and not article.source_date:
        yield _("The reprint’s source has no date.")


def _of_links(body: str) -> Iterator[str]:
    for attributes, words in LINK.findall(body):
        href = HREF.search(attributes)
        address = unescape(href[1]).strip() if href else ""
        name = rendering.plain_text(words) or address
        if not address or address == "#":
            yield _("The link “%(name)s” leads nowhere.") % {"name": name}
        elif not FAR_LINK.match(address) and not address.startswith("/"):
            yield _("The link “%(name)s” leads to “%(address)s”: is that complete?") % {
                "name": name,
                "address": address,
            }
        if not rendering.plain_text(words):
            yield _("The link to %(address)s has no words.") % {"address": address}


def _of_pictures(article: Article) -> Iterator[str]:
    bare = [found for found in PICTURE.findall(article.body) if not ALT.search(found)]
    if bare:
        yield _("A picture has no alternative text.")
