"""The queues at the side of the comments list."""

from django.contrib import admin
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from comments.models import Comment, ModerationDecision, Reason

Status = Comment.Status


class QueueFilter(admin.SimpleListFilter):
    """Queues with their counts; the waiting ones first, as they are the work."""

    title = _("queue")
    parameter_name = "queue"
    WAITING, FLAGGED, ALL = "waiting", "flagged", "all"

    def lookups(self, request, model_admin):
        counts = Comment.objects.aggregate(
            **{status: Count("pk", filter=Q(status=status)) for status in Status}
        )
        flagged = Comment.objects.flagged().count()
        return [
            (self.WAITING, self._label(_("Waiting"), counts[Status.PENDING])),
            (self.FLAGGED, self._label(_("Flagged"), flagged)),
            (Status.PUBLISHED, self._label(_("Published"), counts[Status.PUBLISHED])),
            (Status.REJECTED, self._label(_("Rejected"), counts[Status.REJECTED])),
            (Status.WITHDRAWN, self._label(_("Withdrawn"), counts[Status.WITHDRAWN])),
            (self.ALL, self._label(_("All"), sum(counts.values()))),
        ]

    def choices(self, changelist):
        """Without the usual “All” on top: ours is the last."""
        for value, label in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string(
                    {self.parameter_name: value}
                ),
                "display": label,
            }

    def value(self):
        return super().value() or self.WAITING

    def queryset(self, request, queryset):
        match self.value():
            case self.WAITING:
                return queryset.awaiting_moderation()
            case self.FLAGGED:
                return queryset.flagged()
            case self.ALL:
                return queryset
            case status:
                return queryset.filter(status=status)

    @staticmethod
    def _label(name, count):
        return f"{name} ({count})"


class ReasonFilter(admin.SimpleListFilter):
    """Comments by a reason that some decision about them gave."""

    title = _("reason")
    parameter_name = "reason"

    def lookups(self, request, model_admin):
        return Reason.choices

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        decided = ModerationDecision.objects.filter(reason=self.value())
        return queryset.filter(pk__in=decided.values("comment"))
