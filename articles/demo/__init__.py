"""The demonstration's paper: the first article, and some from an invented town."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction
from django.utils.html import format_html_join
from django.utils.text import slugify

from articles import publishing
from articles.demo.drawings import illustration
from articles.demo.pieces import CONTRIBUTORS, PIECES, SECTIONS, Piece
from articles.models import Article, Contributor, Section, Tag

TEXTS = Path(__file__).parent / "texts"
FIRST = PIECES[0]


@transaction.atomic
def load() -> None:
    """Write and publish what is missing; what is there stays as it is."""
    for piece in PIECES:
        if not Article.objects.filter(slug=piece.slug).exists():
            _write(piece)


def paragraphs(piece: Piece) -> list[str]:
    text = (TEXTS / f"{piece.slug}.txt").read_text(encoding="utf-8")
    return text.strip().split("\n\n")


def _write(piece: Piece) -> None:
    article = Article.objects.create(
        headline=piece.headline,
        slug=piece.slug,
        standfirst=piece.standfirst,
        body=format_html_join("", "<p>{}</p>", ([p] for p in paragraphs(piece))),
        lead_image=illustration(piece.slug),
        section=_section(piece.section),
        source_publication=piece.source_publication,
        source_date=piece.source_date,
        commenting=piece.commenting,
    )
    article.tags.set(_find_or_make(Tag, name) for name in piece.tags)
    for position, name in enumerate(piece.contributors):
        contributor = _find_or_make(Contributor, name, biography=CONTRIBUTORS[name])
        article.bylines.create(contributor=contributor, position=position)
    if piece.time:
        publishing.publish(article, by=None, at=piece.time)


def _section(name: str) -> Section:
    position = list(SECTIONS).index(name) + 1
    return _find_or_make(Section, name, description=SECTIONS[name], position=position)


def _find_or_make(model, name: str, **fields):
    """By its address first: an editor may have given it a better name."""
    slug = slugify(name)
    found = model.objects.filter(slug=slug) or model.objects.filter(name=name)
    return found.first() or model.objects.create(name=name, slug=slug, **fields)
