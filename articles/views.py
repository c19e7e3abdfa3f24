"""The pages readers read: articles, the front page and the lists."""

from copy import copy
from datetime import date
from http import HTTPStatus
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.generic import DetailView, ListView

from articles import addresses, editions
from articles.models import Article, Contributor, Correction, Section, Tag
from articles.querysets import ArticleQuerySet

PAGE_SIZE = 12


class NotHere(Http404):
    """The article is not to be read where it was asked for."""

    def __init__(self, article: Article):
        super().__init__()
        self.article = article


class Moved(NotHere):
    """It stands elsewhere now."""


class Gone(NotHere):
    """Readers saw it here, and are to see it no more."""


class ArticleView(DetailView):
    """An article at its address; the newsroom sees it there before readers do.

    From an address of its past the article's present one is told; where readers have
    seen it and it was taken back, that is.
    """

    template_name = "articles/article.html"
    context_object_name = "article"

    def get(self, request, *args, **kwargs):
        try:
            return super().get(request, *args, **kwargs)
        except Moved as moved:
            return redirect(moved.article, permanent=True)
        except Gone:
            return render(request, "410.html", status=HTTPStatus.GONE)

    def get_object(self, queryset=None):
        day, slug = _day(self.kwargs), self.kwargs["slug"]
        # Readers first: asking who somebody is opens the session.
        found = self._kept((day, slug), lambda: _at(day, slug).published().read())
        if found is None and is_newsroom(self.request):
            found = _at(day, slug).read()
        if found is None:
            raise _absence(_at(day, slug).first() or addresses.find_moved(day, slug))
        return found

    def _kept(self, name, read):
        """A copy of its own: what is kept is every request's."""
        edition = getattr(self.request, "edition", None)
        article = copy(editions.kept(edition, name, read))
        if article is not None:
            article.edition = edition
        return article

    def get_context_data(self, **kwargs):
        is_preview = not self.object.is_published
        return super().get_context_data(is_preview=is_preview, **kwargs)


def _at(day: date, slug: str) -> ArticleQuerySet:
    return Article.objects.filter(published_on=day, slug=slug)


class CorrectionsView(ListView):
    """What the paper got wrong, newest first."""

    template_name = "articles/corrections.html"
    context_object_name = "corrections"
    paginate_by = PAGE_SIZE

    def get_queryset(self):
        return Correction.objects.published().select_related("article")


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


def is_newsroom(request) -> bool:
    return request.user.is_staff and request.user.has_perm("articles.view_article")


def _absence(article: Article | None) -> Exception:
    """What a reader is to hear who asked for ``article`` and cannot see it there."""
    if article is None:
        return Http404()
    if article.is_published:
        return Moved(article)
    return Gone(article) if article.was_published else Http404()


def _day(address: dict[str, str]) -> date:
    try:
        return date(*(int(address[part]) for part in ("year", "month", "day")))
    except ValueError:
        raise Http404 from None
