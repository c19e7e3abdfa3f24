"""The rows that a page of a discussion reads: runs of threads and of replies.

What everybody sees is walked along an index from a cursor until the page is full. A
reader's own hidden comments are few: they are read apart, and put in their places.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.conf import settings
from django.db.models import Case, OuterRef, Q, Subquery, When

from accounts.prepared import Select, Slot
from articles import editions
from articles.models import Article
from comments.models import Comment
from comments.querysets import NOT_UNPUBLISHED, SHOWN, CommentQuerySet, before

MOST_OWN = 100  # of the reader's own hidden comments on one article, the newest


def own_hidden(article: Article, voices: Collection[int]) -> list[Comment]:
    """Of the reader's own, what waits or was rejected; nobody else sees it."""
    if not voices:
        return []
    own = Comment.objects.of_article(article).own_hidden(voices)
    return list(own.for_display().order_by("-pk")[:MOST_OWN])


def threads(
    article: Article, own: list[Comment], cursor: Q, *, is_descending: bool, most: int
) -> list[Comment]:
    """The first ``most`` threads at ``cursor``, each with the ``end`` of its replies.

    That is the path of the last reply that the page shows; None where all are shown.
    """
    order = ("-submitted_at", "-pk") if is_descending else ("submitted_at", "pk")
    found = [
        thread
        for rows in _shown_threads(article, own)
        for thread in _with_end(rows.filter(cursor))
        .for_display()
        .order_by(*order)[:most]
    ]
    found.sort(key=lambda root: (root.submitted_at, root.pk), reverse=is_descending)
    return found[:most]


def count_threads(article: Article, own: list[Comment], cursor: Q, *, most: int) -> int:
    """How many threads there are at ``cursor``: ``most`` for that many or more."""
    found = (rows.filter(cursor) for rows in _shown_threads(article, own))
    counted = (rows.order_by("submitted_at", "pk")[:most] for rows in found)
    return min(most, sum(rows.count() for rows in counted))


def are_before(root: Comment, count: int, edition: int | None = None) -> bool:
    """Whether everybody sees so many threads or more before this one.

    As of an ``edition``, what was found once for an article is taken for true of all
    later threads: should some be taken back since, there may be fewer by now.
    """
    last_of_them = editions.kept(
        edition,
        ("threads", root.article_id, count),
        lambda: _NTH_BEFORE.row(
            count, article=root.article_id, submitted_at=root.submitted_at, pk=root.pk
        ),
    )
    return last_of_them is not None and last_of_them < (root.submitted_at, root.pk)


_NTH_BEFORE = Select(
    Comment,
    lambda count: (
        Comment.objects.filter(article=Slot("article"))
        .shown_threads()
        .filter(before(Slot("submitted_at"), Slot("pk")))
        .order_by("submitted_at", "pk")
        .values_list("submitted_at", "pk")[count - 1 : count]
    ),
)


def thread(article: Article, own: list[Comment], pk: int) -> Comment | None:
    shown = SHOWN | Q(pk__in=_tops(own))
    threads = Comment.objects.of_article(article).threads().for_display()
    return threads.filter(shown, pk=pk).first()


def first_replies(roots: list[Comment], own: list[Comment]) -> list[Comment]:
    """The replies that a page of these threads shows: each thread's to its end."""
    ends = {root.pk: root.end for root in roots}
    # Each of these says “published”: SQLite looks for an index for each alone.
    within = NOT_UNPUBLISHED & Q(
        root__in=[pk for pk, end in ends.items() if end is None]
    )
    for pk, end in ends.items():
        if end is not None:
            within |= NOT_UNPUBLISHED & Q(root=pk, path__lte=end)
    found = list(Comment.objects.filter(within).for_display())
    return found + [
        reply
        for reply in own
        if reply.root_id in ends and not _is_after(reply, ends[reply.root_id])
    ]


def replies(
    root: Comment, own: list[Comment], *, after: str, most: int
) -> list[Comment]:
    """The first ``most`` replies of a thread after a path."""
    shown = Comment.objects.not_unpublished().filter(root=root, path__gt=after)
    found = list(shown.for_display().order_by("path")[:most])
    found += [c for c in own if c.root_id == root.pk and c.path > after]
    return sorted(found, key=lambda reply: reply.path)[:most]


def replies_before(comment: Comment, own: list[Comment], *, most: int) -> list[int]:
    """The keys of the last ``most`` replies before this one in its thread."""
    shown = Comment.objects.not_unpublished().filter(
        root=comment.root_id, path__lt=comment.path
    )
    found = list(shown.order_by("-path").values_list("path", "pk")[:most])
    found += [
        (c.path, c.pk)
        for c in own
        if c.root_id == comment.root_id and c.path < comment.path
    ]
    return [pk for _path, pk in sorted(found)][-most:]


def replies_after_end(root: Comment, own: Iterable[Comment]) -> int:
    """How many replies of a thread wait behind its link."""
    if root.end is None:
        return 0
    hidden = sum(c.root_id == root.pk and _is_after(c, root.end) for c in own)
    return root.reply_count - settings.COMMENT_REPLIES_PER_THREAD + hidden


def _shown_threads(article: Article, own: list[Comment]) -> Iterable[CommentQuerySet]:
    """What everybody sees, and what the reader's own add to it, if they do."""
    comments = Comment.objects.of_article(article)
    yield comments.shown_threads()
    if tops := _tops(own):
        yield comments.threads().exclude(SHOWN).filter(pk__in=tops)


def _tops(own: list[Comment]) -> set[int]:
    return {comment.root_id or comment.pk for comment in own}


def _with_end(threads: CommentQuerySet) -> CommentQuerySet:
    """Asked of long threads alone, and answered by as many rows as are shown of one."""
    most = settings.COMMENT_REPLIES_PER_THREAD
    replies = (
        Comment.objects.not_unpublished().filter(root=OuterRef("pk")).order_by("path")
    )
    end = Subquery(replies.values("path")[most - 1 : most])
    return threads.annotate(end=Case(When(reply_count__gt=most, then=end)))


def _is_after(reply: Comment, end: str | None) -> bool:
    return end is not None and reply.path > end
