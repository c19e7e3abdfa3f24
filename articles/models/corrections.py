"""What the paper got wrong, said so that readers find it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.article import Article
from articles.querysets import CorrectionQuerySet


class Correction(models.Model):
    """A dated note under an article; made by ``publishing.correct`` alone."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="corrections")
    text = models.TextField(_("text"), max_length=1_000)
    corrected_at = models.DateTimeField(_("corrected at"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-corrected_at", "-pk"]
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")

    def __str__(self):
        return self.text

    def get_absolute_url(self):
        return f"{self.article.get_absolute_url()}#correction-{self.pk}"
