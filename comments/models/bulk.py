"""Many decisions at once, as a record of how far they got."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from comments.models.decisions import Reason


class BulkRun(models.Model):
    """One verb over many comments, each its own decision; previewed, then confirmed.

    ``targets`` lists what the preview showed: ``[[comment key, version seen], …]``.
    ``skips`` counts what was left alone, by why: settled, withdrawn or changed.
    """

    class Verb(models.TextChoices):
        APPROVE = "approve", _("approve")
        REJECT = "reject", _("reject")

    verb = models.CharField(_("verb"), max_length=7, choices=Verb)
    reason = models.CharField(_("reason"), max_length=30, choices=Reason, blank=True)
    words = models.CharField(_("in words"), max_length=500, blank=True)
    targets = models.JSONField(_("comments"), default=list)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="bulk_runs",
        verbose_name=_("started by"),
    )
    started_at = models.DateTimeField(_("started at"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    done_count = models.PositiveIntegerField(_("decided"), default=0)
    skips = models.JSONField(_("skipped"), default=dict, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        ordering = ["-started_at"]
        verbose_name = _("bulk run")
        verbose_name_plural = _("bulk runs")

    def __str__(self):
        return f"{self.get_verb_display()}: {len(self.targets)}"

    @property
    def skipped_count(self) -> int:
        return sum(self.skips.values())

    @property
    def handled_count(self) -> int:
        return self.done_count + self.skipped_count
