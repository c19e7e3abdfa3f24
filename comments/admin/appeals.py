"""Appeals against rejections: their queue, their answers, their history."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from comments import appeals, policies
from comments.admin.readonly import ReadOnlyAdmin
from comments.models import Appeal

PER_PAGE = 20
VERBS = {"uphold": appeals.uphold, "reverse": appeals.reverse}


class AnswerForm(forms.Form):
    """What the commenter is told, whichever way it went."""

    answer = forms.CharField(
        label=gettext_lazy("Your answer, to the commenter"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 2_000}),
        error_messages={"required": gettext_lazy("Please say why, in an answer.")},
    )


@admin.register(Appeal)
class AppealAdmin(ReadOnlyAdmin):
    """The list is the history; the work is at ``desk/``."""

    list_display = ["decision", "commenter", "filed_at", "outcome", "decided_by"]
    list_filter = ["outcome", "filed_at"]
    list_select_related = ["decision", "commenter__user", "decided_by"]
    fields = readonly_fields = [
        "decision",
        "commenter",
        "text",
        "filed_at",
        "outcome",
        "answer",
        "decided_by",
        "decided_at",
    ]

    def get_urls(self):
        desk = self.admin_site.admin_view(self.desk_view)
        decide = self.admin_site.admin_view(require_POST(self.decide_view))
        return [
            path("desk/", desk, name="comments_appeals"),
            path("<int:pk>/decide/", decide, name="comments_appeal_decide"),
            *super().get_urls(),
        ]

    def desk_view(self, request):
        """The open appeals, the oldest first."""
        if not policies.may_moderate(request.user):
            raise PermissionDenied
        return self._desk(request)

    def decide_view(self, request, pk):
        """Uphold or reverse, with an answer; the words are kept where it fails."""
        if not policies.may_moderate(request.user):
            raise PermissionDenied
        found = Appeal.objects.select_related("decision__comment")
        appeal = get_object_or_404(found, pk=pk)
        verb = VERBS.get(request.POST.get("verb", ""))
        form = AnswerForm(request.POST, auto_id=f"id_{pk}_%s")
        if verb is None or not form.is_valid():
            return self._desk(request, {pk: form}, status=422)
        try:
            verb(appeal, by=request.user, answer=form.cleaned_data["answer"])
        except appeals.Inadmissible as problem:
            form.add_error(None, problem.words)
            messages.error(request, problem.words)
            return self._desk(request, {pk: form}, status=409)
        messages.success(request, _("The appeal is answered."))
        return redirect("admin:comments_appeals")

    def _desk(self, request, forms_sent=None, status=200):
        page = Paginator(_waiting(), PER_PAGE).get_page(request.GET.get("page"))
        cards = []
        for appeal in page.object_list:
            blank = AnswerForm(auto_id=f"id_{appeal.pk}_%s")
            form = (forms_sent or {}).get(appeal.pk, blank)
            cards.append((appeal, form, appeals.may_decide(appeal, request.user)))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Appeals"),
            "page_obj": page,
            "cards": cards,
            "here": "appeals",
        }
        return render(
            request, "admin/comments/appeal/desk.html", context, status=status
        )


def _waiting():
    """The open appeals, with all that a card shows."""
    waiting = Appeal.objects.filter(outcome=Appeal.Outcome.OPEN).select_related(
        "decision__comment__article",
        "decision__comment__commenter__user",
        "decision__moderator",
    )
    return waiting.order_by("filed_at", "pk")
