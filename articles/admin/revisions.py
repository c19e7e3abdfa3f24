"""What an article said at each save: listed, compared, restored; and typed drafts."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import numbers
from articles import revisions
from articles.models import Article, Autosave


class RevisionPages(admin.ModelAdmin):
    """Of the article's admin: the pages of its revisions."""

    def get_urls(self):
        restore = require_POST(self.restore_view)
        pages: list[tuple[str, Callable[..., HttpResponse], str]] = [
            ("revisions/", self.revisions_view, "revisions"),
            ("revisions/<int:number>/restoration/", restore, "restore"),
            ("typing/", require_POST(self.typing_view), "typing"),
        ]
        return [
            path(
                f"<int:pk>/{address}",
                self.admin_site.admin_view(view),
                name=f"articles_article_{name}",
            )
            for address, view, name in pages
        ] + super().get_urls()

    def revisions_view(self, request, pk):
        """The list, newest first; and two of them side by side where they are asked."""
        article = get_object_or_404(Article, pk=pk)
        if not self.has_view_permission(request, article):
            raise PermissionDenied
        kept = article.revisions.select_related("editor").defer("body")
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "original": article,
            "title": _("Revisions of “%(headline)s”") % {"headline": article},
            "revisions": kept,
            "may_change": self.has_change_permission(request, article),
            **self._compared(request, article),
        }
        template = "admin/articles/article/revisions.html"
        return TemplateResponse(request, template, context)

    def restore_view(self, request, pk, number):
        article = get_object_or_404(Article, pk=pk)
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        revision = get_object_or_404(article.revisions, number=number)
        kept = revisions.restore(article, by=request.user, revision=revision)
        words = _("Revision %(old)s is the text again, as revision %(new)s.")
        messages.success(request, words % {"old": number, "new": kept.number})
        return redirect("admin:articles_article_change", article.pk)

    def typing_view(self, request, pk):
        """Keep what somebody is typing, apart from the article."""
        article = get_object_or_404(Article, pk=pk)
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        version = numbers.read_key(request.POST.get("version"))
        if version is None or version > article.version:
            return HttpResponse(status=422)
        words = {name: request.POST.get(name, "") for name in revisions.WORDS}
        revisions.keep_typing(article, by=request.user, version=version, words=words)
        return HttpResponse(status=204)

    def typed(self, request, article) -> Autosave | None:
        """What the person typed and never saved, if it is anything else."""
        found = article.autosaves.filter(editor=request.user).first()
        if found and any(c.is_changed for c in revisions.compare(article, found)):
            return found
        return None

    def _compared(self, request, article):
        before = numbers.read_key(request.GET.get("before"))
        after = numbers.read_key(request.GET.get("after"))
        if before is None or after is None:
            return {}
        older, newer = (
            get_object_or_404(article.revisions, number=number)
            for number in sorted([before, after])
        )
        return {
            "before": older,
            "after": newer,
            "comparisons": revisions.compare(older, newer),
        }
