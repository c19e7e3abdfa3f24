"""What is known of the addresses on other sites that articles link to."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FarLink(models.Model):
    """An address elsewhere, and what came of the last time it was asked."""

    class Outcome(models.TextChoices):
        ANSWERS = "answers", _("answers")
        GONE = "gone", _("the page is not there any more")
        SILENT = "silent", _("nobody answers there")
        LATE = "late", _("it did not answer in time")
        LOST = "lost", _("it leads on and on, or to where readers cannot follow")

    address = models.CharField(max_length=1_000, unique=True)
    outcome = models.CharField(max_length=7, choices=Outcome)
    asked_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.address
