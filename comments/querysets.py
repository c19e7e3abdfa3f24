"""Selections; each reads after “the comments”, “the flags” or “the sanctions”."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.lookups import (
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    LessThanOrEqual,
)
from django.utils import timezone

from accounts.prepared import Slot, Update

if TYPE_CHECKING:
    from accounts.models import User
    from articles.models import Article
    from comments.models import Comment

# Conditions of indexes: asked in the same form, they are found by them.
PUBLISHED = Q(status="published")
# The same, for walks along an index of another column: SQLite, which has no figures
# unless somebody runs ANALYZE, takes few comments to have one status, and would sooner
# look up all the published ones. It looks up nothing that stands under a NOT.
NOT_UNPUBLISHED = ~Q(~PUBLISHED)
# Of a thread's top: seen by everybody, if only as a tombstone.
SHOWN = PUBLISHED | Q(has_replies=True)


class Row(models.Func):
    """Several values to be compared as one, the first of them first."""

    function = ""
    output_field = models.Field()


def beyond(
    moment: models.Expression | models.Subquery,
    key: models.Expression,
    *,
    is_earlier: bool,
    with_it: bool = False,
) -> Q:
    """Later than a comment of a ``moment`` with a ``key``; or earlier; or ``with_it``.

    One comparison of rows: an index on both is entered at its place, however many
    comments are of the same moment.
    """
    lookup = {
        (False, False): GreaterThan,
        (False, True): GreaterThanOrEqual,
        (True, False): LessThan,
        (True, True): LessThanOrEqual,
    }[is_earlier, with_it]
    return Q(lookup(Row(F("submitted_at"), F("pk")), Row(moment, key)))


class CommentQuerySet(models.QuerySet):
    model: type[Comment]  # type: ignore[assignment]

    def published(self) -> Self:
        return self.filter(PUBLISHED)

    def not_unpublished(self) -> Self:
        """The published ones, of a thread or an article and in its order."""
        return self.filter(NOT_UNPUBLISHED)

    def visible_to(self, voices: Collection[int]) -> Self:
        """The published comments, and the reader's own while not published.

        ``voices`` are the keys of the Commenters that the reader's browser speaks as.
        """
        visible = PUBLISHED
        if voices:
            status = self.model.Status
            visible |= Q(
                status__in=[status.PENDING, status.REJECTED], commenter__in=voices
            )
        return self.filter(visible)

    def hidden(self) -> Self:
        """What its commenter alone still sees: what waits or was rejected."""
        return self.filter(~PUBLISHED).exclude(status=self.model.Status.WITHDRAWN)

    def of_article(self, article: Article) -> Self:
        return self.filter(article=article)

    def threads(self) -> Self:
        return self.filter(parent=None)

    def shown_threads(self) -> Self:
        """Top-level ones that are published, or stand above something that is."""
        return self.threads().filter(SHOWN)

    def count_reply(self, root_id: int, change: int) -> None:
        """Move the counter of a thread by so many published replies more (or fewer)."""
        now = F("reply_count") + change
        self.filter(pk=root_id).update(
            reply_count=now, has_replies=Q(reply_count__gt=-change)
        )

    def awaiting_moderation(self) -> Self:
        return self.filter(status=self.model.Status.PENDING)

    def flagged(self) -> Self:
        """The published ones with a flag that a person has to answer.

        A text that a person has let stand comes back for what is new alone: a reason
        not answered before, a notice of something illegal, or so many readers.
        """
        flags = self._related("flags").for_moderators()
        open_ = flags.open().filter(comment=OuterRef("pk"))
        same = flags.exclude(outcome="open").filter(
            comment=OuterRef("comment"), reason=OuterRef("reason")
        )
        news = open_.filter(Q(reason="illegal") | ~Exists(same))
        readers = (
            open_.order_by()
            .values("comment")
            .annotate(count=Count("commenter", distinct=True))
            .filter(count__gte=settings.COMMENT_RETURN_REPORTERS)
        )
        upheld = self._related("decisions").that_let_stand()
        return self.published().filter(
            Exists(open_),
            # The cheapest question first: it answers for most.
            Exists(news)
            | ~Exists(upheld.filter(comment=OuterRef("pk")))
            | Exists(readers),
        )

    def featured(self) -> Self:
        return self.published().filter(featured_at__isnull=False)

    def for_display(self) -> Self:
        """With everything that a page shows of a comment."""
        return self.select_related("commenter__user")

    def _related(self, name: str):
        return self.model._meta.get_field(name).related_model._default_manager  # type: ignore[union-attr]


class DiscussionQuerySet(models.QuerySet):
    def knowing_whether(self, **there_are: models.QuerySet) -> Self:
        """Each with, under every name, whether there are any such rows: one query."""
        return self.annotate(**{name: Exists(rows) for name, rows in there_are.items()})

    def record_change(self, article_id: int, *, published: int = 0) -> None:
        """Move the article's counters: ``published`` more (or fewer), a new version."""
        moved = {"article": article_id, "published": published, "now": timezone.now()}
        if not _RECORD_CHANGE.run(self.model, **moved):
            self.get_or_create(article_id=article_id)
            _RECORD_CHANGE.run(self.model, **moved)

    def show_anew(self, user: User) -> None:
        """A new version of all where the account is among the commenters."""
        theirs = self.filter(article__comments__commenter__user=user).order_by("pk")
        # In one order, so that no two can wait for each other.
        for discussion in list(theirs.distinct().values_list("pk", flat=True)):
            self.filter(pk=discussion).update(version=F("version") + 1)


_RECORD_CHANGE = Update(
    lambda discussions: discussions.filter(article_id=Slot("article")),
    published_count=F("published_count") + Slot("published"),
    version=F("version") + 1,
    last_activity_at=Slot("now"),
)


class FlagQuerySet(models.QuerySet):
    def for_moderators(self) -> Self:
        """All but those about the article, which are the editors' to read."""
        return self.exclude(reason="error")

    def open(self) -> Self:
        return self.filter(outcome="open")


class SanctionQuerySet(models.QuerySet):
    def in_force(self) -> Self:
        now = timezone.now()
        return self.filter(lifted_at=None).filter(
            Q(ends_at=None) | Q(ends_at__gt=now), imposed_at__lte=now
        )

    def against(self, voices: Collection[int], digests: Collection[str] = ()) -> Self:
        """Those on any of these voices, or on whom a mark says to be the same."""
        theirs = Q(commenter__in=voices)
        if digests:
            marked = self.model._default_manager.filter(
                marks__digest__in=digests, marks__expires_at__gt=timezone.now()
            )
            theirs |= Q(pk__in=marked.values("pk"))
        return self.filter(theirs)


class AppendOnlyQuerySet(models.QuerySet):
    """Rows that are written once: the short ways round ``save`` are closed too."""

    def in_force(self) -> Self:
        """Neither undone nor undoing: the last of a comment's gave it its status.

        Without those that ignored the flags of a rejected one, and rejected nothing.
        """
        return self.filter(undoes=None, undone_by=None).exclude(
            outcome="rejected", answered_flags__outcome="ignored"
        )

    def that_let_stand(self) -> Self:
        """A person's, not undone, that published the text the comment has now."""
        return self.filter(
            moderator__isnull=False,
            outcome="published",
            undoes=None,
            undone_by=None,
            revision__number=F("comment__revision_number"),
        )

    def update(self, **kwargs):
        raise TypeError("Decisions are never edited: record a new one.")

    def delete(self):
        raise TypeError("Decisions are never deleted.")
