"""Flat rows to a nested discussion. Pure: no queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from comments.models import Comment


@dataclass
class Node:
    """A comment in its place. ``level`` is the depth it is shown at, from 1."""

    comment: Comment
    level: int
    is_tombstone: bool
    is_own: bool
    replies: list[Node] = field(default_factory=list)
    # Of a thread cut short: how many replies wait behind its link.
    hidden_replies: int = 0
    # What this reader may do with it.
    may_reply: bool = False
    may_edit: bool = False
    may_withdraw: bool = False
    may_flag: bool = False

    def walk(self) -> Iterator[Node]:
        """This one and all beneath it, from top to bottom."""
        yield self
        for reply in self.replies:
            yield from reply.walk()


def nest(
    comments: Iterable[Comment], *, voices: Collection[int] = (), deepest: int
) -> list[Node]:
    """The threads of ``comments``, which come ordered so that parents precede replies.

    Comments that these voices may not see are tombstones where something visible
    stands beneath them, and absent elsewhere. A comment deeper than ``deepest`` levels
    is shown at that level, after the one it answers. A reply whose ancestors are not
    among ``comments`` opens a thread.
    """
    comments = list(comments)
    shown = {c.pk for c in comments if _is_visible(c, voices)}
    above = {pk for c in comments if c.pk in shown for pk in ancestors(c)}
    threads: list[Node] = []
    nodes: dict[int, Node] = {}
    for comment in comments:
        if comment.pk not in shown and comment.pk not in above:
            continue
        parent = _nearest(comment, nodes, deepest)
        node = Node(
            comment,
            level=parent.level + 1 if parent else 1,
            is_tombstone=comment.pk not in shown,
            is_own=comment.commenter_id in voices,
        )
        nodes[comment.pk] = node
        (parent.replies if parent else threads).append(node)
    return threads


def ancestors(comment: Comment) -> list[int]:
    """The keys of all comments above this one, the root first: read off its path."""
    path = comment.path
    return [int(path[i : i + 8], 16) for i in range(0, len(path) - 8, 8)]


def _nearest(comment: Comment, nodes: dict[int, Node], deepest: int) -> Node | None:
    """The closest ancestor that may still have something shown beneath it."""
    for pk in reversed(ancestors(comment)):
        node = nodes.get(pk)
        if node and node.level < deepest:
            return node
    return None


def _is_visible(comment: Comment, voices: Collection[int]) -> bool:
    return comment.is_published or (
        comment.commenter_id in voices and comment.status != Comment.Status.WITHDRAWN
    )
