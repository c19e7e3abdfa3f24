"""Where articles stood before they moved."""

from django.db import models

from articles.models.article import Article


class FormerAddress(models.Model):
    """A day and a slug that readers may still have: they lead to the article."""

    article = models.ForeignKey(
        Article, models.CASCADE, related_name="former_addresses"
    )
    published_on = models.DateField()
    slug = models.SlugField(max_length=200)
    left_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["published_on", "slug"], name="former_address_unique"
            )
        ]

    def __str__(self):
        return f"{self.published_on:%Y/%m/%d}/{self.slug}"
