"""Cards in a text: what a link becomes that is a paragraph by itself.

An article of ours is shown as readers know it; a film, a recording or a post elsewhere
as a plain link. Nothing is asked of elsewhere, by us or by the reader's browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from html import unescape

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from articles import rendering
from articles.models import Article, FormerAddress

LINE = re.compile(
    r'<p><a href="(?P<address>[^"]*)"[^>]*>(?P<words>(?:(?!</a>).)*)</a></p>', re.DOTALL
)
NESTING = re.compile(r"(</?(?:blockquote|[uo]l|table)\b[^>]*>)")
OURS = re.compile(r"/(\d{4})/(\d\d)/(\d\d)/([-\w]+)/")
WATCH = _("Watch on %(name)s")
READ = _("Read on %(name)s")
LISTEN = _("Listen on %(name)s")
ELSEWHERE = [
    (re.compile(rf"https?://(?:www\.|m\.|mobile\.)?(?:{address})"), name, words)
    for name, words, address in [
        ("YouTube", WATCH, r"youtube\.com/(?:watch\?|shorts/|live/)|youtu\.be/\w"),
        ("Vimeo", WATCH, r"vimeo\.com/\d"),
        ("Dailymotion", WATCH, r"dailymotion\.com/video/|dai\.ly/\w"),
        ("TikTok", WATCH, r"tiktok\.com/@[^/]+/video/"),
        ("Facebook", WATCH, r"facebook\.com/(?:watch/?\?|[^/]+/videos/)"),
        ("Facebook", READ, r"facebook\.com/[^/]+/posts/"),
        ("Instagram", READ, r"instagram\.com/(?:p|reel)/"),
        ("X", READ, r"(?:x|twitter)\.com/[^/]+/status/"),
        ("Bluesky", READ, r"bsky\.app/profile/[^/]+/post/"),
        ("SoundCloud", LISTEN, r"soundcloud\.com/[^/]+/[^/]+"),
        ("Spotify", LISTEN, r"open\.spotify\.com/(?:episode|track|album|show)/"),
    ]
]
Place = tuple[date, str]  # a day and a slug


@dataclass(frozen=True)
class Line:
    """A paragraph that is one link, and its words, where it has its own."""

    source: str
    address: str
    caption: str

    @property
    def place(self) -> Place | None:
        """Of an article of ours whose bare address this is."""
        found = OURS.fullmatch(self.address.removeprefix(settings.SITE_ORIGIN))
        if self.caption or not found:
            return None
        try:
            return date(*map(int, found.groups()[:3])), found[4]
        except ValueError:
            return None


def with_cards(html: str) -> str:
    """Clean ``html``, its lines as cards: two queries at most, none without lines."""
    depth, parts = 0, NESTING.split(html)
    top = []
    for n, part in enumerate(parts):
        if not NESTING.fullmatch(part):
            top += [n] * (depth == 0)
        else:
            depth += -1 if part.startswith("</") else 1
    lines = [_line(found) for n in top for found in LINE.finditer(parts[n])]
    known = _articles({line.place for line in lines if line.place})
    for n in top:
        parts[n] = LINE.sub(lambda found: _shown(_line(found), known), parts[n])
    return "".join(parts)


def _line(found: re.Match) -> Line:
    address = unescape(found["address"])
    is_bare = unescape(found["words"]).strip() in {address, address.rstrip("/")}
    return Line(found[0], address, "" if is_bare else found["words"])


def _articles(places: Iterable[Place]) -> dict[Place, Article]:
    """Those that readers can see, by where they stand or once stood."""
    at = Q()
    for day, slug in places:
        at |= Q(published_on=day, slug=slug)
    if not at:
        return {}
    public = Article.objects.published()
    former = FormerAddress.objects.filter(at, article__in=public)
    moved = {
        (old.published_on, old.slug): old.article
        for old in former.select_related("article")
    }
    here = {
        (each.published_on, each.slug): each
        for each in public.filter(at)
        if each.published_on
    }
    return moved | here


def _shown(line: Line, known: dict[Place, Article]) -> str:
    if line.place in known:
        told = {"article": known[line.place]}
        return render_to_string("articles/_mention.html", told).strip()
    for address, name, words in ELSEWHERE:
        if address.match(line.address):
            context = {"address": line.address, "words": words % {"name": name}}
            context |= {"caption": rendering.part(line.caption)}
            return render_to_string("articles/_elsewhere.html", context).strip()
    return line.source
