"""What anybody may find of the comments, outside of their discussion's own page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from articles import search
from articles.models import Article
from comments.models import Comment, Discussion
from comments.querysets import CommentQuerySet

MOST_FOUND = 200
MOST_DISCUSSED = 5
DISCUSSED_DAYS = 30


def public() -> CommentQuerySet:
    """The published comments of discussions that readers see, newest first."""
    return _newest_public(Comment.objects.published())


def public_under(article: Article) -> CommentQuerySet:
    """Those of one discussion."""
    return _newest_public(Comment.objects.of_article(article).not_unpublished())


def comments(query: str) -> list[int]:
    """The keys of the public comments with every term of ``query``, newest first."""
    terms = search.read(query)
    if not terms:
        return []
    found = public().filter(search.holding(terms, "body"))
    return list(found.values_list("pk", flat=True)[:MOST_FOUND])


def for_list(keys: Iterable[int]) -> CommentQuerySet:
    """Those of ``keys`` that are public, with all that a list of comments shows."""
    return public().filter(pk__in=keys).for_display().select_related("article")


def most_discussed() -> QuerySet[Discussion]:
    """The discussions with most comments among those of the last weeks."""
    since = timezone.now() - timedelta(days=DISCUSSED_DAYS)
    return (
        Discussion.objects.filter(
            _has_discussed_article(),
            published_count__gt=0,
            last_activity_at__gte=since,
        )
        .select_related("article")
        .defer("article__body")
        .order_by("-published_count", "-last_activity_at")[:MOST_DISCUSSED]
    )


def is_discussed(article: Article) -> bool:
    """Whether ``discussed_articles`` has it."""
    return article.is_published and article.has_discussion


def discussed_articles() -> QuerySet[Article]:
    """Those that readers see, with their comments."""
    return Article.objects.published().exclude(commenting=Article.Commenting.HIDDEN)


def _newest_public(comments: CommentQuerySet) -> CommentQuerySet:
    public = comments.filter(_has_discussed_article())
    return public.order_by("-submitted_at", "-pk")


def _has_discussed_article() -> Exists:
    """Asked row by row: there are fewer comments on a page than articles in all."""
    return Exists(discussed_articles().order_by().filter(pk=OuterRef("article")))
