"""An article's text as its own page shows it: everything in its place."""

from __future__ import annotations

from django.utils.safestring import SafeString

from articles import figures, rendering
from articles.models import Article


def html(article: Article) -> SafeString:
    """The body with its figures, and each table in its own region."""
    return rendering.laid_out(figures.body_html(article))
