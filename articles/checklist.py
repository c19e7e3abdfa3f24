"""What to look at again before publishing. It warns, and stands in nobody's way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles import figures, links, rendering
from articles.models import Article, FarLink, Image

HEADLINE_LENGTH = 100  # search engines and phones cut what is longer
WORDS_A_MINUTE = 230
PICTURE = re.compile(r"<img\b([^>]*)>")
ALT = re.compile(r'\balt="[^"]*"')
MAIL = re.compile(r"mailto:.+@")


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
    return [*_of_the_head(article), *_of_links(article), *_of_pictures(article)]


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


def _of_links(article: Article) -> Iterator[str]:
    known = {
        each.address: each
        for each in FarLink.objects.filter(address__in=links.far(article))
    }
    for link in links.of(article):
        yield from _of_link(link, known.get(link.address))
    unasked = links.far(article) - known.keys()
    if unasked and settings.LINK_CHECKS:
        words = ngettext(
            "A link to another site was not asked yet whether it answers.",
            "%(count)d links to other sites were not asked yet whether they answer.",
            len(unasked),
        )
        yield words % {"count": len(unasked)}


def _of_link(link: links.Link, asked: FarLink | None) -> Iterator[str]:
    about = {"name": link.name, "address": link.address}
    if not link.address or link.address == "#":
        yield _("The link “%(name)s” leads nowhere.") % about
    elif not link.near and not link.is_far and not MAIL.match(link.address):
        words = _("The link “%(name)s” leads to “%(address)s”: is that complete?")
        yield words % about
    if not link.words:
        yield _("The link to %(address)s has no words.") % about
    if link.near and (trouble := links.trouble(link.near)):
        words = _("The link “%(name)s” to %(address)s: %(trouble)s.")
        yield words % (about | {"trouble": trouble})
    if asked and asked.outcome != FarLink.Outcome.ANSWERS:
        moment = date_format(timezone.localtime(asked.asked_at), "DATETIME_FORMAT")
        words = _("The link “%(name)s” to %(address)s: %(trouble)s (asked %(moment)s).")
        trouble = asked.get_outcome_display()
        yield words % (about | {"trouble": trouble, "moment": moment})


def _of_pictures(article: Article) -> Iterator[str]:
    bare = [found for found in PICTURE.findall(article.body) if not ALT.search(found)]
    if bare:
        yield _("A picture has no alternative text.")
    for image in figures.shown_by(article):
        yield from _of_rights(image, article)


def _of_rights(image: Image, article: Article) -> Iterator[str]:
    now = timezone.now()
    shown_on = timezone.localdate(max(now, article.published_at or now))
    if not image.credit.strip():
        yield _("The picture “%(name)s” has no credit.") % {"name": image}
    if not image.rights.strip():
        words = _("The picture “%(name)s”: nothing is noted about the rights to it.")
        yield words % {"name": image}
    if image.rights_until and image.rights_until < shown_on:
        words = _("The picture “%(name)s” may not be shown after %(day)s.")
        yield words % {"name": image, "day": date_format(image.rights_until)}
