"""Many decisions at once: a preview, and how far they are."""

from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts import numbers
from comments import bulk
from comments.admin.desk.forms import BulkForm
from comments.admin.desk.views import read_selection
from comments.models import BulkRun, Comment

SHOWN = 50
WHY = {
    bulk.SETTLED: gettext_lazy("settled already"),
    bulk.WITHDRAWN: gettext_lazy("withdrawn by their commenters"),
    bulk.CHANGED: gettext_lazy("changed since you saw them"),
}


@require_POST
def prepare(request):
    """Write down what is meant; nothing is decided before it is confirmed."""
    form = BulkForm(request.POST)
    versions = _versions(request, form) if form.is_valid() else []
    if not versions:
        messages.error(request, _("Tick the comments, and say what to do with them."))
        return redirect(f"{reverse('admin:comments_desk')}?{request.GET.urlencode()}")
    meant = {name: form.cleaned_data[name] for name in ("verb", "reason", "words")}
    run = bulk.prepare(versions, by=request.user, **meant)
    return redirect("admin:comments_desk_bulk_run", run.pk)


@require_http_methods(["GET", "POST"])
def run(request, pk):
    """Before it is confirmed the preview, then the progress, then the result.

    A POST confirms it, or goes on with one that is overdue.
    """
    found = get_object_or_404(BulkRun.objects.select_related("started_by"), pk=pk)
    if request.method == "POST":
        bulk.confirm(found, by=request.user)
        return redirect("admin:comments_desk_bulk_run", pk)
    context = {
        **admin.site.each_context(request),
        "title": _("Many at once"),
        "here": "desk",
        "run": found,
        **(_progress(found) if found.confirmed_at else _preview(found)),
    }
    return render(request, "admin/comments/desk/bulk.html", context)


def _versions(request, form):
    """What was seen: the version that each ticked card had, or all as they are now."""
    if form.cleaned_data["scope"] == BulkForm.ALL:
        found = read_selection(request).comments().values_list("pk", "version")
        return list(found[: bulk.LIMIT])
    ticked = [value.partition(":") for value in request.POST.getlist("ticked")]
    return [
        (int(pk), int(seen))
        for pk, _colon, seen in ticked
        if numbers.read_key(pk) and numbers.read_key(seen)
    ]


def _preview(run):
    plan = bulk.plan(run)
    shown = Comment.objects.select_related("article", "commenter__user")
    return {
        "target_count": len(plan.targets),
        "shown": shown.filter(pk__in=plan.targets[:SHOWN]).order_by("submitted_at"),
        "hidden_count": max(0, len(plan.targets) - SHOWN),
        "skips": _in_words(plan.skips),
        "is_at_limit": len(run.targets) == bulk.LIMIT,
    }


def _progress(run):
    return {
        "skips": _in_words(run.skips),
        "total": len(run.targets),
        "is_overdue": bulk.is_overdue(run),
    }


def _in_words(skips):
    return [(count, WHY[why]) for why, count in skips.items()]
