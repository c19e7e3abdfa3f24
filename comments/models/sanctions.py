"""Limits on commenters."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments.models.commenter import Commenter
from comments.querysets import SanctionQuerySet


class Sanction(models.Model):
    """A limit on a commenter, with its reason and its end; lifted, never deleted."""

    class Kind(models.TextChoices):
        WARNING = "warning", _("warned")
        PREMODERATION = "premoderation", _("always premoderated")
        SUSPENSION = "suspension", _("suspended")
        BAN = "ban", _("banned")

    commenter = models.ForeignKey(
        Commenter,
        models.PROTECT,
        related_name="sanctions",
        verbose_name=_("commenter"),
    )
    kind = models.CharField(_("kind"), max_length=13, choices=Kind)
    reason = models.CharField(_("reason"), max_length=500)
    message = models.TextField(_("message to the person"), max_length=2_000, blank=True)
    imposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="imposed_sanctions",
        verbose_name=_("imposed by"),
    )
    imposed_at = models.DateTimeField(_("imposed at"), default=timezone.now)
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(
        _("acknowledged at"), null=True, blank=True, editable=False
    )
    # The later event that ended it; what was imposed stays as it was written.
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="lifted_sanctions",
        verbose_name=_("lifted by"),
    )

    objects = SanctionQuerySet.as_manager()

    class Meta:
        ordering = ["-imposed_at"]
        verbose_name = _("sanction")
        verbose_name_plural = _("sanctions")
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="suspension") | Q(ends_at__isnull=False),
                name="sanction_suspension_ends",
                violation_error_message=_("A suspension needs an end."),
            )
        ]

    def __str__(self):
        return f"{self.commenter}: {self.get_kind_display()}"

    @property
    def excludes(self) -> bool:
        """Whether it keeps its commenter from commenting, as long as it is in force."""
        return self.kind in {self.Kind.BAN, self.Kind.SUSPENSION}

    @property
    def awaits_acknowledgement(self) -> bool:
        return self.kind == self.Kind.WARNING and self.acknowledged_at is None

    @property
    def has_ended(self) -> bool:
        return self.lifted_at is not None or (
            self.ends_at is not None and self.ends_at <= timezone.now()
        )


class SanctionMark(models.Model):
    """How a sanction outlives a deleted account: a keyed hash, until it expires.

    ``digest`` is the HMAC of one way to recognise the person; what it was cannot be
    read from it.
    """

    sanction = models.ForeignKey(Sanction, models.CASCADE, related_name="marks")
    digest = models.CharField(max_length=64, db_index=True)
    expires_at = models.DateTimeField(_("expires at"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sanction", "digest"], name="sanction_mark_once"
            )
        ]

    def __str__(self):
        return str(self.sanction)
