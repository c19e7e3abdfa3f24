"""Who is credited for what."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.article import Article
from articles.models.subjects import Contributor
from articles.querysets import BylineManager


class Byline(models.Model):
    """One credit on one article; their order is the order of the names."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="bylines")
    contributor = models.ForeignKey(
        Contributor,
        models.PROTECT,
        related_name="bylines",
        verbose_name=_("contributor"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = BylineManager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("byline")
        verbose_name_plural = _("bylines")
        constraints = [
            models.UniqueConstraint(
                fields=["article", "contributor"], name="byline_once_per_article"
            )
        ]

    def __str__(self):
        return str(self.contributor)
