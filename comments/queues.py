"""The moderators' queues: which comments, in which order, how many, since when.

Computed, never stored: a queue is a question to the comments as they are now. Every
count stops at ``CAP``, so that opening the desk costs the same with any backlog.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts import numbers
from articles.models import Article
from comments.models import Comment, Flag, ModerationDecision, Reason

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from comments.querysets import CommentQuerySet

WAITING, FLAGGED, ALL = "waiting", "flagged", "all"
NAMES = {WAITING: _("Waiting"), FLAGGED: _("Flagged"), ALL: _("All")}
CAP = 1_000
NETWORK_PREFIX = "net:"


@dataclass(frozen=True)
class Count:
    """How many, as far as it was worth counting."""

    number: int

    @property
    def is_capped(self) -> bool:
        return self.number > CAP

    def __str__(self) -> str:
        return f"{CAP:,}+" if self.is_capped else f"{self.number:,}"


@dataclass(frozen=True)
class Selection:
    """A queue, narrowed; its ``query`` is the link that leads back to it."""

    queue: str = WAITING
    article: int | None = None
    section: int | None = None
    commenter: int | None = None
    reason: str = ""
    text: str = ""
    # Whether the moderator may search by e-mail.
    sees_emails: bool = False

    @classmethod
    def read(cls, query: Mapping[str, str], *, sees_emails: bool = False) -> Selection:
        """What a query string asks for; what makes no sense in it is left out."""
        queue, reason = query.get("queue", ""), query.get("reason", "")
        return cls(
            queue=queue if queue in NAMES else WAITING,
            article=numbers.read_key(query.get("article")),
            section=numbers.read_key(query.get("section")),
            commenter=numbers.read_key(query.get("commenter")),
            reason=reason if reason in reasons() else "",
            text=query.get("q", "").replace("\0", "").strip()[:200],
            sees_emails=sees_emails,
        )

    @property
    def query(self) -> str:
        asked = {
            "queue": self.queue,
            "article": self.article,
            "section": self.section,
            "commenter": self.commenter,
            "reason": self.reason,
            "q": self.text,
        }
        return urlencode({name: value for name, value in asked.items() if value})

    @property
    def is_narrowed(self) -> bool:
        return self != self.whole(self.queue)

    def whole(self, queue: str) -> Selection:
        """Another queue, without this one's filters."""
        return Selection(queue, sees_emails=self.sees_emails)

    def but(self, **changes) -> Selection:
        return replace(self, **changes)

    def comments(self) -> CommentQuerySet:
        """The comments, in the order in which they are worked off."""
        found = {
            WAITING: Comment.objects.awaiting_moderation,
            FLAGGED: Comment.objects.flagged,
            ALL: Comment.objects.all,
        }[self.queue]()
        # All is read from its newest, by the key, which has an index of its own.
        order = ["-pk"] if self.queue == ALL else ["submitted_at", "pk"]
        return self._narrow(found).order_by(*order)

    def after(self, comment: Comment | None) -> CommentQuerySet:
        """The comments that follow ``comment`` in this order; without one, all."""
        if comment is None:
            return self.comments()
        if self.queue == ALL:
            return self.comments().filter(pk__lt=comment.pk)
        later = Q(submitted_at__gt=comment.submitted_at)
        same = Q(submitted_at=comment.submitted_at, pk__gt=comment.pk)
        return self.comments().filter(
            later | same, submitted_at__gte=comment.submitted_at
        )

    def count(self) -> Count:
        return Count(self.comments().order_by()[: CAP + 1].count())

    def oldest(self) -> datetime | None:
        """Since when the first of the queue has been there; All has no first."""
        if self.queue == ALL:
            return None
        return self.comments().values_list("submitted_at", flat=True).first()

    def _narrow(self, comments: CommentQuerySet) -> CommentQuerySet:
        exact = {
            "article": self.article,
            "article__section": self.section,
            "commenter": self.commenter,
        }
        comments = comments.filter(**{k: v for k, v in exact.items() if v})
        if self.reason:
            comments = comments.filter(_because(self.reason))
        if self.text:
            comments = comments.filter(self._says())
        return comments

    def _says(self) -> Q:
        if self.text.startswith(NETWORK_PREFIX):
            return Q(address__in=_networks(self.text.removeprefix(NETWORK_PREFIX)))
        number = numbers.read_key(self.text.removeprefix("#"))
        says = (
            Q(body__icontains=self.text)
            | Q(commenter__name__icontains=self.text)
            | Q(commenter__user__display_name__icontains=self.text)
            | Q(article__headline__icontains=self.text)
        )
        if self.sees_emails:
            says |= Q(commenter__email__icontains=self.text)
            says |= Q(commenter__user__email__icontains=self.text)
        return says | Q(pk=number) if number else says


def articles() -> QuerySet[Article]:
    """Those that are discussed: of drafts the desk knows nothing."""
    return Article.objects.filter(
        Exists(Comment.objects.filter(article=OuterRef("pk")))
    )


def counts() -> dict[str, Count]:
    """How long each queue is, whatever it is narrowed to."""
    return {queue: Selection(queue).count() for queue in NAMES}


def reasons() -> dict[str, str]:
    """What a queue can be narrowed to: why comments were held, and what flags say."""
    flags = Flag.FlagReason
    return {code: str(label) for code, label in [*flags.choices, *Reason.choices]}


def network(address: str) -> str:
    """A short name for a network address, from which nobody reads the address."""
    if not address:
        return ""
    keyed = salted_hmac("comments.network", address, algorithm="sha256")
    return keyed.hexdigest()[:10]


def _networks(name: str) -> list[str]:
    # Hashed one by one: only a search pays, and addresses are forgotten after a while.
    known: Iterable[str] = (
        Comment.objects.exclude(address="").order_by().values_list("address", flat=True)
    ).distinct()
    return [address for address in known if network(address) == name]


def _because(reason: str) -> Q:
    decisions = ModerationDecision.objects.filter(comment=OuterRef("pk"), reason=reason)
    flags = Flag.objects.open().for_moderators()
    return Q(Exists(decisions)) | Q(
        Exists(flags.filter(comment=OuterRef("pk"), reason=reason))
    )
