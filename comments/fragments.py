"""Parts of pages that look the same to many, made once in a process.

They are kept under everything that they show, so none can ever be out of date.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from comments.threads import Node

MOST_KEPT = 4_000  # of about two kilobytes
_kept: dict[Hashable, SafeString] = {}


def kept(facts: Hashable, make: Callable[[], SafeString]) -> SafeString:
    found = _kept.get(facts)
    if found is None:
        found = make()
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[facts] = found
    return found


def facts_of(node: Node, address: str) -> Hashable:
    """All that a page at ``address`` shows of a comment in its place.

    Not of one that its own commenter alone is told of.
    """
    comment, voice = node.comment, node.comment.commenter
    return (
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
        node.may_flag,
        address,
        get_language(),
    )
