"""What is decided about comments and commenters, and what it is decided by."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments import text
from comments.models.comment import Comment, Revision
from comments.models.commenter import Commenter
from comments.querysets import AppendOnlyQuerySet, FlagQuerySet, SanctionQuerySet


class Reason(models.TextChoices):
    """Why a comment has the status it has; what its commenter is told."""

    # The system's
    PASSED = "passed", _("nothing spoke against it")
    FIRST_COMMENT = "first_comment", _("a commenter's first comment")
    UNCONFIRMED = "unconfirmed", _("a guest whose e-mail is not confirmed")
    LINKS = "links", _("many links")
    PHRASE = "phrase", _("a phrase on our list")
    PREMODERATED_ARTICLE = "premoderated_article", _("every comment here is read first")
    PREMODERATED_COMMENTER = (
        "premoderated_commenter",
        _("this commenter's comments are read first"),
    )
    EDITED = "edited", _("edited by its commenter")
    WITHDRAWN = "withdrawn", _("withdrawn by its commenter")
    # People's
    APPROVED = "approved", _("fine by the house rules")
    OFF_TOPIC = "off_topic", _("off topic")
    ABUSIVE = "abusive", _("abusive")
    SPAM = "spam", _("spam")
    ILLEGAL = "illegal", _("illegal")
    OTHER = "other", _("against the house rules")
    RESTORED = "restored", _("an earlier decision undone")


class ModerationDecision(models.Model):
    """How a comment came to its status. Written once, never changed or deleted."""

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="decisions")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="decisions")
    # Null: the system, or a moderator whose account is gone.
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="moderation_decisions",
        verbose_name=_("moderator"),
    )
    previous_status = models.CharField(
        _("before"), max_length=10, choices=Comment.Status, blank=True
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Comment.Status)
    reason = models.CharField(_("reason"), max_length=30, choices=Reason)
    words = models.CharField(_("in words"), max_length=500, blank=True)
    # What each screen found: [{"screen", "outcome", "reason", "evidence": {…}}, …]
    evidence = models.JSONField(_("evidence"), default=list, blank=True)
    decided_at = models.DateTimeField(_("decided at"), auto_now_add=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")

    def __str__(self):
        return f"{self.comment}: {self.get_outcome_display()}"

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise TypeError("A decision is never edited: record a new one.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("A decision is never deleted.")


class Flag(models.Model):
    """A reader's report of a comment; open until a decision answers it."""

    class FlagReason(models.TextChoices):
        OFF_TOPIC = "off_topic", _("It is off topic")
        ABUSIVE = "abusive", _("It is abusive or hateful")
        SPAM = "spam", _("It is spam or advertising")
        ILLEGAL = "illegal", _("I believe it is illegal")
        OTHER = "other", _("Something else")

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="flags")
    commenter = models.ForeignKey(
        Commenter,
        models.PROTECT,
        related_name="flags",
        verbose_name=_("flagged by"),
    )
    reason = models.CharField(_("reason"), max_length=10, choices=FlagReason)
    words = models.CharField(_("in words"), max_length=500, blank=True)
    flagged_at = models.DateTimeField(_("flagged at"), auto_now_add=True)
    decision = models.ForeignKey(
        ModerationDecision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="answered_flags",
        verbose_name=_("answered by"),
    )

    objects = FlagQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "commenter", "reason"],
                condition=Q(decision=None),
                name="flag_open_once",
            )
        ]

    def __str__(self):
        return f"{self.comment}: {self.get_reason_display()}"


class Sanction(models.Model):
    """A limit on a commenter, with its reason and its end; lifted, never deleted."""

    class Kind(models.TextChoices):
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
    imposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="imposed_sanctions",
        verbose_name=_("imposed by"),
    )
    imposed_at = models.DateTimeField(_("imposed at"), default=timezone.now)
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)

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


class Phrase(models.Model):
    """Words that hold or reject a comment; matched as whole words, in any case."""

    class Kind(models.TextChoices):
        SUSPECT = "suspect", _("suspect: hold the comment")
        BANNED = "banned", _("banned: reject the comment")

    text = models.CharField(_("phrase"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind, default=Kind.SUSPECT)
    note = models.CharField(_("note"), max_length=200, blank=True)
    # The folded first word, by which a comment's words find their phrases; empty for
    # scripts without spaces, whose phrases are looked for in every comment.
    first_word = models.CharField(max_length=100, editable=False, db_index=True)

    class Meta:
        ordering = ["text"]
        verbose_name = _("phrase")
        verbose_name_plural = _("phrases")

    def __str__(self):
        return self.text

    def save(self, *args, **kwargs):
        words = text.words(self.text)
        self.first_word = "" if text.is_spaceless(self.text) else words[0]
        super().save(*args, **kwargs)

    def clean(self):
        if not text.words(self.text):
            raise ValidationError({"text": _("A phrase needs at least one word.")})
