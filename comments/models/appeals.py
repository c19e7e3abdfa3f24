"""A commenter's word against a decision."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from comments.models.commenter import Commenter
from comments.models.decisions import ModerationDecision


class Appeal(models.Model):
    """One decision looked at again, by somebody else; once, and with an answer.

    Regulation (EU) 2022/2065, Article 20: decided by a person, never by the first
    decider.
    """

    class Outcome(models.TextChoices):
        OPEN = "open", _("open")
        UPHELD = "upheld", _("the decision stands")
        REVERSED = "reversed", _("the decision is reversed")

    decision = models.OneToOneField(
        ModerationDecision,
        models.PROTECT,
        related_name="appeal",
        verbose_name=_("decision"),
    )
    commenter = models.ForeignKey(
        Commenter,
        models.PROTECT,
        related_name="appeals",
        verbose_name=_("commenter"),
    )
    text = models.TextField(_("text"), max_length=2_000)
    filed_at = models.DateTimeField(_("filed at"), auto_now_add=True)
    outcome = models.CharField(
        _("outcome"), max_length=8, choices=Outcome, default=Outcome.OPEN
    )
    answer = models.TextField(_("answer"), max_length=2_000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="decided_appeals",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        ordering = ["filed_at"]
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        indexes = [models.Index(fields=["outcome", "filed_at"], name="appeal_queue")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome="open") | ~models.Q(answer=""),
                name="appeal_answered_in_words",
            )
        ]

    def __str__(self):
        return f"#{self.decision.comment_id}: {self.get_outcome_display()}"

    def reopen(self):
        """Open again, as if it had not been answered."""
        self.outcome, self.answer = self.Outcome.OPEN, ""
        self.decided_by = self.decided_at = None
        self.save(update_fields=["outcome", "answer", "decided_by", "decided_at"])
