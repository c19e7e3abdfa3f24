"""An article's text as its own page shows it: everything in its place."""

from __future__ import annotations

from django.utils.safestring import SafeString

from articles import cards, figures, rendering
from articles.models import Article


def html(article: Article) -> SafeString:
    """The body with its figures and cards, tables in regions, notes at the end."""
    return rendering.laid_out(cards.with_cards(figures.body_html(article)))
