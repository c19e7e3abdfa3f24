"""A piece."""

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField

from articles.models.subjects import Contributor, Section, Tag
from articles.querysets import ArticleQuerySet
from articles.rendering import BODY_EXTENSIONS


class Article(models.Model):
    """A piece. Its status and times change only through ``articles.publishing``."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    class Commenting(models.TextChoices):
        OPEN = "open", _("open")
        PREMODERATED = "premoderated", _("premoderated")
        CLOSED = "closed", _("closed")

    headline = models.CharField(_("headline"), max_length=200)
    slug = models.SlugField(_("slug"), max_length=200)
    standfirst = models.CharField(
        _("standfirst"),
        max_length=400,
        blank=True,
        help_text=_("One or two sentences under the headline, in lists and feeds."),
    )
    body = ProseEditorField(_("body"), extensions=BODY_EXTENSIONS, sanitize=True)
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
    status = models.CharField(
        _("status"),
        max_length=9,
        choices=Status,
        default=Status.DRAFT,
        editable=False,
    )
    published_at = models.DateTimeField(
        _("published at"), null=True, blank=True, editable=False
    )
    # The day in the address, in the newsroom's time zone.
    published_on = models.DateField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        permissions = [("publish_article", "Can publish articles")]
        constraints = [
            models.UniqueConstraint(
                fields=["published_on", "slug"],
                name="article_address_unique",
                violation_error_message=_(
                    "Another article of that day has this slug already."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(status="draft")
                | models.Q(published_at__isnull=False, published_on__isnull=False),
                name="article_published_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "-published_at"], name="article_newest_first"
            )
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
    def is_published(self) -> bool:
        return (
            self.status == self.Status.PUBLISHED
            and self.published_at is not None
            and self.published_at <= timezone.now()
        )

    @property
    def is_scheduled(self) -> bool:
        return self.status == self.Status.PUBLISHED and not self.is_published
