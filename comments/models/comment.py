"""A comment, and every text it had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from comments.models.commenter import Commenter
from comments.querysets import NOT_UNPUBLISHED, PUBLISHED, SHOWN, CommentQuerySet

if TYPE_CHECKING:
    from comments.models.appeals import Appeal

# Eight hex digits of path a level: the path column holds 400.
MAX_DEPTH = 50


class Comment(models.Model):
    """What a reader says under an article; its status changes only through verbs."""

    class Status(models.TextChoices):
        PENDING = "pending", _("awaiting moderation")
        PUBLISHED = "published", _("published")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("withdrawn by its commenter")

    article = models.ForeignKey(
        Article, models.PROTECT, related_name="comments", verbose_name=_("article")
    )
    commenter = models.ForeignKey(
        Commenter,
        models.PROTECT,
        related_name="comments",
        verbose_name=_("commenter"),
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replies",
        verbose_name=_("in reply to"),
        db_index=False,  # see comment_answered
    )
    # The top of its thread; a top-level comment has none.
    root = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="thread",
        db_index=False,  # see comment_shown_replies
    )
    # The keys from the root down to this one, eight hex digits each: a thread ordered
    # by path reads from top to bottom, and a new reply moves no other row.
    path = models.CharField(max_length=8 * MAX_DEPTH, editable=False)
    depth = models.PositiveSmallIntegerField(default=1, editable=False)
    # Of a top-level comment: the published replies in its thread, which no page counts.
    # The defaults are the database's too: code that knows of no counter still inserts;
    # and a count that it let drift below zero stops nobody, till reconcile mends it.
    reply_count = models.IntegerField(default=0, db_default=0, editable=False)
    # Its own column: an index that asked the count would be rewritten with each reply.
    has_replies = models.BooleanField(default=False, db_default=False, editable=False)

    body = models.TextField(_("text"))
    body_html = models.TextField(editable=False)
    revision_number = models.PositiveSmallIntegerField(default=1, editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.PENDING
    )
    # Moves with every decision and every revision: a decider names the one they saw.
    version = models.PositiveIntegerField(default=1, editable=False)
    # What the same person would send again, as a hash: see submission.digest().
    digest = models.CharField(max_length=64, editable=False)
    # What anybody would send again anywhere, as a hash: see text.fingerprint().
    fingerprint = models.CharField(
        max_length=64, blank=True, editable=False, db_index=True
    )
    featured_at = models.DateTimeField(
        _("featured at"), null=True, blank=True, editable=False
    )

    submitted_at = models.DateTimeField(_("submitted at"), auto_now_add=True)
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True)
    # An IPv4 address or an IPv6 /64 network, and the browser's name for itself;
    # forgotten after COMMENT_ADDRESS_DAYS.
    address = models.CharField(_("address"), max_length=43, blank=True)
    agent = models.CharField(_("browser"), max_length=254, blank=True)

    objects = CommentQuerySet.as_manager()

    # What its own commenter is told of its status; explanations.explain() sets it.
    own_notice = ""
    # Its signed address, and the appeal about it: for its commenter's eyes too.
    own_link = ""
    own_appeal: Appeal | None = None
    # Its latest revision, for those who have just written it.
    written: Revision | None = None
    # Of a long thread's top: the path of the last reply shown; runs.threads() asks it.
    end: str | None = None

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        permissions = [("moderate_comment", "Can moderate comments")]
        constraints = [
            # Threads nest when shown: uncapped depth is a denial of service.
            models.CheckConstraint(
                condition=models.Q(depth__range=(1, MAX_DEPTH)),
                name="comment_depth_capped",
            ),
            models.CheckConstraint(
                condition=models.Q(parent=None, root=None, depth=1)
                | models.Q(parent__isnull=False, root__isnull=False, depth__gt=1),
                name="comment_root_or_reply",
            ),
            # Two identical posts at once are one comment, whatever the timing.
            models.UniqueConstraint(
                fields=["digest"],
                condition=~models.Q(status="withdrawn"),
                name="comment_said_once",
            ),
        ]
        indexes = [
            # Each page of a discussion walks one of these, and stops when it is full.
            models.Index(
                fields=["article", "submitted_at", "id"],
                condition=models.Q(parent=None) & SHOWN,
                name="comment_shown_threads",
            ),
            models.Index(
                fields=["root", "path"],
                condition=NOT_UNPUBLISHED,
                name="comment_shown_replies",
            ),
            models.Index(
                fields=["article", "submitted_at", "id"],
                condition=NOT_UNPUBLISHED,
                name="comment_published",
            ),
            # What readers see of their own beside them.
            models.Index(
                fields=["commenter", "article"],
                condition=~PUBLISHED,
                name="comment_own_hidden",
            ),
            models.Index(
                fields=["parent"],
                condition=models.Q(parent__isnull=False),
                name="comment_answered",
            ),
            models.Index(fields=["commenter", "submitted_at"], name="comment_voice"),
            models.Index(fields=["address", "submitted_at"], name="comment_address"),
            models.Index(fields=["status", "submitted_at"], name="comment_queue"),
            models.Index(
                fields=["article", "-featured_at"],
                condition=models.Q(featured_at__isnull=False),
                name="comment_featured",
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"

    def get_absolute_url(self):
        return reverse("comments:comment", args=[self.pk])

    @property
    def is_published(self) -> bool:
        return self.status == self.Status.PUBLISHED

    @property
    def is_pending(self) -> bool:
        return self.status == self.Status.PENDING


class Revision(models.Model):
    """One text a comment had; the highest number is the one it has now."""

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField(_("number"))
    body = models.TextField(_("text"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        ordering = ["number"]
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "number"], name="revision_number_once"
            )
        ]

    def __str__(self):
        return f"#{self.comment_id} ({self.number})"
