"""The pages readers read: articles, the front page and the lists."""

from datetime import date
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import DetailView, ListView

from articles.models import Article, Contributor, Section, Tag

PAGE_SIZE = 12


class ArticleView(DetailView):
    """An article at its address; the newsroom sees it there before readers do."""

    template_name = "articles/article.html"
    context_object_name = "article"

    def get_object(self, queryset=None):
        articles = Article.objects.for_reading().filter(
            published_on=_day(self.kwargs), slug=self.kwargs["slug"]
        )
        # Readers first: asking who somebody is opens the session.
        found = articles.published().first()
        if found is None and _is_newsroom(self.request):
            found = articles.first()
        if found is None:
            raise Http404
        return found

    def get_context_data(self, **kwargs):
        is_preview = not self.object.is_published
        return super().get_context_data(is_preview=is_preview, **kwargs)


class DraftView(ArticleView):
    """An article that is not public yet, for the newsroom; then, the way to it."""

    def get_object(self, queryset=None):
        if not _is_newsroom(self.request):
            raise Http404
        return get_object_or_404(Article.objects.for_reading(), pk=self.kwargs["pk"])

    def get(self, request, *args, **kwargs):
        response = super().get(request, *args, **kwargs)
        return redirect(self.object) if self.object.is_published else response


class FrontView(ListView):
    """Everything, newest first."""

    template_name = "articles/front.html"
    context_object_name = "articles"
    paginate_by = PAGE_SIZE

    def get_queryset(self):
        return Article.objects.published().newest_first().for_cards()


class SubjectView(ListView):
    """The articles under one section, tag or contributor, newest first."""

    subjects: Any  # their model: Section, Tag or Contributor
    template_name = "articles/list.html"
    context_object_name = "articles"
    paginate_by = PAGE_SIZE

    def get_queryset(self):
        found = get_object_or_404(
            self.subjects.objects.in_use(), slug=self.kwargs["slug"]
        )
        self.subject = found
        return found.articles.published().newest_first().for_cards()

    def get_context_data(self, **kwargs):
        kind, slug = self.subjects._meta.model_name, self.subject.slug
        return super().get_context_data(
            subject=self.subject,
            kind=kind,
            rss_url=reverse(f"articles:{kind}-feed", args=[slug]),
            atom_url=reverse(f"articles:{kind}-feed-atom", args=[slug]),
            **kwargs,
        )


class SectionView(SubjectView):
    subjects = Section


class TagView(SubjectView):
    subjects = Tag


class ContributorView(SubjectView):
    subjects = Contributor


def _is_newsroom(request) -> bool:
    return request.user.is_staff and request.user.has_perm("articles.view_article")


def _day(address: dict[str, str]) -> date:
    try:
        return date(*(int(address[part]) for part in ("year", "month", "day")))
    except ValueError:
        raise Http404 from None
