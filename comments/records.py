"""What is known of a text and of who says it, before anything is written: one query.

The refusals and the screens look at the same few rows from many sides; one by one,
their questions would be most of what a reply costs.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import F, Func, IntegerField, Q, QuerySet, Value

from accounts.prepared import Answers, Slot, one_of
from comments.models import Comment, Sanction, SanctionMark

FLOOD_WINDOW = timedelta(minutes=10)
OFFENDER_WINDOW = timedelta(days=30)
TWIN_WINDOW = timedelta(days=1)


class Record(NamedTuple):
    """As of one moment. “They” are all the voices that speak, or may."""

    is_said: bool  # the same by the same, and not withdrawn
    has_been_published: bool  # the commenter, with anything else
    is_too_fast: bool  # they, or their network, in the last COMMENT_FLOOD_SECONDS
    may_be_sanctioned: bool  # they are, or somebody is whose account was deleted
    in_flood_window: int  # of theirs and their network's
    decided: int  # of theirs in OFFENDER_WINDOW
    rejected: int
    twin: int | None  # the last comment of TWIN_WINDOW with the same words


class Words(NamedTuple):
    """A text: the key of its comment, or 0; what its writer would send twice, or "";
    what anybody would."""

    own: int
    digest: str
    fingerprint: str


def find(
    *, voice: int, speakers: Collection[int], address: str, at: datetime, words: Words
) -> Record:
    """What held at a moment, the text itself not counted.

    ``voice`` is the commenter's key, or 0 for one who has said nothing yet.
    """
    said, published, too_fast, sanctioned, marked, *counts = _RECORD.ask(
        len(speakers),
        bool(address),
        voice=voice,
        speakers=list(speakers),
        address=address,
        at=at,
        **words._asdict(),
        too_fast_since=at - timedelta(seconds=settings.COMMENT_FLOOD_SECONDS),
        flood_since=at - FLOOD_WINDOW,
        offender_since=at - OFFENDER_WINDOW,
        twin_since=at - TWIN_WINDOW,
    )
    in_flood_window, decided, rejected, twin = counts
    return Record(
        is_said=bool(said),
        has_been_published=bool(published),
        is_too_fast=bool(too_fast),
        may_be_sanctioned=bool(sanctioned or marked),
        in_flood_window=in_flood_window or 0,
        decided=decided or 0,
        rejected=rejected or 0,
        twin=twin,
    )


def _questions(speakers: int, has_address: bool) -> list[QuerySet]:
    them = one_of("commenter__pk", "speakers", speakers)
    network = them | Q(address=Slot("address")) if has_address else them
    others = Comment.objects.filter(submitted_at__lte=Slot("at")).exclude(
        pk=Slot("own")
    )
    said = Comment.objects.filter(digest=Slot("digest")).exclude(status="withdrawn")
    theirs = others.filter(them, submitted_at__gt=Slot("offender_since"))
    same = others.filter(
        fingerprint=Slot("fingerprint"), submitted_at__gte=Slot("twin_since")
    ).exclude(status="withdrawn")
    in_force = Sanction.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=Slot("at")),
        them,
        lifted_at=None,
        imposed_at__lte=Slot("at"),
    )
    return [
        _is_there(said),
        _is_there(others.not_unpublished().filter(commenter=Slot("voice"))),
        _is_there(others.filter(network, submitted_at__gt=Slot("too_fast_since"))),
        _is_there(in_force),
        _is_there(SanctionMark.objects.filter(expires_at__gt=Slot("at"))),
        _count(others.filter(network, submitted_at__gt=Slot("flood_since"))),
        _count(theirs.filter(status__in=["published", "rejected"])),
        _count(theirs.filter(status="rejected")),
        same.order_by("-submitted_at").values_list("pk")[:1],
    ]


def _is_there(rows: QuerySet) -> QuerySet:
    return rows.order_by().values_list(Value(1))[:1]


def _count(rows: QuerySet) -> QuerySet:
    count = Func(F("pk"), function="COUNT", output_field=IntegerField())
    return rows.order_by().values_list(count)


_RECORD = Answers(Comment, _questions)
