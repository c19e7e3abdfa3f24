"""Limits on commenters: imposed with a reason, lifted by a later event."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import numbers
from comments import sanctions
from comments.models import Sanction

MOST_DAYS = 90


class SanctionForm(forms.ModelForm):
    """Why and how long; what the person has said before may go too."""

    sweep = forms.BooleanField(
        label=gettext_lazy("Reject what they have written too"),
        required=False,
        help_text=gettext_lazy("You are shown first what that would be."),
    )
    sweep_days = forms.IntegerField(
        label=gettext_lazy("All that waits, and what was published in the last … days"),
        min_value=0,
        max_value=MOST_DAYS,
        initial=7,
        required=False,
    )

    def clean_ends_at(self):
        ends_at = self.cleaned_data["ends_at"]
        if ends_at and ends_at <= timezone.now():
            raise forms.ValidationError(_("The end has to lie in the future."))
        return ends_at


class SweepForm(forms.Form):
    """The comments of the preview, each as the version that was shown."""

    targets = forms.CharField(widget=forms.HiddenInput)

    def clean_targets(self):
        pairs = [pair.partition(":") for pair in self.cleaned_data["targets"].split()]
        read = numbers.read_key
        targets = {read(pk): read(version) for pk, _colon, version in pairs}
        if None in {*targets, *targets.values()}:
            raise forms.ValidationError(_("This preview cannot be read."))
        return targets


@admin.register(Sanction)
class SanctionAdmin(admin.ModelAdmin):
    """Impose with a reason, lift when done; nothing is deleted or rewritten."""

    actions = ["lift"]
    autocomplete_fields = ["commenter"]
    form = SanctionForm
    list_display = [
        "commenter",
        "kind",
        "reason",
        "imposed_by",
        "imposed_at",
        "ends_at",
        "acknowledged_at",
        "lifted_at",
        "lifted_by",
    ]
    list_filter = ["kind", "imposed_at"]
    list_select_related = ["commenter__user", "imposed_by", "lifted_by"]
    search_fields = [
        "commenter__name",
        "commenter__user__display_name",
        "commenter__user__username",
        "reason",
    ]

    def get_fields(self, request, obj=None):
        imposed = ["commenter", "kind", "reason", "message", "ends_at"]
        if obj is None:
            return [*imposed, "sweep", "sweep_days"]
        return [
            *imposed,
            "imposed_by",
            "imposed_at",
            "acknowledged_at",
            "lifted_by",
            "lifted_at",
        ]

    def save_model(self, request, obj, form, change):
        sanctions.impose(obj, by=request.user)

    def response_add(self, request, obj, post_url_continue=None):
        if "sweep" not in request.POST:
            return super().response_add(request, obj, post_url_continue)
        messages.success(request, _("The sanction is in force."))
        days = request.POST.get("sweep_days") or 0
        sweep = reverse("admin:comments_sanction_sweep", args=[obj.pk])
        return redirect(f"{sweep}?days={days}")

    def get_urls(self):
        def own(view):
            return self.admin_site.admin_view(view)

        return [
            path("lift/", own(self.lift_view), name="comments_sanction_lift"),
            path(
                "<int:pk>/sweep/", own(self.sweep_view), name="comments_sanction_sweep"
            ),
            *super().get_urls(),
        ]

    @admin.action(
        description=gettext_lazy("Lift the selected sanctions"), permissions=["add"]
    )
    def lift(self, request, queryset):
        query = "&".join(f"pk={pk}" for pk in queryset.values_list("pk", flat=True))
        return redirect(f"{reverse('admin:comments_sanction_lift')}?{query}")

    def lift_view(self, request):
        """Ask once more, then end them now."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        keys = [pk for pk in map(numbers.read_key, request.GET.getlist("pk")) if pk]
        standing = Sanction.objects.filter(pk__in=keys[:100], lifted_at=None)
        standing = standing.select_related("commenter__user")
        if request.method != "POST":
            return self._page(request, "lift", {"sanctions": standing})
        done = sum(sanctions.lift(each, by=request.user) for each in standing)
        words = ngettext("%d sanction lifted.", "%d sanctions lifted.", done)
        messages.success(request, words % done)
        return redirect("admin:comments_sanction_changelist")

    def sweep_view(self, request, pk):
        """Show exactly what would be rejected; a POST rejects what was shown."""
        sanction = get_object_or_404(
            Sanction.objects.select_related("commenter__user"), pk=pk
        )
        if not self.has_add_permission(request) or not request.user.has_perm(
            "comments.moderate_comment"
        ):
            raise PermissionDenied
        if request.method == "POST":
            return self._sweep(request, sanction)
        asked = numbers.read(request.GET.get("days"))
        days = 7 if asked is None else min(asked, MOST_DAYS)
        found = sanctions.sweepable(sanction.commenter, days=days)
        shown = list(found.select_related("article")[: sanctions.MOST_SWEPT])
        targets = " ".join(f"{comment.pk}:{comment.version}" for comment in shown)
        context = {
            "sanction": sanction,
            "days": days,
            "most_days": MOST_DAYS,
            "comments": shown,
            "has_more": found.count() > len(shown),
            "form": SweepForm(initial={"targets": targets}),
        }
        return self._page(request, "sweep", context)

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def _sweep(self, request, sanction):
        form = SweepForm(request.POST)
        if not form.is_valid():
            messages.error(request, form.errors.as_text())
            return redirect("admin:comments_sanction_sweep", sanction.pk)
        swept = sanctions.sweep(sanction, form.cleaned_data["targets"], by=request.user)
        words = ngettext(
            "%d comment rejected.", "%d comments rejected.", swept.rejected_count
        )
        messages.success(request, words % swept.rejected_count)
        if swept.skipped_count:
            words = ngettext(
                "%d comment left alone: it has changed since you saw it.",
                "%d comments left alone: they have changed since you saw them.",
                swept.skipped_count,
            )
            messages.warning(request, words % swept.skipped_count)
        return redirect("admin:comments_sanction_change", sanction.pk)

    def _page(self, request, name, context):
        titles = {
            "lift": _("Lift sanctions"),
            "sweep": _("Reject what they have written"),
        }
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": titles[name],
        }
        return render(request, f"admin/comments/sanction/{name}.html", context)
