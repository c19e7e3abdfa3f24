"""Pages of a discussion, by keyset: a page costs what it shows.

A page is a run of threads from a cursor, which is a thread's key. A thread shows its
first COMMENT_REPLIES_PER_THREAD replies, the rest on a page of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, QueryDict

from articles.models import Article
from comments import threads
from comments.models import Comment
from comments.threads import Node

REPLIES_PER_THREAD_PAGE = 200
MOST_DIGITS = 18  # of a key that every database can compare


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
        def key(name):
            return read_key(request.GET.get(name, ""))

        return cls(
            is_newest_first=request.GET.get("order") == "newest",
            start=key("from"),
            end=key("before"),
            thread=key("thread"),
            after=key("after"),
        )

    def query(self, **moved) -> str:
        """The address's query for a place in the same order: "?order=newest&from=7"."""
        query = QueryDict(mutable=True)
        if self.is_newest_first:
            query["order"] = "newest"
        query.update({name: str(value) for name, value in moved.items()})
        return f"?{query.urlencode()}" if query else ""


@dataclass
class Page:
    threads: list[Node] = field(default_factory=list)
    # Queries of the pages before and after this one; None at the ends.
    previous: str | None = None
    next: str | None = None


def load(article: Article, place: Place, voices: Collection[int]) -> Page:
    """The page at ``place``, in at most four queries."""
    if place.thread:
        return _thread_page(article, place.thread, place, voices)
    return _threads_page(article, place, voices)


def place_of(comment: Comment, voices: Collection[int]) -> str:
    """The query of the page, oldest first, on which ``comment`` stands."""
    root = comment.root or comment
    if comment.root_id and _replies_up_to(comment, voices) > _per_thread():
        return Place().query(thread=root.pk)
    shown = Comment.objects.filter(article=comment.article).threads_shown_to(voices)
    earlier = shown.filter(_beyond(root, reverse=True))[: _per_page()].count()
    return "" if earlier < _per_page() else Place().query(**{"from": root.pk})


def _threads_page(article: Article, place: Place, voices: Collection[int]) -> Page:
    per_page = _per_page()
    roots, backwards = _roots(article, place, voices)
    rows = list(roots[: per_page + 1])
    run, extra = rows[:per_page], rows[per_page:]
    if backwards:
        run.reverse()
    page = Page(_with_replies(run, voices))
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


def _roots(
    article: Article, place: Place, voices: Collection[int]
) -> tuple[QuerySet[Comment], bool]:
    """The threads from the cursor on, and whether they are read backwards."""
    roots = (
        Comment.objects.filter(article=article).threads_shown_to(voices).for_display()
    )
    backwards = bool(place.end and not place.start)
    cursor = _thread(article, place.start or place.end)
    descending = place.is_newest_first != backwards
    order = ("-submitted_at", "-pk") if descending else ("submitted_at", "pk")
    if cursor is None:
        return roots.order_by(*order), False
    beyond = _beyond(cursor, reverse=descending)
    if not backwards:
        beyond |= Q(pk=cursor.pk)
    return roots.filter(beyond).order_by(*order), backwards


def _thread(article: Article, pk: int | None) -> Comment | None:
    if pk is None:
        return None
    return Comment.objects.filter(article=article, parent=None, pk=pk).first()


def _beyond(cursor: Comment, *, reverse: bool) -> Q:
    """Later than ``cursor``; ``reverse``: earlier."""
    step = "lt" if reverse else "gt"
    return Q(**{f"submitted_at__{step}": cursor.submitted_at}) | Q(
        **{"submitted_at": cursor.submitted_at, f"pk__{step}": cursor.pk}
    )


def _with_replies(roots: list[Comment], voices: Collection[int]) -> list[Node]:
    if not roots:
        return []
    replies = list(
        Comment.objects.filter(root__in=[root.pk for root in roots])
        .visible_to(voices)
        .annotate(
            number=Window(
                RowNumber(), partition_by=F("root_id"), order_by=F("path").asc()
            ),
            thread_size=Window(Count("pk"), partition_by=F("root_id")),
        )
        .filter(number__lte=_per_thread())
        .for_display()
    )
    nodes = _nest([*roots, *replies], voices)
    sizes = {reply.root_id: reply.thread_size for reply in replies}
    for node in nodes:
        size = sizes.get(node.comment.pk, 0)
        node.hidden_replies = max(0, size - _per_thread())
    order = {root.pk: position for position, root in enumerate(roots)}
    return sorted(nodes, key=lambda node: order[node.comment.pk])


def _thread_page(
    article: Article, thread: int, place: Place, voices: Collection[int]
) -> Page:
    root = (
        Comment.objects.filter(article=article, parent=None, pk=thread)
        .threads_shown_to(voices)
        .for_display()
        .first()
    )
    if root is None:
        return Page()
    replies = Comment.objects.filter(root=root).visible_to(voices).order_by("path")
    last = place.after and replies.filter(pk=place.after).first()
    if last:
        replies = replies.filter(path__gt=last.path)
    rows = list(replies.for_display()[: REPLIES_PER_THREAD_PAGE + 1])
    run, extra = rows[:REPLIES_PER_THREAD_PAGE], rows[REPLIES_PER_THREAD_PAGE:]
    page = Page(_nest([root, *run], voices))
    if extra:
        page.next = place.query(thread=root.pk, after=run[-1].pk)
    if last:
        page.previous = place.query(thread=root.pk)
    return page


def _nest(comments: list[Comment], voices: Collection[int]) -> list[Node]:
    """Nested, with the hidden comments fetched that visible ones stand beneath."""
    known = {comment.pk for comment in comments}
    missing = {pk for c in comments for pk in threads.ancestors(c)} - known
    if missing:
        comments = comments + list(Comment.objects.filter(pk__in=missing).for_display())
    comments.sort(key=lambda comment: comment.path)
    return threads.nest(comments, voices=voices, deepest=settings.COMMENT_DISPLAY_DEPTH)


def _replies_up_to(comment: Comment, voices: Collection[int]) -> int:
    thread = Comment.objects.filter(root=comment.root_id).visible_to(voices)
    return thread.filter(path__lte=comment.path)[: _per_thread() + 1].count()


def _per_page() -> int:
    return settings.COMMENT_THREADS_PER_PAGE


def _per_thread() -> int:
    return settings.COMMENT_REPLIES_PER_THREAD


def read_key(value: str) -> int | None:
    """A row's key from an address; None for anything that cannot be one."""
    if value.isascii() and value.isdecimal() and len(value) <= MOST_DIGITS:
        return int(value)
    return None
