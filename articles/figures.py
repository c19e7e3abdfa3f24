"""Figures in the text: a picture of the library, with the credit that belongs to it."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from articles import rendering
from articles.models import Article, Image


def body_html(article: Article) -> SafeString:
    """The body, its figures with all that the library has: two queries if it has any.

    A picture that the library does not have is left out.
    """
    html = rendering.body_html(article)
    files = rendering.pictures_in(html)
    found = Image.objects.filter(file__in=files).prefetch_related("renditions")
    known = {image.file.name: image for image in found} if files else {}

    def shown(figure: rendering.Figure) -> str:
        image = known.get(figure.file)
        return _shown(image, figure) if image else ""

    return rendering.with_figures(html, shown)


def showing(image: Image) -> QuerySet[Article]:
    """The articles that lead with ``image`` or have it in their text."""
    return Article.objects.filter(Q(lead_image=image) | Q(body__contains=image.url))


def shown_by(article: Article) -> QuerySet[Image]:
    """The pictures that ``article`` leads with or has in its text."""
    files = rendering.pictures_in(rendering.body_html(article))
    return Image.objects.filter(Q(pk=article.lead_image_id) | Q(file__in=files))


def _shown(image: Image, figure: rendering.Figure) -> str:
    """What is written in the text stands before what the library says."""
    context = {
        "image": image,
        "alt": figure.alt,
        "caption": figure.caption or image.caption,
        "place": "text",
    }
    return render_to_string("articles/_figure.html", context)
