"""A piece."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField, create_sanitizer

from articles import pasted
from articles.models.images import Image
from articles.models.subjects import Contributor, Section, Tag
from articles.querysets import ArticleQuerySet
from articles.rendering import BODY_EXTENSIONS

if TYPE_CHECKING:
    from articles.models.corrections import Correction


class Article(models.Model):
    """A piece. Its status and times change only through ``articles.publishing``."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        REVIEW = "review", _("in review")
        PUBLISHED = "published", _("published")
        UNPUBLISHED = "unpublished", _("unpublished")

    class Commenting(models.TextChoices):
        OPEN = "open", _("open")
        PREMODERATED = "premoderated", _("premoderated")
        CLOSED = "closed", _("closed")
        HIDDEN = "hidden", _("hidden")

    headline = models.CharField(_("headline"), max_length=200)
    slug = models.SlugField(_("slug"), max_length=200)
    standfirst = models.CharField(
        _("standfirst"),
        max_length=400,
        blank=True,
        help_text=_("One or two sentences under the headline, in lists and feeds."),
    )
    body = ProseEditorField(
        _("body"),
        extensions=BODY_EXTENSIONS,
        sanitize=[pasted.tidied, create_sanitizer, pasted.untangled],  # last first
    )
    lead_image = models.ForeignKey(
        Image,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="articles",
        verbose_name=_("lead image"),
    )
    section = models.ForeignKey(
        Section,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="articles",
        verbose_name=_("section"),
    )
    tags = models.ManyToManyField(
        Tag, blank=True, related_name="articles", verbose_name=_("tags")
    )
    contributors = models.ManyToManyField(
        Contributor, through="Byline", related_name="articles"
    )
    source_publication = models.CharField(
        _("source publication"),
        max_length=100,
        blank=True,
        help_text=_("For a reprint: the paper that published it first."),
    )
    source_date = models.DateField(_("source date"), null=True, blank=True)
    canonical_url = models.URLField(
        _("canonical address"),
        max_length=500,
        blank=True,
        help_text=_("For a reprint: the original's address, where it has one."),
    )
    commenting = models.CharField(
        _("commenting"), max_length=12, choices=Commenting, default=Commenting.OPEN
    )
    comments_close_on = models.DateField(
        _("comments close on"),
        null=True,
        blank=True,
        help_text=_("From this day on nothing is added. Empty: the house’s rule."),
    )
    discussion_note = models.TextField(
        _("editors’ note"),
        max_length=1_000,
        blank=True,
        help_text=_("Stands on top of the discussion, as the newsroom’s own words."),
    )
    commenting_message = models.CharField(
        _("message to commenters"),
        max_length=300,
        blank=True,
        help_text=_("Stands over the form, or in its place where there is none."),
    )
    status = models.CharField(
        _("status"),
        max_length=11,
        choices=Status,
        default=Status.DRAFT,
        editable=False,
    )
    published_at = models.DateTimeField(
        _("published at"), null=True, blank=True, editable=False
    )
    # The day in the address, in the newsroom's time zone.
    published_on = models.DateField(null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(
        _("expires at"), null=True, blank=True, editable=False
    )
    # When readers were last given another text; every other save is nobody's news.
    revised_at = models.DateTimeField(
        _("revised at"), null=True, blank=True, editable=False
    )
    # The number of the latest revision: an edit of an older one is a conflict.
    version = models.PositiveIntegerField(default=1, editable=False)
    # Every preview link given out before the last change of this number is void.
    preview_round = models.PositiveIntegerField(default=0, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = ArticleQuerySet.as_manager()

    # Whether there are any; for_reading() sets it.
    has_corrections = True
    # The number of the edition it was read in, where that is known.
    edition: int | None = None

    class Meta:
        ordering = ["-published_at", "-pk"]
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        permissions = [
            ("publish_article", "Can publish articles"),
            ("move_article", "Can change the address of articles"),
            ("write_article", "Can write own drafts and send them to review"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["published_on", "slug"],
                name="article_address_unique",
                violation_error_message=_(
                    "Another article of that day has this slug already."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "review"])
                | models.Q(published_at__isnull=False, published_on__isnull=False),
                name="article_published_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at=None)
                | models.Q(expires_at__gt=models.F("published_at")),
                name="article_expires_after_it_appears",
            ),
        ]
        # All that ``published()`` asks, so that counting reads no article.
        indexes = [
            models.Index(
                fields=["status", "-published_at", "expires_at"],
                name="article_newest_first",
            ),
            models.Index(
                fields=["section", "status", "-published_at", "expires_at"],
                name="article_newest_of_section",
            ),
        ]

    def __str__(self):
        return self.headline

    def get_absolute_url(self):
        if self.published_on is None:
            return reverse("articles:draft", args=[self.pk])
        day = self.published_on
        return reverse(
            "articles:article",
            args=[f"{day:%Y}", f"{day:%m}", f"{day:%d}", self.slug],
        )

    @property
    def is_scheduled(self) -> bool:
        return self._is_released and not self._has_appeared

    @property
    def is_expired(self) -> bool:
        return (
            self._is_released
            and self.expires_at is not None
            and self.expires_at <= timezone.now()
        )

    @property
    def is_published(self) -> bool:
        """Whether readers see it at this moment: ``published()``, of one article."""
        return self._is_released and self._has_appeared and not self.is_expired

    @property
    def was_published(self) -> bool:
        """Whether readers have seen it and no longer do."""
        return (
            self.is_expired or self.status == self.Status.UNPUBLISHED
        ) and self._has_appeared

    @property
    def state(self) -> str:
        """The status and the clock together, in one word."""
        if self.is_scheduled:
            return str(_("scheduled"))
        return str(_("expired")) if self.is_expired else self.get_status_display()

    @cached_property
    def noted(self) -> list[Correction]:
        """Its corrections; no query where ``for_reading()`` saw that there are none."""
        return list(self.corrections.all()) if self.pk and self.has_corrections else []

    @property
    def has_discussion(self) -> bool:
        return self.commenting != self.Commenting.HIDDEN

    @property
    def comments_closed_at(self) -> datetime | None:
        """When its discussion closes by itself: its own day, or the house’s rule."""
        if self.comments_close_on:
            start = datetime.combine(self.comments_close_on, datetime.min.time())
            return timezone.make_aware(start)
        if settings.COMMENT_CLOSE_DAYS and self.published_at:
            return self.published_at + timedelta(days=settings.COMMENT_CLOSE_DAYS)
        return None

    @property
    def takes_comments(self) -> bool:
        """Whether its discussion is open at this moment, by rule and by clock."""
        closed_at = self.comments_closed_at
        return (
            self.is_published
            and self.commenting in {self.Commenting.OPEN, self.Commenting.PREMODERATED}
            and (closed_at is None or timezone.now() < closed_at)
        )

    @property
    def _is_released(self) -> bool:
        return self.status == self.Status.PUBLISHED

    @property
    def _has_appeared(self) -> bool:
        return self.published_at is not None and self.published_at <= timezone.now()
