"""Whether what is stored agrees with what it was computed from.

Every check is one statement, so that it sees verbs done or not begun, never halfway: it
may run while the site does. What is repaired are the counters; a comment's status, its
text and the decisions are for people to look at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import (
    Count,
    Exists,
    F,
    Max,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    Window,
)
from django.db.models.functions import Coalesce, Lag, Length

from articles.models import Article
from comments.models import Comment, Discussion, Flag, ModerationDecision, Revision

Status = Comment.Status
Outcome = Flag.Outcome


@dataclass(frozen=True)
class Check:
    """What can be wrong, the rows of which it is true, and how one is put right."""

    name: str
    rows: Callable[[], QuerySet]
    repair: Callable[[int], None] | None = None


@dataclass(frozen=True)
class Problem:
    """One row that fails a check; ``pk`` is a key of the check's model."""

    check: Check
    model: type[Model]
    pk: int

    def __str__(self):
        return f"{self.model._meta.model_name} {self.pk}: {self.check.name}"

    @property
    def is_repairable(self) -> bool:
        return self.check.repair is not None


def find_problems() -> list[Problem]:
    """Everything that is wrong now; the empty list is the proof that nothing is."""
    return [
        Problem(check, rows.model, pk)
        for check in CHECKS
        for rows in [check.rows()]
        for pk in rows.order_by("pk").values_list("pk", flat=True).iterator()
    ]


def repair(problem: Problem) -> None:
    """Compute the counter anew, with its row locked, in a transaction of its own."""
    if problem.check.repair is None:
        raise TypeError(f"Not a counter: {problem.check.name}")
    problem.check.repair(problem.pk)


# --- Discussions ------------------------------------------------------------------


def miscounted() -> QuerySet:
    """Articles whose discussion says another number of published comments than it has.

    One without any may do without its row.
    """
    return Article.objects.annotate(
        stored=Coalesce("discussion__published_count", 0),
        computed=Coalesce(Subquery(_published("pk", Count("pk"))), 0),
    ).filter(~Q(stored=F("computed")))


def behind() -> QuerySet:
    """Discussions whose last activity is before their newest published comment."""
    newest = Subquery(_published("article_id", Max("submitted_at")))
    return Discussion.objects.annotate(newest=newest).filter(
        Q(last_activity_at__lt=F("newest"))
        | Q(last_activity_at=None, newest__isnull=False)
    )


def _published(article: str, computed: Count | Max) -> QuerySet:
    comments = Comment.objects.published().filter(article=OuterRef(article))
    grouped = comments.order_by().values("article").annotate(computed=computed)
    return grouped.values("computed")


@transaction.atomic
def _recount(article_id: int) -> None:
    Discussion.objects.get_or_create(article_id=article_id)
    # Lock first, count second: whoever decides meanwhile adds to the new number.
    discussion = Discussion.objects.select_for_update().get(article_id=article_id)
    published = Comment.objects.published().filter(article=article_id)
    now = published.aggregate(count=Count("pk"), newest=Max("submitted_at"))
    moments = [m for m in (discussion.last_activity_at, now["newest"]) if m]
    discussion.published_count = now["count"]
    discussion.last_activity_at = max(moments, default=None)
    discussion.version = F("version") + 1
    discussion.save()


# --- Comments ---------------------------------------------------------------------


def undecided() -> QuerySet:
    return Comment.objects.filter(decisions=None)


def of_another_status() -> QuerySet:
    return Comment.objects.filter(~Q(status=_last_decision("outcome")))


def of_another_version() -> QuerySet:
    return Comment.objects.filter(~Q(version=_last_decision("version")))


def of_another_revision() -> QuerySet:
    return Comment.objects.filter(
        ~Q(revision_number=Coalesce(_last_revision("number"), 0))
    )


def of_another_text() -> QuerySet:
    return Comment.objects.filter(~Q(body=_last_revision("body")))


def said_twice() -> QuerySet:
    same = Comment.objects.filter(digest=OuterRef("digest"), pk__lt=OuterRef("pk"))
    said = same.exclude(status=Status.WITHDRAWN)
    return Comment.objects.exclude(status=Status.WITHDRAWN).filter(Exists(said))


def misplaced() -> QuerySet:
    """Comments that do not stand where their parent says."""
    return Comment.objects.annotate(length=Length("path")).filter(
        ~Q(length=8 * F("depth"))
        | Q(parent__isnull=False)
        & (
            ~Q(article=F("parent__article"))
            | ~Q(depth=F("parent__depth") + 1)
            | ~Q(root=Coalesce("parent__root", "parent"))
            | ~Q(path__startswith=F("parent__path"))
        )
    )


def of_another_reply_count() -> QuerySet:
    """Tops of threads that say another number of published replies than there are."""
    replies = Comment.objects.published().filter(root=OuterRef("pk"))
    counted = replies.order_by().values("root").annotate(n=Count("pk")).values("n")
    return Comment.objects.annotate(replied=Coalesce(Subquery(counted), 0)).filter(
        ~Q(reply_count=F("replied"))
        | Q(has_replies=True) & Q(replied=0)
        | Q(has_replies=False, replied__gt=0)
    )


def _last_decision(field: str) -> Subquery:
    decisions = ModerationDecision.objects.filter(comment=OuterRef("pk"))
    return Subquery(decisions.order_by("-pk").values(field)[:1])


def _last_revision(field: str) -> Subquery:
    revisions = Revision.objects.filter(comment=OuterRef("pk"))
    return Subquery(revisions.order_by("-number").values(field)[:1])


@transaction.atomic
def _renumber(comment_id: int) -> None:
    comment = Comment.objects.select_for_update().get(pk=comment_id)
    decision, revision = comment.decisions.last(), comment.revisions.last()
    if decision and revision:
        comment.version, comment.revision_number = decision.version, revision.number
        comment.save(update_fields=["version", "revision_number"])


@transaction.atomic
def _recount_replies(comment_id: int) -> None:
    root = Comment.objects.select_for_update().get(pk=comment_id)
    root.reply_count = Comment.objects.published().filter(root=root).count()
    root.has_replies = root.reply_count > 0
    root.save(update_fields=["reply_count", "has_replies"])
    Discussion.objects.filter(article=root.article_id).update(version=F("version") + 1)


# --- Decisions and flags ----------------------------------------------------------


def out_of_line() -> QuerySet:
    """Decisions that do not begin where the one before them ended."""
    return ModerationDecision.objects.annotate(
        before=Window(Lag("outcome", default=Value("")), "comment", "pk"),
        follows=Window(Lag("version", default=Value(0)), "comment", "pk"),
    ).filter(~Q(previous_status=F("before")) | ~Q(version=F("follows") + 1))


def of_another_comment() -> QuerySet:
    return ModerationDecision.objects.filter(
        ~Q(revision__comment=F("comment"))
        | Q(undoes__isnull=False) & ~Q(undoes__comment=F("comment"))
    )


def wrongly_answered() -> QuerySet:
    """Flags whose outcome is not what their decision said, or that have only one.

    Errors in the article have an outcome without a decision about the comment.
    """
    error = Flag.FlagReason.ARTICLE_ERROR
    return Flag.objects.filter(
        Q(decision=None) & ~Q(outcome=Outcome.OPEN) & ~Q(reason=error)
        | Q(decision__isnull=False, outcome=Outcome.OPEN)
        | Q(outcome=Outcome.AGREED, decision__isnull=False)
        & ~Q(decision__outcome=Status.REJECTED)
        | Q(outcome=Outcome.DISAGREED, decision__outcome=Status.REJECTED)
        | Q(decision__isnull=False) & ~Q(decision__comment=F("comment"))
    )


def answered_by_what_was_undone() -> QuerySet:
    """Flags that an undo left closed, and no newer one of their kind stands for."""
    newer = Flag.objects.filter(
        comment=OuterRef("comment"),
        commenter=OuterRef("commenter"),
        reason=OuterRef("reason"),
        pk__gt=OuterRef("pk"),
    )
    return Flag.objects.filter(~Exists(newer), decision__undone_by__isnull=False)


CHECKS = (
    Check("published_count is not the number of comments", miscounted, _recount),
    Check("last_activity_at is before the newest comment", behind, _recount),
    Check("has no decision", undecided),
    Check("status is not its last decision's", of_another_status),
    Check("version is not its last decision's", of_another_version, _renumber),
    Check("revision_number is not its last", of_another_revision, _renumber),
    Check(
        "reply_count is not the number of replies",
        of_another_reply_count,
        _recount_replies,
    ),
    Check("body is not its last revision's", of_another_text),
    Check("digest is another comment's too", said_twice),
    Check("stands elsewhere in the thread than its parent says", misplaced),
    Check("does not follow from the decision before it", out_of_line),
    Check("belongs to another comment", of_another_comment),
    Check("outcome is not its decision's", wrongly_answered),
    Check("is answered by a decision that was undone", answered_by_what_was_undone),
)
