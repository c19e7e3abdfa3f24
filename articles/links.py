"""The links of a text: which there are, and whether those within the paper lead on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html import unescape
from typing import Any

from django.conf import settings
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import gettext as _

from articles import addresses, rendering
from articles.models import Article, Contributor, Section, Tag

ANCHOR = re.compile(r"<a\b([^>]*)>(.*?)</a>", re.DOTALL)
HREF = re.compile(r'\bhref="([^"]*)"')
FAR = re.compile(r"https?://[^/\s]+\.[^/\s]+", re.IGNORECASE)
BACKSTAGE = ("admin:", "articles:draft", "articles:preview")
LONGEST = 1_000  # characters of a FarLink's address
SUBJECTS: dict[str, Any] = {"section": Section, "tag": Tag, "contributor": Contributor}


@dataclass(frozen=True)
class Link:
    """Where it leads, and what readers press on."""

    address: str
    words: str

    @property
    def name(self) -> str:
        return self.words or self.address

    @property
    def near(self) -> str:
        """The path of a link within the paper; empty for any other."""
        is_whole = self.address == settings.SITE_ORIGIN
        path = "/" if is_whole else self.address.removeprefix(settings.SITE_ORIGIN)
        is_near = path.startswith("/") and not path.startswith("//")
        return re.split(r"[?#]", path)[0] if is_near else ""

    @property
    def is_far(self) -> bool:
        return not self.near and FAR.match(self.address) is not None


def of(article: Article) -> Iterator[Link]:
    """Those of the text, and a reprint's to its original."""
    for attributes, words in ANCHOR.findall(article.body):
        href = HREF.search(attributes)
        address = unescape(href[1]).strip() if href else ""
        yield Link(address, rendering.plain_text(words))
    if article.canonical_url:
        yield Link(article.canonical_url, _("canonical address"))


def far(article: Article) -> set[str]:
    """The addresses on other sites, each once; none that is longer than we keep."""
    found = {link.address for link in of(article) if link.is_far}
    return {address for address in found if len(address) <= LONGEST}


def trouble(path: str) -> str:
    """What is wrong with a path within the paper, in words; empty where nothing is."""
    if path.startswith(settings.STATIC_URL):
        return ""
    match = _resolved(path)
    if match is None:
        return _("there is no such page here")
    if match.view_name == "articles:article":
        return _trouble_with_article(match.kwargs)
    if match.view_name.startswith(BACKSTAGE):
        return _("readers cannot see that page")
    subjects = SUBJECTS.get(match.view_name.removeprefix("articles:"))
    if subjects and not subjects.objects.in_use().filter(**match.kwargs).exists():
        return _("readers find nothing there yet")
    return ""


def _resolved(path: str) -> ResolverMatch | None:
    """What answers there, or would with the slash that is added for readers."""
    for each in (path, f"{path}/"):
        try:
            return resolve(each)
        except Resolver404:
            continue
    return None


def _trouble_with_article(place: dict[str, str]) -> str:
    try:
        day = date(*(int(place[part]) for part in ("year", "month", "day")))
    except ValueError:
        return _("there is no such page here")
    found = Article.objects.filter(published_on=day, slug=place["slug"]).first()
    found = found or addresses.find_moved(day, place["slug"])
    if found is None:
        return _("there is no such page here")
    return "" if found.is_published else _("readers cannot see that article")
