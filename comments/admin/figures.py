"""The discussions' counters, to be read, and the newsroom's figures."""

from datetime import timedelta

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments import figures, policies
from comments.admin.readonly import ReadOnlyAdmin
from comments.models import Discussion

# Days of the past that the page looks at, and what the link says.
WINDOWS = {1: _("24 hours"), 7: _("7 days")}


@admin.register(Discussion)
class DiscussionAdmin(ReadOnlyAdmin):
    """Counters move with decisions alone; ``manage.py reconcile`` repairs them."""

    list_display = ["article", "published_count", "last_activity_at"]
    list_select_related = ["article"]
    ordering = ["-last_activity_at"]
    search_fields = ["article__headline"]
    fields = readonly_fields = [
        "article",
        "published_count",
        "version",
        "last_activity_at",
    ]

    def get_urls(self):
        page = self.admin_site.admin_view(self.figures_view)
        return [path("figures/", page, name="comments_figures"), *super().get_urls()]

    def figures_view(self, request):
        """What waits, and what was decided in the last day or week."""
        if not policies.may_moderate(request.user):
            raise PermissionDenied
        days = 7 if request.GET.get("days") == "7" else 1
        now = timezone.now()
        since = now - timedelta(days=days)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Figures"),
            "here": "figures",
            "days": days,
            "windows": WINDOWS.items(),
            "waiting": figures.waiting(),
            "flagged": figures.flagged(),
            "hours": figures.hours(since, now),
            "pace": figures.pace(since),
            "delay": figures.delay(since),
            "holding": figures.holding(since),
            "reversals": figures.reversals(since),
            "flags": figures.flags(since),
        }
        return render(request, "admin/comments/figures/figures.html", context)
