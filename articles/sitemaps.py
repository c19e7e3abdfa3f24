"""Sitemaps: an index, the articles page by page, the lists, and the last days' news.

They start every address with ``SITE_ORIGIN``, as feeds do, and say nothing of when they
changed: a page that went away would make them look older than they are. One without
articles has the front page: the protocol knows no empty file, and robots ask for each.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Contributor, Section, Tag

PAGE_SIZE = 2_000
MOST_SUBJECTS = 10_000  # of a kind; the protocol allows 50,000 addresses in a file
NEWS_DAYS = 2
MOST_NEWS = 1_000  # both are Google's rules
SHOWN = ("headline", "slug", "published_on", "published_at", "revised_at")


def index(request: HttpRequest) -> HttpResponse:
    pages = _pages().page_range
    names = [reverse("articles:sitemap-articles", args=[page]) for page in pages]
    names += [reverse(f"articles:sitemap-{name}") for name in ("lists", "news")]
    context = {"addresses": [settings.SITE_ORIGIN + name for name in names]}
    return _answer(request, "sitemap_index", context)


def articles(request: HttpRequest, page: int) -> HttpResponse:
    pages = _pages()
    if page not in pages.page_range:
        raise Http404
    return _answer(request, "sitemap", {"articles": pages.page(page)})


def news(request: HttpRequest) -> HttpResponse:
    """The last two days; older articles leave it."""
    since = timezone.now() - timedelta(days=NEWS_DAYS)
    recent = Article.objects.published().filter(published_at__gte=since)
    shown = recent.newest_first().only(*SHOWN)[:MOST_NEWS]
    language = settings.LANGUAGE_CODE
    if not language.startswith("zh-"):  # the one language Google wants with a region
        language = language.partition("-")[0]
    context = {"articles": shown, "is_news": True, "news_language": language}
    return _answer(request, "sitemap", context)


def lists(request: HttpRequest) -> HttpResponse:
    found = [
        subject.get_absolute_url()
        for kind in (Section, Tag, Contributor)
        for subject in kind.objects.in_use()[:MOST_SUBJECTS]
    ]
    fixed = [reverse(f"articles:{name}") for name in ("front", "archive")]
    addresses = [settings.SITE_ORIGIN + address for address in fixed + found]
    return _answer(request, "sitemap", {"addresses": addresses})


def _pages() -> Paginator:
    """Oldest first, so that a full page stays as it is."""
    published = Article.objects.published().order_by("pk").only(*SHOWN)
    return Paginator(published, PAGE_SIZE)


def _answer(request: HttpRequest, template: str, context: dict) -> HttpResponse:
    answer = render(request, f"articles/{template}.xml", context, "application/xml")
    answer["X-Robots-Tag"] = "noindex, noodp, noarchive"
    return answer
