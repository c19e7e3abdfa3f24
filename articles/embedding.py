"""oEmbed: what another site shows in place of a link to an article of ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from urllib.parse import urlsplit
from xml.etree import ElementTree

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from accounts import numbers
from articles import addresses, rendering
from articles.models import Article

WIDTHS = range(220, 600 + 1)
HEIGHT = 200  # about what the quotation takes; it has no frame that could scroll
CACHE_SECONDS = 3_600
NOT_IMPLEMENTED = 501


@require_safe
def oembed(request) -> HttpResponse:
    """The answer in JSON or XML; nothing is said of what readers may not see."""
    answers: dict[str, Callable[[dict], HttpResponse]]
    answers = {"json": JsonResponse, "xml": _xml}
    answer = answers.get(request.GET.get("format", "json"))
    if answer is None:
        return HttpResponse(status=NOT_IMPLEMENTED, content_type="text/plain")
    article = _article(request.GET.get("url", ""))
    return answer(_facts(article, _width(request.GET.get("maxwidth", ""))))


def _article(address: str) -> Article:
    if not address.startswith(f"{settings.SITE_ORIGIN}/"):
        raise Http404
    try:
        match = resolve(urlsplit(address).path)
        if match.view_name != "articles:article":
            raise Http404
        parts = [match.kwargs[part] for part in ("year", "month", "day")]
        day = date.fromisoformat("-".join(parts))
    except (Resolver404, ValueError):
        raise Http404 from None
    slug = match.kwargs["slug"]
    published = Article.objects.published().filter(published_on=day, slug=slug)
    found = published.first() or addresses.find_moved(day, slug)
    if found is None or not found.is_published:
        raise Http404
    return found


def _facts(article: Article, width: int) -> dict:
    address = settings.SITE_ORIGIN + article.get_absolute_url()
    return {
        "version": "1.0",
        "type": "rich",
        "provider_name": settings.SITE_NAME,
        "provider_url": settings.SITE_ORIGIN + reverse("articles:front"),
        "title": article.headline,
        "html": format_html(
            '<blockquote cite="{}"><p><a href="{}">{}</a></p><p>{}</p>'
            "<footer>{}</footer></blockquote>",
            address,
            address,
            article.headline,
            rendering.description(article),
            article.source_publication or settings.SITE_NAME,
        ),
        "width": width,
        "height": HEIGHT,
        "cache_age": CACHE_SECONDS,
    }


def _width(asked: str) -> int:
    wanted = numbers.read(asked)
    if wanted is None:
        return WIDTHS[-1]
    return max(WIDTHS[0], min(wanted, WIDTHS[-1]))


def _xml(facts: dict) -> HttpResponse:
    root = ElementTree.Element("oembed")
    for name, fact in facts.items():
        ElementTree.SubElement(root, name).text = rendering.xml_text(str(fact))
    text = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(text, content_type="text/xml; charset=utf-8")
