"""Selections of articles and of their subjects; each reads after “the articles”."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

if TYPE_CHECKING:
    from articles.models import Article


def _published(path: str = "") -> Q:
    """Status and clock both: what is still to appear or has expired is not public."""
    now = timezone.now()
    is_lasting = Q(**{f"{path}expires_at": None}) | Q(**{f"{path}expires_at__gt": now})
    return is_lasting & Q(
        **{f"{path}status": "published", f"{path}published_at__lte": now}
    )


# Of an article: what few have all of.
PARTS = ("bylines", "corrections", "tags")


class ArticleQuerySet(models.QuerySet):
    def published(self) -> Self:
        """Those that readers see now: THE selection of every list, feed and search."""
        return self.filter(_published())

    def scheduled(self) -> Self:
        """Those whose time is still to come."""
        return self.filter(status="published", published_at__gt=timezone.now())

    def expired(self) -> Self:
        """Those whose time is over."""
        return self.filter(status="published", expires_at__lte=timezone.now())

    def newest_first(self) -> Self:
        return self.order_by("-published_at", "-pk")

    def for_cards(self) -> Self:
        """With everything that a list shows of an article."""
        return self.select_related("section", "lead_image").prefetch_related(
            "bylines", "lead_image__renditions"
        )

    def for_reading(self) -> Self:
        """With everything that an article's own page shows of it."""
        return (
            self.for_cards()
            .prefetch_related("tags")
            .annotate(has_corrections=self._has("corrections"))
        )

    def read(self) -> Article | None:
        """The first, as ``for_reading()`` has it, without a query for what it lacks."""
        has = {f"has_{part}": self._has(part) for part in PARTS}
        found = self.select_related("section", "lead_image").annotate(**has).first()
        if found is not None:
            _know_parts(found)
        return found

    def _has(self, part: str) -> Exists:
        related: Any = self.model._meta.get_field(part)
        through = related.many_to_many and related.remote_field.through
        rows = through or related.related_model
        return Exists(rows._default_manager.filter(article=OuterRef("pk")))


class CorrectionQuerySet(models.QuerySet):
    def published(self) -> Self:
        """Those under articles that readers see now."""
        return self.filter(_published("article__"))


class ImageQuerySet(models.QuerySet):
    def for_library(self) -> Self:
        """With everything that the library shows of an image."""
        return self.select_related("uploaded_by").prefetch_related(
            "renditions", "articles"
        )


class SubjectQuerySet(models.QuerySet):
    """What articles can be found under: sections, tags and contributors."""

    def in_use(self) -> Self:
        """Those under which readers find anything."""
        return self.filter(_published("articles__")).distinct()


class BylineManager(models.Manager):
    """A credit never comes without its name."""

    def get_queryset(self):
        return super().get_queryset().select_related("contributor")


def _know_parts(article: Article) -> None:
    wanted = [part for part in PARTS if getattr(article, f"has_{part}")]
    if article.lead_image_id:
        wanted.append("lead_image__renditions")
    models.prefetch_related_objects([article], *wanted)
    known = article.__dict__.setdefault("_prefetched_objects_cache", {})
    for part in set(PARTS).difference(wanted):
        known[part] = getattr(article, part).none()
