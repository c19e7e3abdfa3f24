"""Parts of pages that look the same to many, made once in a process.

They are kept under everything that they show, so none can ever be out of date.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from django.utils.translation import get_language

from comments.threads import Node

MOST_KEPT = 6_000  # of about one and a half kilobytes
_kept: dict[Hashable, Any] = {}


def kept[T](facts: Hashable, make: Callable[[], T]) -> T:
    """What ``make`` gives of these facts; it is shared, so nobody may change it."""
    facts = get_language(), facts
    found = _kept.get(facts)
    if found is None:
        found = make()
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[facts] = found
    return found


def clear() -> None:
    """As in a process that has made nothing yet."""
    _kept.clear()


def is_for_many(node: Node) -> bool:
    """Not what its commenter alone is told of: that it waits, or was rejected."""
    return node.is_tombstone or node.comment.is_published


def facts_of(node: Node) -> tuple[Hashable, ...]:
    """All that a page shows of what ``is_for_many``, but for the page's own address."""
    comment, voice = node.comment, node.comment.commenter
    place = node.level, node.is_own, node.is_tombstone, node.hidden_replies
    if node.is_tombstone:
        return comment.pk, comment.status, *place
    return (
        *place,
        comment.pk,
        comment.body_html,
        comment.status,
        comment.submitted_at,
        comment.edited_at,
        comment.featured_at,
        voice.pk,
        voice.display_name,
        voice.display_website,
        voice.picture_url,
        voice.is_staff,
        node.may_reply,
        node.may_edit,
        node.may_withdraw,
        node.may_flag,
    )
