"""The rows that a page of a discussion reads: runs of threads and of replies.

What everybody sees is walked along an index from a cursor until the page is full. A
reader's own hidden comments are few: they are read apart, and put in their places.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from django.conf import settings
from django.db.models import Case, OuterRef, Q, Subquery, When

from accounts.prepared import Select, Slot, one_of, padded
from articles import editions
from articles.models import Article
from comments.models import Comment
from comments.querysets import NOT_UNPUBLISHED, SHOWN, CommentQuerySet, beyond

MOST_OWN = 100  # of the reader's own hidden comments on one article, the newest
NOTHING = 0  # no row's key
OLDEST_FIRST, NEWEST_FIRST = ("submitted_at", "pk"), ("-submitted_at", "-pk")


def own_hidden(article: Article, voices: Collection[int]) -> list[Comment]:
    """Of the reader's own, what waits or was rejected; nobody else sees it."""
    theirs = padded(voices, NOTHING)
    return _OWN_HIDDEN.all(len(theirs), voices=theirs, article=article.pk)


_OWN_HIDDEN = Select(
    Comment,
    lambda voices: (
        Comment.objects.filter(one_of("commenter__pk", "voices", voices))
        .filter(article=Slot("article"))
        .hidden()
        .for_display()
        .order_by("-pk")[:MOST_OWN]
    ),
)


class Walk(NamedTuple):
    """Along a discussion's threads: which way, and whether with the cursor's own."""

    is_descending: bool
    with_it: bool = False

    def of(self, threads: CommentQuerySet, *, has_cursor: bool) -> CommentQuerySet:
        if has_cursor:
            threads = threads.filter(
                _beyond(is_earlier=self.is_descending, with_it=self.with_it)
            )
        return threads.order_by(*(NEWEST_FIRST if self.is_descending else OLDEST_FIRST))


def threads(
    article: Article,
    own: list[Comment],
    walk: Walk,
    cursor: int | None,
    *,
    most: int,
) -> list[Comment]:
    """The first ``most`` threads of a walk, each with the ``end`` of its replies.

    That is the path of the last reply that the page shows; None where all are shown.
    The cursor is the key of any thread of the article, shown or not; from what is none
    nothing is found.
    """
    shape = walk, cursor is not None, settings.COMMENT_REPLIES_PER_THREAD, most
    found = [
        thread
        for tops, told in _told(article.pk, own, cursor)
        for thread in _THREADS.all(tops, *shape, **told)
    ]
    found.sort(key=_place, reverse=walk.is_descending)
    return found[:most]


_THREADS = Select(
    Comment,
    lambda tops, walk, has_cursor, per_thread, most: _with_end(
        walk.of(_shown_threads(tops), has_cursor=has_cursor), per_thread
    ).for_display()[:most],
)


def count_before(thread: Comment, own: list[Comment], *, most: int) -> int:
    """How many threads there are before one: ``most`` for that many or more."""
    found = (
        len(_BEFORE.rows(tops, most, **told))
        for tops, told in _told(thread.article_id, own, thread.pk)
    )
    return min(most, sum(found))


_BEFORE = Select(
    Comment,
    lambda tops, most: (
        Walk(is_descending=True)
        .of(_shown_threads(tops), has_cursor=True)
        .values_list("pk")[:most]
    ),
)


def are_before(root: Comment, count: int, edition: int | None = None) -> bool:
    """Whether everybody sees so many threads or more before this one.

    As of an ``edition``, what was found once for an article is taken for true of all
    later threads: should some be taken back since, there may be fewer by now.
    """
    last_of_them = editions.kept(
        edition,
        ("threads", root.article_id, count),
        lambda: _NTH_BEFORE.row(count, article=root.article_id, key=root.pk),
    )
    return last_of_them is not None and last_of_them < _place(root)


_NTH_BEFORE = Select(
    Comment,
    lambda count: (
        _shown_threads()
        .filter(_beyond(is_earlier=True))
        .order_by(*OLDEST_FIRST)
        .values_list("submitted_at", "pk")[count - 1 : count]
    ),
)


def has_thread(article: Article, pk: int) -> bool:
    """Whether there is such a thread, shown or not."""
    return _CURSOR.row(article=article.pk, key=pk) is not None


def thread(article: Article, own: list[Comment], pk: int) -> Comment | None:
    is_own = pk in _tops(own)
    return _THREAD.first(is_own, article=article.pk, key=pk)


_THREAD = Select(
    Comment,
    lambda is_own: (
        (_threads() if is_own else _shown_threads())
        .filter(pk=Slot("key"))
        .for_display()
    ),
)


def first_replies(roots: list[Comment], own: list[Comment]) -> list[Comment]:
    """The replies that a page of these threads shows: each thread's to its end."""
    ends = {root.pk: root.end for root in roots}
    whole = padded((key for key, end in ends.items() if end is None), NOTHING)
    cut = padded(((key, end) for key, end in ends.items() if end), (NOTHING, ""))
    found = _FIRST_REPLIES.all(
        len(whole),
        len(cut),
        whole=whole,
        cut=[key for key, _end in cut],
        ends=[end for _key, end in cut],
    )
    return found + [
        reply
        for reply in own
        if reply.root_id in ends and not _is_after(reply, ends[reply.root_id])
    ]


def _first_replies(whole: int, cut: int) -> CommentQuerySet:
    # Each of these says “published”: SQLite looks for an index for each alone.
    within = NOT_UNPUBLISHED & one_of("root__pk", "whole", whole)
    for place in range(cut):
        within |= NOT_UNPUBLISHED & Q(
            root=Slot("cut", place), path__lte=Slot("ends", place)
        )
    return Comment.objects.filter(within).for_display()


_FIRST_REPLIES = Select(Comment, _first_replies)


def replies(
    root: Comment, own: list[Comment], *, after: int | None, most: int
) -> list[Comment]:
    """The first ``most`` replies of a thread; or those after one of them, by its key.

    After what is none of them nothing is found.
    """
    found = _REPLIES.all(after is not None, most, root=root.pk, after=after)
    mine = [c for c in own if c.root_id == root.pk]
    if mine and after is not None:
        path = path_of_reply(root, after)
        mine = [c for c in mine if path is not None and c.path > path]
    return sorted(found + mine, key=lambda reply: reply.path)[:most]


def _replies(has_after: bool, most: int) -> CommentQuerySet:
    found = Comment.objects.not_unpublished().filter(root=Slot("root"))
    if has_after:
        found = found.filter(path__gt=Subquery(_reply().values("path")))
    return found.for_display().order_by("path")[:most]


_REPLIES = Select(Comment, _replies)


def path_of_reply(root: Comment, pk: int) -> str | None:
    """Where a reply stands in its thread, shown or not; None for what is none of it."""
    (path,) = _PATH.row(root=root.pk, after=pk) or (None,)
    return path


def _reply() -> CommentQuerySet:
    return Comment.objects.filter(root=Slot("root"), pk=Slot("after"))


_PATH = Select(Comment, lambda: _reply().values_list("path"))


def replies_before(comment: Comment, own: list[Comment], *, most: int) -> list[int]:
    """The keys of the last ``most`` replies before this one in its thread."""
    found = _REPLIES_BEFORE.rows(most, root=comment.root_id, path=comment.path)
    found += [
        (c.path, c.pk)
        for c in own
        if c.root_id == comment.root_id and c.path < comment.path
    ]
    return [pk for _path, pk in sorted(found)][-most:]


_REPLIES_BEFORE = Select(
    Comment,
    lambda most: (
        Comment.objects.not_unpublished()
        .filter(root=Slot("root"), path__lt=Slot("path"))
        .order_by("-path")
        .values_list("path", "pk")[:most]
    ),
)


def replies_after_end(root: Comment, own: Iterable[Comment]) -> int:
    """How many replies of a thread wait behind its link."""
    if root.end is None:
        return 0
    hidden = sum(c.root_id == root.pk and _is_after(c, root.end) for c in own)
    return root.reply_count - settings.COMMENT_REPLIES_PER_THREAD + hidden


def by_key(keys: Collection[int]) -> list[Comment]:
    """Those of these keys, in no order."""
    found = padded(keys, NOTHING)
    return _BY_KEY.all(len(found), keys=found)


_BY_KEY = Select(
    Comment,
    lambda count: Comment.objects.filter(one_of("pk", "keys", count)).for_display(),
)


def _told(
    article: int, own: list[Comment], cursor: int | None
) -> Iterator[tuple[int, dict]]:
    """What is to be asked for threads: everybody's, and those that the reader's own add
    to them, if they do; how many of ``_shown_threads``, and the statement's values."""
    told: dict = {"article": article, "key": cursor}
    yield 0, told
    if tops := padded(_tops(own), NOTHING):
        yield len(tops), told | {"tops": tops}


def _threads() -> CommentQuerySet:
    return Comment.objects.filter(article=Slot("article")).threads()


def _cursor() -> CommentQuerySet:
    return _threads().filter(pk=Slot("key"))


_CURSOR = Select(Comment, lambda: _cursor().values_list("pk"))


def _shown_threads(tops: int = 0) -> CommentQuerySet:
    """What everybody sees; or of so many ``tops``, what not everybody does."""
    if not tops:
        return _threads().filter(SHOWN)
    return _threads().exclude(SHOWN).filter(one_of("pk", "tops", tops))


def _beyond(*, is_earlier: bool, with_it: bool = False) -> Q:
    """Than the thread with the key that is told: its time is looked up on the way."""
    moment = Subquery(_cursor().values("submitted_at"))
    return beyond(moment, Slot("key"), is_earlier=is_earlier, with_it=with_it)


def _place(thread: Comment) -> tuple:
    return thread.submitted_at, thread.pk


def _tops(own: list[Comment]) -> set[int]:
    return {comment.root_id or comment.pk for comment in own}


def _with_end(threads: CommentQuerySet, most: int) -> CommentQuerySet:
    """Asked of long threads alone, and answered by as many rows as are shown of one."""
    replies = (
        Comment.objects.not_unpublished().filter(root=OuterRef("pk")).order_by("path")
    )
    end = Subquery(replies.values("path")[most - 1 : most])
    return threads.annotate(end=Case(When(reply_count__gt=most, then=end)))


def _is_after(reply: Comment, end: str | None) -> bool:
    return end is not None and reply.path > end
