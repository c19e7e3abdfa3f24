"""An article before readers see it: for the newsroom, and by link for its guests."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.csp import CSP
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.generic import DetailView

from articles import previews
from articles.models import Article
from articles.views import ArticleView, is_newsroom

OURS: Any = settings.SECURE_CSP
FRAMED = OURS | {"frame-ancestors": [CSP.SELF]}
FRAMING = OURS | {"frame-src": [CSP.SELF]}


@method_decorator(cache_control(private=True, no_store=True), "dispatch")
@method_decorator(xframe_options_sameorigin, "dispatch")
@method_decorator(csp_override(FRAMED), "dispatch")
class DraftView(ArticleView):
    """An article that is not public yet, for the newsroom; then, the way to it.

    It may stand in a frame of our own pages: nothing on it can be pressed.
    """

    def get_object(self, queryset=None):
        if not is_newsroom(self.request):
            raise Http404
        return get_object_or_404(Article.objects.for_reading(), pk=self.kwargs["pk"])

    def get(self, request, *args, **kwargs):
        response = super().get(request, *args, **kwargs)
        return redirect(self.object) if self.object.is_published else response

    def get_context_data(self, **kwargs):
        is_framed = "framed" in self.request.GET
        return super().get_context_data(is_framed=is_framed, **kwargs)


@method_decorator(cache_control(private=True, no_store=True), "dispatch")
@method_decorator(csp_override(FRAMING), "dispatch")
class PhoneView(DetailView):
    """A draft as a phone shows it: the page itself, in a frame of a phone's width."""

    template_name = "articles/phone.html"
    context_object_name = "article"

    def get_object(self, queryset=None):
        if not is_newsroom(self.request):
            raise Http404
        return get_object_or_404(Article, pk=self.kwargs["pk"])

    def get(self, request, *args, **kwargs):
        response = super().get(request, *args, **kwargs)
        return redirect(self.object) if self.object.is_published else response


@method_decorator(cache_control(private=True, no_store=True), "dispatch")
class PreviewView(ArticleView):
    """An article that is not public yet, for whoever was given the link."""

    def get_object(self, queryset=None):
        found = previews.find(self.kwargs["token"])
        if found is None:
            raise Http404
        return found

    def get(self, request, *args, **kwargs):
        response = super().get(request, *args, **kwargs)
        if self.object.is_published:
            return redirect(self.object)
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "no-referrer"  # the address is the key
        return response

    def get_context_data(self, **kwargs):
        return super().get_context_data(is_guest=True, **kwargs)
