"""How comments come to their status: reasons, and the record of every decision."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from comments.models.comment import Comment, Revision
from comments.querysets import AppendOnlyQuerySet


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
    FLAGGED = "flagged", _("reported by several readers")
    REPEATED = "repeated", _("the same text in several places")
    FLOOD = "flood", _("many comments in a short time")
    OFFENDER = "offender", _("a commenter whose comments are often rejected")
    NEW_ACCOUNT = "new_account", _("a new account")
    TOO_QUICK = "too_quick", _("written faster than anybody types")
    TRAP = "trap", _("a field filled in that people cannot see")
    OUT_OF_HOURS = "out_of_hours", _("sent while the newsroom is away")
    SCORE = "score", _("a score that needs a second look")
    UNAVAILABLE = "unavailable", _("a check that gave no answer")
    EDITED = "edited", _("edited by its commenter")
    WITHDRAWN = "withdrawn", _("withdrawn by its commenter")
    # People's
    APPROVED = "approved", _("fine by the house rules")
    OFF_TOPIC = "off_topic", _("off topic")
    ABUSIVE = "abusive", _("abusive")
    SPAM = "spam", _("spam")
    ILLEGAL = "illegal", _("illegal")
    PERSONAL_DATA = "personal_data", _("somebody’s personal data")
    THREAT = "threat", _("a threat")
    OTHER = "other", _("against the house rules")
    SANCTION = "sanction", _("a sanction on its commenter")
    RESTORED = "restored", _("an earlier decision undone")
    APPEAL = "appeal", _("decided on appeal")


class ModerationDecision(models.Model):
    """How a comment came to its status. Written once, never changed or deleted.

    A null moderator is the system: the decision was automated. ``evidence`` says which
    screens looked.
    """

    class Source(models.TextChoices):
        OWN = "own", _("our own look")
        REPORT = "report", _("readers’ reports")
        NOTICE = "notice", _("a notice of illegal content")
        COMMENTER = "commenter", _("its commenter")
        APPEAL = "appeal", _("an appeal")

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
    # The comment's version that this decision made; the decider saw the one before.
    version = models.PositiveIntegerField(_("version"), default=1)
    undoes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="undone_by",
        verbose_name=_("undoes"),
    )
    # What a statement of reasons has to say: Regulation (EU) 2022/2065, Article 17(3).
    source = models.CharField(
        _("source"), max_length=10, choices=Source, default=Source.OWN
    )
    clause = models.CharField(
        _("clause of the house rules"), max_length=100, blank=True
    )
    legal_ground = models.CharField(_("legal ground"), max_length=500, blank=True)
    decided_at = models.DateTimeField(_("decided at"), auto_now_add=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes = [
            # Without undoing ones: a moderator's last decision is one step away.
            models.Index(
                fields=["moderator", "-id"],
                condition=models.Q(undoes=None),
                name="decision_own_last",
            )
        ]

    def __str__(self):
        return f"#{self.comment_id}: {self.get_outcome_display()}"

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise TypeError("A decision is never edited: record a new one.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("A decision is never deleted.")
