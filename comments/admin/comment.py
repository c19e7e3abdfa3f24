"""Comments and their queues, to be read; the desk decides."""

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy

from comments import rendering
from comments.admin.desk.urls import urls as desk_urls
from comments.admin.filters import QueueFilter, ReasonFilter
from comments.admin.inlines import DecisionInline, FlagInline, RevisionInline
from comments.admin.readonly import ReadOnlyAdmin
from comments.models import Comment, Reason


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin):
    """What each says, and why it is here; its words are its commenter's alone."""

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

    def get_urls(self):
        return [*desk_urls(self.admin_site), *super().get_urls()]

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
            "flags": [flag for flag in comment.flags.all() if flag.awaits_moderator],
        }
        return render_to_string(f"admin/comments/comment/_{part}.html", context)
