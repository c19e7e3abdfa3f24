"""Readers' reports."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comments.models.comment import Comment, Revision
from comments.models.commenter import Commenter
from comments.models.decisions import ModerationDecision
from comments.querysets import FlagQuerySet


class Flag(models.Model):
    """A reader's report of a comment; open until a decision answers it."""

    class FlagReason(models.TextChoices):
        OFF_TOPIC = "off_topic", _("It is off topic")
        ABUSIVE = "abusive", _("It is abusive or hateful")
        SPAM = "spam", _("It is spam or advertising")
        ILLEGAL = "illegal", _("I believe it is illegal")
        ARTICLE_ERROR = "error", _("There is an error in the article")
        OTHER = "other", _("Something else")

    class Outcome(models.TextChoices):
        OPEN = "open", _("open")
        AGREED = "agreed", _("agreed")
        DISAGREED = "disagreed", _("disagreed")
        IGNORED = "ignored", _("ignored")

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="flags")
    # What the reader saw; null for flags older than this column.
    revision = models.ForeignKey(
        Revision, models.PROTECT, null=True, related_name="flags"
    )
    commenter = models.ForeignKey(
        Commenter,
        models.PROTECT,
        related_name="flags",
        verbose_name=_("flagged by"),
    )
    reason = models.CharField(_("reason"), max_length=10, choices=FlagReason)
    words = models.CharField(_("in words"), max_length=500, blank=True)
    flagged_at = models.DateTimeField(_("flagged at"), auto_now_add=True)
    # How much it counts towards hiding: see comments/reports.py.
    weight = models.FloatField(_("weight"), default=1.0)
    outcome = models.CharField(
        _("outcome"), max_length=9, choices=Outcome, default=Outcome.OPEN
    )
    # A notice of illegal content: Regulation (EU) 2022/2065, Article 16(2).
    law = models.CharField(_("the law it breaks"), max_length=200, blank=True)
    reporter_name = models.CharField(_("reporter’s name"), max_length=80, blank=True)
    reporter_email = models.EmailField(
        _("reporter’s e-mail"), max_length=100, blank=True
    )
    is_in_good_faith = models.BooleanField(_("in good faith"), default=False)
    decision = models.ForeignKey(
        ModerationDecision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="answered_flags",
        verbose_name=_("answered by"),
    )
    # Who settled an error in the article: no decision about the comment does.
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="settled_flags",
        verbose_name=_("settled by"),
    )
    settled_at = models.DateTimeField(
        _("settled at"), null=True, blank=True, editable=False
    )

    objects = FlagQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "commenter", "reason"],
                condition=Q(outcome="open"),
                name="flag_open_once",
            )
        ]

    def __str__(self):
        return f"#{self.comment_id}: {self.get_reason_display()}"

    @property
    def reference(self) -> str:
        """The number that a reporter can quote."""
        return f"{self.flagged_at:%Y%m%d}-{self.pk}"

    @property
    def awaits_moderator(self) -> bool:
        """Open, and about the comment: errors in the article are the editors'."""
        is_open = self.outcome == self.Outcome.OPEN
        return is_open and self.reason != self.FlagReason.ARTICLE_ERROR

    def reopen(self):
        """Open again, as if it had not been answered; a newer one of its kind wins."""
        same = Flag.objects.open().filter(
            comment=self.comment_id, commenter=self.commenter_id, reason=self.reason
        )
        if not same.exists():
            self.decision, self.outcome = None, self.Outcome.OPEN
            self.save(update_fields=["decision", "outcome"])


class ArticleError(Flag):
    """A report that the article is wrong: for the editors, not for the moderators."""

    class Meta:
        proxy = True
        verbose_name = _("reported error")
        verbose_name_plural = _("reported errors")
