"""Errors in articles that readers report: the editors' list."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from comments import reports
from comments.admin.readonly import ReadOnlyAdmin
from comments.models import ArticleError, Flag


class OutcomeFilter(admin.SimpleListFilter):
    """The open ones first, as they are the work."""

    title = _("outcome")
    parameter_name = "outcome"
    OPEN, ALL = "open", "all"

    def lookups(self, request, model_admin):
        return [
            (self.OPEN, _("open")),
            (Flag.Outcome.AGREED, _("agreed")),
            (Flag.Outcome.DISAGREED, _("disagreed")),
            (self.ALL, _("All")),
        ]

    def choices(self, changelist):
        """Without the usual “All” on top: ours is the last."""
        for value, label in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            is_chosen = self.value() == value
            yield {"selected": is_chosen, "query_string": query, "display": label}

    def value(self):
        return super().value() or self.OPEN

    def queryset(self, request, queryset):
        if self.value() == self.ALL:
            return queryset
        return queryset.filter(outcome=self.value())


@admin.register(ArticleError)
class ArticleErrorAdmin(ReadOnlyAdmin):
    """Read, and settle: the report was right, or it was not."""

    actions = ["agree", "disagree"]
    list_display = ["article", "words", "flagged_at", "outcome", "settled_by"]
    list_display_links = ["words"]
    list_filter = [OutcomeFilter, "flagged_at"]
    list_select_related = ["comment__article", "settled_by"]
    ordering = ["flagged_at", "pk"]
    fields = readonly_fields = [
        "article",
        "comment_words",
        "words",
        "flagged_at",
        "outcome",
        "settled_by",
        "settled_at",
    ]

    def get_queryset(self, request):
        errors = super().get_queryset(request)
        return errors.filter(reason=Flag.FlagReason.ARTICLE_ERROR)

    @admin.display(description=_("article"), ordering="comment__article__headline")
    def article(self, error):
        return error.comment.article

    @admin.display(description=_("the comment it was reported at"))
    def comment_words(self, error):
        return error.comment.body

    @admin.action(
        description=_("Settle: the readers are right"), permissions=["settle"]
    )
    def agree(self, request, queryset):
        self._settle(request, queryset, Flag.Outcome.AGREED)

    @admin.action(description=_("Settle: it is no error"), permissions=["settle"])
    def disagree(self, request, queryset):
        self._settle(request, queryset, Flag.Outcome.DISAGREED)

    def has_settle_permission(self, request):
        return request.user.has_perm("comments.change_articleerror")

    def _settle(self, request, queryset, outcome):
        for error in queryset:
            reports.settle(error, by=request.user, outcome=outcome)
        self.message_user(request, _("Settled. The readers see it on their receipts."))
