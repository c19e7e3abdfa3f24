"""Figures in the text: a picture of the library, with the credit that belongs to it."""

from __future__ import annotations

import re
from html import unescape

from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from articles import rendering
from articles.images import FOLDER
from articles.models import Article, Image

IMG = r'<img(?: [a-z]+="[^"]*")*>'
FIGURE = re.compile(
    rf"<figure>{IMG}(?:<figcaption>(?P<caption>.*?)</figcaption>)?</figure>|{IMG}",
    re.DOTALL,
)
SOURCE = re.compile(r' src="/media/images/([0-9a-f]{32}\.jpg)"')
ALT = re.compile(r' alt="([^"]*)"')


def body_html(article: Article) -> SafeString:
    """The body, its figures with all that the library has: two queries if it has any.

    A picture that the library does not have is left out.
    """
    html = rendering.body_html(article)
    names = [f"{FOLDER}{name}" for name in SOURCE.findall(html)]
    found = Image.objects.filter(file__in=names).prefetch_related("renditions")
    known = {image.file.name: image for image in found} if names else {}

    def shown(figure: re.Match) -> str:
        source = SOURCE.search(figure[0])
        image = known.get(f"{FOLDER}{source[1]}") if source else None
        return _shown(image, figure) if image else ""

    return mark_safe(FIGURE.sub(shown, html))  # noqa: S308 - cleaned, and our template


def showing(image: Image) -> QuerySet[Article]:
    """The articles that lead with ``image`` or have it in their text."""
    return Article.objects.filter(Q(lead_image=image) | Q(body__contains=image.url))


def _shown(image: Image, figure: re.Match) -> str:
    """What is written in the text stands before what the library says."""
    alt = ALT.search(figure[0])
    caption = mark_safe(figure["caption"] or "")  # noqa: S308 - a part of clean HTML
    context = {
        "image": image,
        "alt": unescape(alt[1]) if alt else "",
        "caption": caption or image.caption,
        "place": "text",
    }
    return render_to_string("articles/_figure.html", context)
