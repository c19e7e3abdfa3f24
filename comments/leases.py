"""Who is reading which comment at the moment: a mark for the others, never a lock.

Marks are kept in the cache and go by themselves; losing one, or all with the cache,
costs nothing, as every decision names the version it saw.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from django.core.cache import cache

from accounts.caching import UNREACHABLE
from accounts.models import User

SECONDS = 60


def take(comment_pk: int, *, by: User) -> None:
    """Mark the comment as being read; whoever came first keeps the mark."""
    mark = {"by": by.pk, "name": by.get_full_name()}
    with suppress(*UNREACHABLE):
        held = cache.get_or_set(_key(comment_pk), mark, SECONDS)
        if held and held["by"] == by.pk:
            cache.touch(_key(comment_pk), SECONDS)


def release(comment_pk: int, *, by: User) -> None:
    with suppress(*UNREACHABLE):
        held = cache.get(_key(comment_pk))
        if held and held["by"] == by.pk:
            cache.delete(_key(comment_pk))


def readers(comment_pks: Collection[int], *, but: User) -> dict[int, str]:
    """By comment, the name of the other moderator who is reading it."""
    keys, held = {_key(pk): pk for pk in comment_pks}, {}
    with suppress(*UNREACHABLE):
        held = cache.get_many(keys)
    return {
        keys[key]: mark["name"] for key, mark in held.items() if mark["by"] != but.pk
    }


def _key(comment_pk: int) -> str:
    return f"comments.reading.{comment_pk}"
