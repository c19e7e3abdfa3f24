"""A comment's records, to be read."""

from django.contrib import admin

from comments.models import Flag, ModerationDecision, Revision


class RecordInline(admin.TabularInline):
    """Rows that are written by verbs alone."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class DecisionInline(RecordInline):
    model = ModerationDecision
    fields = readonly_fields = [
        "decided_at",
        "moderator",
        "previous_status",
        "outcome",
        "reason",
        "words",
        "revision",
        "evidence",
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("moderator", "revision")


class FlagInline(RecordInline):
    model = Flag
    fields = readonly_fields = [
        "flagged_at",
        "commenter",
        "reason",
        "words",
        "decision",
    ]

    def get_queryset(self, request):
        flags = super().get_queryset(request)
        return flags.select_related("commenter__user", "decision")


class RevisionInline(RecordInline):
    model = Revision
    fields = readonly_fields = ["number", "created_at", "body"]
