"""What an article said at each of its saves, and what is typed but not saved."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.article import Article


class ArticleRevision(models.Model):
    """The words of one article after one save; written once, never changed."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField(_("number"))
    headline = models.CharField(_("headline"), max_length=200)
    standfirst = models.CharField(_("standfirst"), max_length=400, blank=True)
    body = models.TextField(_("body"), blank=True)
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("editor"),
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["article", "number"], name="article_revision_number_unique"
            )
        ]

    def __str__(self):
        return f"{self.article_id} · {self.number}"


class Autosave(models.Model):
    """What one editor has typed into one article's form and not saved: never shown."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="autosaves")
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+"
    )
    # The version of the article that the typing started from.
    version = models.PositiveIntegerField()
    headline = models.CharField(max_length=200, blank=True)
    standfirst = models.CharField(max_length=400, blank=True)
    body = models.TextField(blank=True)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["article", "editor"], name="autosave_one_per_editor"
            )
        ]

    def __str__(self):
        return f"{self.article_id} · {self.editor_id}"
