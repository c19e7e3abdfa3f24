"""What to read after an article: the ones before and after it, and its like."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet

from articles.models import Article

LOOKED_AT = 6  # of the same section, and with a tag in common: two may be neighbours
MOST_RELATED = 4
SHOWN = ("headline", "slug", "published_on", "published_at", "section_id")


@dataclass(frozen=True)
class Neighbours:
    previous: Article | None = None
    next: Article | None = None
    related: list[Article] = field(default_factory=list)


def of(article: Article) -> Neighbours:
    """Of an ``article`` that was read with ``for_reading()``, in one query."""
    if not article.is_published:
        return Neighbours()
    tags = [tag.pk for tag in article.tags.all()]
    shared = Article.tags.through.objects.filter(article=OuterRef("pk"), tag__in=tags)
    others = Article.objects.published().exclude(pk=article.pk).newest_first()
    wanted = [others.filter(_before(article)), others.filter(_after(article)).reverse()]
    found = _first(wanted[0], 1) | _first(wanted[1], 1)
    if article.section_id:
        found |= _first(others.filter(section=article.section_id), LOOKED_AT)
    if tags:
        found |= _first(others.filter(Exists(shared)), LOOKED_AT)
    rows = others.filter(found).annotate(shares_tag=Exists(shared)).only(*SHOWN)
    return _sorted(article, list(rows))


def _sorted(article: Article, newest_first: list[Article]) -> Neighbours:
    here = (article.published_at, article.pk)
    older = [row for row in newest_first if (row.published_at, row.pk) < here]
    newer = [row for row in newest_first if (row.published_at, row.pk) > here]
    previous, following = older[:1], newer[-1:]
    related = [
        row
        for row in newest_first
        if row not in previous + following
        and (_shares_tag(row) or row.section_id == article.section_id)
    ]
    related.sort(key=_shares_tag, reverse=True)
    return Neighbours(
        next(iter(previous), None), next(iter(following), None), related[:MOST_RELATED]
    )


def _shares_tag(row: Article) -> bool:
    return row.shares_tag  # type: ignore[attr-defined]


def _first(articles: QuerySet[Article], count: int) -> Q:
    return Q(pk__in=articles[:count].values("pk"))


def _before(article: Article) -> Q:
    return Q(published_at__lt=article.published_at) | Q(
        published_at=article.published_at, pk__lt=article.pk
    )


def _after(article: Article) -> Q:
    return Q(published_at__gt=article.published_at) | Q(
        published_at=article.published_at, pk__gt=article.pk
    )
