"""Slugs that follow what is typed, in any script: suggested here, filled on save."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms.widgets import Script
from django.http import JsonResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe


class SuggestsSlugs(admin.ModelAdmin):
    """An empty slug is made from the field ``named_by``; ``free_slug`` knows how."""

    named_by: str
    free_slug: Callable[[str], str]  # of what is typed

    class Media:
        js = [Script("js/admin-slug.js", defer=True)]

    def get_urls(self):
        view = self.admin_site.admin_view(require_safe(self.slug_view))
        return [path("slug/", view, name=self._slug_address()), *super().get_urls()]

    def slug_view(self, request):
        """What the slug would be, for the form while it is filled in."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        words = request.GET.get("words", "")[:200].strip()
        return JsonResponse({"slug": self.free_slug(words) if words else ""})

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "slug":
            field.required = False
            field.help_text = _("Its address. Left empty, it is made for you.")
            address = reverse(f"{self.admin_site.name}:{self._slug_address()}")
            source = f"id_{self.named_by}"
            field.widget.attrs |= {"data-address": address, "data-source": source}
        return field

    def _slug_address(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_slug"
