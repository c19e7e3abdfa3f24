"""Comments, their queues and the decisions about them."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from comments import moderation, policies, rendering
from comments.admin.desk.forms import REASONS
from comments.admin.desk.urls import urls as desk_urls
from comments.admin.filters import QueueFilter, ReasonFilter
from comments.admin.inlines import DecisionInline, FlagInline, RevisionInline
from comments.admin.readonly import ReadOnlyAdmin
from comments.models import Comment, Reason

VERBS = {"approve", "reject", "spam", "restore"}


class ReasonForm(forms.Form):
    """Why, beside what."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason for a rejection"),
        choices=REASONS,
        required=False,
    )
    words = forms.CharField(
        label=gettext_lazy("In words, to the commenter"),
        max_length=500,
        required=False,
    )


class DecisionForm(ReasonForm, ActionForm):
    """The reason goes with the actions and with the buttons of the rows alike."""


def decide(comment, verb, *, by, reason, words):
    """Do what a button or an action says; None where the comment was settled."""
    match verb:
        case "approve":
            return moderation.approve(comment, by=by, words=words)
        case "restore":
            return moderation.restore(comment, by=by, words=words)
        case "spam":
            reason = Reason.SPAM
    return moderation.reject(comment, by=by, reason=reason or Reason.OTHER, words=words)


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin):
    """Decide, and see why; a comment's words are its commenter's and stay so."""

    action_form = DecisionForm
    actions = ["approve", "reject", "restore"]
    fields = ["article", "in_reply_to", "commenter", "status", "words", "why"]
    inlines = [DecisionInline, FlagInline, RevisionInline]
    list_display = ["card"]
    list_display_links = None  # a card links its time
    list_filter = [QueueFilter, ReasonFilter, "article__section", "submitted_at"]
    list_per_page = 50
    show_full_result_count = False  # the queues' own counts say it
    readonly_fields = fields
    search_fields = ["body", "commenter__name", "commenter__user__display_name"]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.select_related(
            "article", "commenter__user", "parent__commenter__user"
        ).prefetch_related("decisions__moderator", "flags__commenter__user")

    def changelist_view(self, request, extra_context=None):
        title = {"title": gettext_lazy("Comments")}
        return super().changelist_view(request, title | (extra_context or {}))

    def get_ordering(self, request):
        """A queue is worked off from its oldest."""
        queue = request.GET.get(QueueFilter.parameter_name, QueueFilter.WAITING)
        is_queue = queue in {QueueFilter.WAITING, QueueFilter.FLAGGED}
        return ["submitted_at", "pk"] if is_queue else ["-submitted_at", "-pk"]

    @admin.display(description=gettext_lazy("comment"))
    def card(self, comment):
        return self._render("card", comment)

    @admin.display(description=gettext_lazy("in reply to"))
    def in_reply_to(self, comment):
        return comment.parent and f"{comment.parent.commenter}: {comment.parent.body}"

    @admin.display(description=gettext_lazy("text"))
    def words(self, comment):
        return rendering.safe(comment.body_html)

    @admin.display(description=gettext_lazy("why it is here"))
    def why(self, comment):
        return self._render("why", comment)

    @admin.action(
        description=gettext_lazy("Approve the selected comments"),
        permissions=["moderate"],
    )
    def approve(self, request, queryset):
        self._decide(request, "approve", queryset)

    @admin.action(
        description=gettext_lazy("Reject the selected comments"),
        permissions=["moderate"],
    )
    def reject(self, request, queryset):
        self._decide(request, "reject", queryset)

    @admin.action(
        description=gettext_lazy("Restore the selected comments"),
        permissions=["moderate"],
    )
    def restore(self, request, queryset):
        self._decide(request, "restore", queryset)

    def get_urls(self):
        decide = self.admin_site.admin_view(require_POST(self.decide_view))
        return [
            path("<int:pk>/decide/<str:verb>/", decide, name="comments_comment_decide"),
            *desk_urls(self.admin_site),
            *super().get_urls(),
        ]

    def decide_view(self, request, pk, verb):
        """One click from the row: decide, and back to the same queue."""
        if not self.has_moderate_permission(request) or verb not in VERBS:
            raise PermissionDenied
        self._decide(request, verb, [get_object_or_404(Comment, pk=pk)])
        back = request.headers.get("Referer", "")
        if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
            back = reverse("admin:comments_comment_changelist")
        return redirect(back)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = {"reason_form": ReasonForm(), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def has_moderate_permission(self, request):
        return policies.may_moderate(request.user)

    def _decide(self, request, verb, comments):
        form = ReasonForm(request.POST)
        if not form.is_valid():
            messages.error(request, form.errors.as_text())
            return
        decided = [
            decide(comment, verb, by=request.user, **form.cleaned_data)
            for comment in comments
        ]
        done = sum(decision is not None for decision in decided)
        messages.success(
            request,
            ngettext("%d comment decided.", "%d comments decided.", done) % done,
        )
        if done < len(decided):
            alone = len(decided) - done
            messages.info(
                request,
                ngettext(
                    "%d comment left alone: it was settled already.",
                    "%d comments left alone: they were settled already.",
                    alone,
                )
                % alone,
            )

    @staticmethod
    def _render(part, comment):
        decisions = list(comment.decisions.all())
        context = {
            "comment": comment,
            "decision": decisions[-1] if decisions else None,
            "findings": [
                finding | {"reason": Reason(finding["reason"]).label}
                for finding in (decisions[-1].evidence if decisions else [])
            ],
            "flags": [flag for flag in comment.flags.all() if not flag.decision_id],
        }
        return render_to_string(f"admin/comments/comment/_{part}.html", context)
