"""Who has an article open in a form: told to others, and nobody is kept out.

Marks are kept in the cache and go by themselves; losing one, or all with the cache,
costs nothing, as no save can overwrite another (``articles.revisions``).
"""

from __future__ import annotations

from contextlib import suppress

from django.core.cache import cache
from django.utils import timezone

from accounts.caching import UNREACHABLE
from accounts.models import User
from articles.models import Article

SECONDS = 600


def enter(article: Article, *, by: User) -> list[str]:
    """Mark ``article`` as open at ``by``'s desk; the names of the others there."""
    present = _present(article)
    others = [name for pk, (name, _until) in present.items() if pk != by.pk]
    until = timezone.now().timestamp() + SECONDS
    _keep(article, present | {by.pk: (str(by), until)})
    return others


def leave(article: Article, *, by: User) -> None:
    present = _present(article)
    if present.pop(by.pk, None):
        _keep(article, present)


def _keep(article: Article, marks: dict[int, tuple[str, float]]) -> None:
    with suppress(*UNREACHABLE):
        cache.set(_key(article), marks, SECONDS)


def _present(article: Article) -> dict[int, tuple[str, float]]:
    now, marks = timezone.now().timestamp(), {}
    with suppress(*UNREACHABLE):
        marks = cache.get(_key(article), {})
    return {pk: mark for pk, mark in marks.items() if mark[1] > now}


def _key(article: Article) -> str:
    return f"articles.editing.{article.pk}"
