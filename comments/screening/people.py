"""Looks at who speaks: how well known, how often, with what success."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from math import ceil

from accounts.prepared import Select, Slot
from comments import marks
from comments.models import Comment, Reason, Sanction
from comments.records import FLOOD_WINDOW, OFFENDER_WINDOW
from comments.screening.verdict import Finding, Submission, hold

FEWEST_DECIDED = 3
# The published one of a voice that is the last of so many.
_NTH_PUBLISHED = Select(
    Comment,
    lambda n: (
        Comment.objects.published()
        .filter(commenter=Slot("voice"), submitted_at__lte=Slot("at"))
        .exclude(pk=Slot("own"))
        .values_list("pk")[n - 1 : n]
    ),
)


def unconfirmed_guest(submission: Submission) -> Finding | None:
    if submission.commenter.has_verified_identity:
        return None
    return hold("unconfirmed_guest", Reason.UNCONFIRMED)


def new_account(submission: Submission, days: float) -> Finding | None:
    """Hold accounts younger than so many days; with 0, none."""
    user = submission.commenter.user
    if user is None or submission.at - user.date_joined >= timedelta(days=days):
        return None
    age = (submission.at - user.date_joined).days
    return hold("new_account", Reason.NEW_ACCOUNT, days=age)


def first_comment(submission: Submission, published: float) -> Finding | None:
    """Hold until so many other comments of the same voice have been published."""
    count, voice = ceil(published), submission.commenter.pk
    if count <= 0:
        return None
    if count == 1:
        is_known = submission.record.has_been_published
    else:
        told = {"voice": voice or 0, "at": submission.at, "own": submission.own}
        is_known = _NTH_PUBLISHED.row(count, **told) is not None
    if is_known:
        return None
    return hold("first_comment", Reason.FIRST_COMMENT)


def premoderated_commenter(submission: Submission) -> Finding | None:
    name, kind = "premoderated_commenter", Sanction.Kind.PREMODERATION
    sanction = next((s for s in _sanctions(submission) if s.kind == kind), None)
    if sanction is None:
        return None
    return hold(name, Reason.PREMODERATED_COMMENTER, sanction=sanction.pk)


def _sanctions(submission: Submission) -> Iterable[Sanction]:
    if not submission.record.may_be_sanctioned:
        return []
    digests = marks.digests_of(submission.commenter.user)
    return Sanction.objects.in_force().against(submission.voices, digests)


def flood(submission: Submission, limit: float) -> Finding | None:
    """Hold what comes after so many within FLOOD_WINDOW, of a voice or a network."""
    count = submission.record.in_flood_window
    if submission.editing or count < limit:
        return None
    minutes = FLOOD_WINDOW // timedelta(minutes=1)
    return hold("flood", Reason.FLOOD, count=count, minutes=minutes)


def offender(submission: Submission, rate: float) -> Finding | None:
    """Hold whose rejected ones are so large a part of the decided ones."""
    decided, lost = submission.record.decided, submission.record.rejected
    if decided < FEWEST_DECIDED or lost / decided < rate:
        return None
    days = OFFENDER_WINDOW.days
    return hold("offender", Reason.OFFENDER, decided=decided, rejected=lost, days=days)
