"""All of an article's threads, as the one row the read path needs."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from comments.querysets import DiscussionQuerySet


class Discussion(models.Model):
    """What a page says about an article's comments before it reads any of them."""

    article = models.OneToOneField(
        Article, models.PROTECT, primary_key=True, related_name="discussion"
    )
    published_count = models.PositiveIntegerField(_("published comments"), default=0)
    # Moves with every visible change, so that a cached page can be known stale.
    version = models.PositiveBigIntegerField(_("version"), default=0)
    last_activity_at = models.DateTimeField(_("last activity at"), null=True)

    objects = DiscussionQuerySet.as_manager()

    class Meta:
        verbose_name = _("discussion")
        verbose_name_plural = _("discussions")

    def __str__(self):
        return str(self.article)
