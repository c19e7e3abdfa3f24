"""Pages of a discussion, by keyset: a page costs what it shows.

A page is a run of threads from a cursor, which is a thread's key. A thread shows its
first COMMENT_REPLIES_PER_THREAD replies, the rest on a page of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest, QueryDict

from accounts import numbers
from articles.models import Article
from comments import runs, threads
from comments.models import Comment
from comments.threads import Node

REPLIES_PER_THREAD_PAGE = 200


@dataclass(frozen=True)
class Place:
    """Which part of a discussion a reader asked for; what is ill-formed is ignored."""

    is_newest_first: bool = False
    start: int | None = None  # the first thread of the page
    end: int | None = None  # or the thread after its last
    thread: int | None = None  # or one thread alone,
    after: int | None = None  # from after this reply of it

    @classmethod
    def from_request(cls, request: HttpRequest) -> Place:
        keys = {
            part: numbers.read_key(request.GET.get(name))
            for name, part in _PARTS.items()
        }
        return cls(is_newest_first=request.GET.get("order") == "newest", **keys)

    @property
    def first(self) -> Place:
        """The first page in the same order."""
        return Place(self.is_newest_first)

    @property
    def asked(self) -> dict[str, str]:
        """The address's query for this very place, part by part."""
        keys = {name: getattr(self, part) for name, part in _PARTS.items()}
        return self._order | {n: str(key) for n, key in keys.items() if key is not None}

    def query(self, **moved) -> str:
        """The address's query for a place in the same order: "?order=newest&from=7"."""
        query = QueryDict(mutable=True)
        query.update(self._order | {name: str(value) for name, value in moved.items()})
        return f"?{query.urlencode()}" if query else ""

    @property
    def _order(self) -> dict[str, str]:
        return {"order": "newest"} if self.is_newest_first else {}


# Which part of a place has which name in an address.
_PARTS = {"from": "start", "before": "end", "thread": "thread", "after": "after"}


@dataclass
class Page:
    threads: list[Node] = field(default_factory=list)
    # Queries of the pages before and after this one; None at the ends.
    previous: str | None = None
    next: str | None = None


def load(article: Article, place: Place, voices: Collection[int]) -> Page:
    """The page at ``place``, in three queries; six where the reader has own ones."""
    own = runs.own_hidden(article, voices)
    if place.thread:
        return _thread_page(article, place.thread, place, voices, own)
    return _threads_page(article, place, voices, own)


def place_of(
    comment: Comment, voices: Collection[int], edition: int | None = None
) -> str:
    """The query of a page, oldest first, on which ``comment`` stands.

    As of an ``edition`` it may begin with it where an earlier page would have room.
    """
    root, most = comment.root or comment, _per_page()
    if comment.root_id:
        own = runs.own_hidden(comment.article, voices)
        before = runs.replies_before(comment, own, most=REPLIES_PER_THREAD_PAGE)
        if len(before) >= REPLIES_PER_THREAD_PAGE:
            return Place().query(thread=root.pk, after=before[-1])
        if len(before) >= _per_thread():
            return Place().query(thread=root.pk)
    # Everybody's first: with so many of them, one's own hidden ones tell nothing new.
    is_past_first_page = runs.are_before(root, most, edition)
    if not is_past_first_page and voices:
        own = runs.own_hidden(comment.article, voices)
        is_past_first_page = runs.count_before(root, own, most=most) == most
    return Place().query(**{"from": root.pk}) if is_past_first_page else ""


def _threads_page(
    article: Article, place: Place, voices: Collection[int], own: list[Comment]
) -> Page:
    per_page = _per_page()
    cursor = place.start or place.end
    backwards = bool(place.end and not place.start)
    walk = runs.Walk(place.is_newest_first != backwards, with_it=not backwards)
    rows = runs.threads(article, own, walk, cursor, most=per_page + 1)
    if not rows and cursor and not runs.has_thread(article, cursor):
        return _threads_page(article, place.first, voices, own)
    run, extra = rows[:per_page], rows[per_page:]
    if backwards:
        run.reverse()
    page = Page(_with_replies(run, voices, own))
    if not run:
        return page
    if backwards:
        page.next = place.query(**{"from": place.end})
        if extra:
            page.previous = place.query(before=run[0].pk)
    else:
        if extra:
            page.next = place.query(**{"from": extra[0].pk})
        if place.start:
            page.previous = place.query(before=run[0].pk)
    return page


def _with_replies(
    roots: list[Comment], voices: Collection[int], own: list[Comment]
) -> list[Node]:
    if not roots:
        return []
    nodes = _nest([*roots, *runs.first_replies(roots, own)], voices)
    order = {root.pk: position for position, root in enumerate(roots)}
    nodes.sort(key=lambda node: order[node.comment.pk])
    for node, root in zip(nodes, roots, strict=True):
        node.hidden_replies = runs.replies_after_end(root, own)
    return nodes


def _thread_page(
    article: Article,
    thread: int,
    place: Place,
    voices: Collection[int],
    own: list[Comment],
) -> Page:
    root = runs.thread(article, own, thread)
    if root is None:
        return Page()
    after = place.after
    rows = runs.replies(root, own, after=after, most=REPLIES_PER_THREAD_PAGE + 1)
    if not rows and after and runs.path_of_reply(root, after) is None:
        return _thread_page(article, root.pk, place.first, voices, own)
    run, extra = rows[:REPLIES_PER_THREAD_PAGE], rows[REPLIES_PER_THREAD_PAGE:]
    page = Page(_nest([root, *run], voices))
    if extra:
        page.next = place.query(thread=root.pk, after=run[-1].pk)
    if after:
        page.previous = place.query(thread=root.pk)
    return page


def _nest(comments: list[Comment], voices: Collection[int]) -> list[Node]:
    """Nested, with the hidden comments fetched that visible ones stand beneath."""
    known = {comment.pk for comment in comments}
    missing = {pk for c in comments for pk in threads.ancestors(c)} - known
    if missing:
        comments = comments + runs.by_key(missing)
    comments.sort(key=lambda comment: comment.path)
    return threads.nest(comments, voices=voices, deepest=settings.COMMENT_DISPLAY_DEPTH)


def _per_page() -> int:
    return settings.COMMENT_THREADS_PER_PAGE


def _per_thread() -> int:
    return settings.COMMENT_REPLIES_PER_THREAD
