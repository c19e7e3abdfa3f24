"""Selections; each reads after “the comments”, “the flags” or “the sanctions”."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

if TYPE_CHECKING:
    from articles.models import Article
    from comments.models import Comment


class CommentQuerySet(models.QuerySet):
    model: type[Comment]  # type: ignore[assignment]

    def published(self) -> Self:
        return self.filter(status=self.model.Status.PUBLISHED)

    def visible_to(self, voices: Collection[int]) -> Self:
        """The published comments, and the reader's own while not published.

        ``voices`` are the keys of the Commenters that the reader's browser speaks as.
        """
        return self.filter(self._visible(voices))

    def of_article(self, article: Article) -> Self:
        return self.filter(article=article)

    def threads_shown_to(self, voices: Collection[int]) -> Self:
        """Top-level ones that are visible, or stand above something that is."""
        replies = self.model.objects.filter(root=OuterRef("pk")).filter(
            self._visible(voices)
        )
        return self.filter(parent=None).filter(self._visible(voices) | Exists(replies))

    def awaiting_moderation(self) -> Self:
        return self.filter(status=self.model.Status.PENDING)

    def flagged(self) -> Self:
        """The published ones with a flag that nobody has answered."""
        return self.published().filter(
            Exists(
                self.model._meta.get_field("flags").related_model.objects.filter(  # type: ignore[attr-defined]
                    comment=OuterRef("pk"), decision=None
                )
            )
        )

    def for_display(self) -> Self:
        """With everything that a page shows of a comment."""
        return self.select_related("commenter__user")

    def _visible(self, voices: Collection[int]) -> Q:
        status = self.model.Status
        visible = Q(status=status.PUBLISHED)
        if voices:
            visible |= Q(
                status__in=[status.PENDING, status.REJECTED], commenter__in=voices
            )
        return visible


class DiscussionQuerySet(models.QuerySet):
    def record_change(self, article_id: int, *, published: int = 0) -> None:
        """Move the article's counters: ``published`` more (or fewer), a new version."""
        self.get_or_create(article_id=article_id)
        self.filter(article_id=article_id).update(
            published_count=F("published_count") + published,
            version=F("version") + 1,
            last_activity_at=timezone.now(),
        )


class FlagQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(decision=None)


class SanctionQuerySet(models.QuerySet):
    def in_force(self) -> Self:
        now = timezone.now()
        return self.filter(lifted_at=None).filter(
            Q(ends_at=None) | Q(ends_at__gt=now), imposed_at__lte=now
        )


class AppendOnlyQuerySet(models.QuerySet):
    """Rows that are written once: the short ways round ``save`` are closed too."""

    def update(self, **kwargs):
        raise TypeError("Decisions are never edited: record a new one.")

    def delete(self):
        raise TypeError("Decisions are never deleted.")
