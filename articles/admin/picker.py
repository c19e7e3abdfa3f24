"""The window in which an editor finds an article of ours to link to."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from articles import search
from articles.models import Article

SIZE = 30  # the newest; the search finds the rest


class PickerPage(admin.ModelAdmin):
    """Of the article's admin: what readers can reach, or will at its minute."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.picker)
        address = path("picker/", view, name="articles_article_picker")
        return [address, *super().get_urls()]

    def picker(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        words = request.GET.get("q", "")
        named = search.holding(search.read(words), "headline")
        found = Article.objects.published() | Article.objects.scheduled()
        context = self.admin_site.each_context(request) | {
            "title": _("Choose an article"),
            "is_popup": True,
            "articles": found.filter(named).newest_first()[:SIZE],
            "words": words,
            "number": request.GET.get("CKEditorFuncNum", ""),
        }
        return render(request, "admin/articles/article/picker.html", context)
