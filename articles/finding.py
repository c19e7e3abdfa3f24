"""How readers find articles: search, and the archive by year and month."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.generic import MonthArchiveView, YearArchiveView

from articles import search
from articles.models import Article

PAGE_SIZE = 20
MOST_MONTHS = 1_200


@require_safe
def find(request) -> HttpResponse:
    """What is found for ``?q=``; with ``?in=comments``, another app's tag finds it."""
    query = request.GET.get("q", "")[: search.LONGEST_QUERY]
    is_in_comments = request.GET.get("in") == "comments"
    context = {"query": query, "is_in_comments": is_in_comments}
    if not is_in_comments:
        found = search.articles(query)
        page = Paginator(found.keys, PAGE_SIZE).get_page(request.GET.get("page"))
        context |= {"page_obj": page, "articles": found.articles(list(page))}
    return render(request, "articles/search.html", context)


@require_safe
def archive(request) -> HttpResponse:
    """Every month in which something appeared, with how much."""
    months = (
        Article.objects.published()
        .values(month=TruncMonth("published_on"))
        .annotate(count=Count("pk"))
        .order_by("-month")[:MOST_MONTHS]
    )
    address = reverse("articles:archive")
    return render(
        request, "articles/archive.html", {"months": months, "address": address}
    )


class _Archive:
    """Days are those of the addresses: in the newsroom's time zone."""

    template_name: Any = "articles/archive.html"
    date_field: Any = "published_on"
    month_format = "%m"
    make_object_list = True
    paginate_by: Any = PAGE_SIZE

    def get_queryset(self):
        return Article.objects.published().newest_first().for_cards()

    def get_context_data(self, **kwargs):
        address = self.request.path  # type: ignore[attr-defined]
        return super().get_context_data(address=address, **kwargs)  # type: ignore[misc]


class YearView(_Archive, YearArchiveView):
    """One year, with its months."""


class MonthView(_Archive, MonthArchiveView):
    """One month."""
