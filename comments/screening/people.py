"""Looks at who speaks: how well known, how often, with what success."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, Q

from comments import marks
from comments.models import Comment, Reason, Sanction
from comments.screening.verdict import Finding, Submission, hold

FLOOD_WINDOW = timedelta(minutes=10)
OFFENDER_WINDOW = timedelta(days=30)
FEWEST_DECIDED = 3


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
    if submission.commenter.pk:
        earlier = submission.others.published().filter(commenter=submission.commenter)
        if len(earlier.values_list("pk")[: int(published)]) >= published:
            return None
    return hold("first_comment", Reason.FIRST_COMMENT)


def premoderated_commenter(submission: Submission) -> Finding | None:
    name, kind = "premoderated_commenter", Sanction.Kind.PREMODERATION
    sanction = next((s for s in _sanctions(submission) if s.kind == kind), None)
    if sanction is None:
        return None
    return hold(name, Reason.PREMODERATED_COMMENTER, sanction=sanction.pk)


def _sanctions(submission: Submission) -> Iterable[Sanction]:
    if submission.sanctions is not None:
        return submission.sanctions
    digests = marks.digests_of(submission.commenter.user)
    return Sanction.objects.in_force().against(submission.voices, digests)


def flood(submission: Submission, limit: float) -> Finding | None:
    """Hold what comes after so many within FLOOD_WINDOW, of a voice or a network."""
    if submission.editing:
        return None
    same = Q(commenter__in=submission.speakers)
    if submission.address:
        same |= Q(address=submission.address)
    since = submission.at - FLOOD_WINDOW
    count = submission.others.filter(same, submitted_at__gt=since).count()
    if count < limit:
        return None
    return hold("flood", Reason.FLOOD, count=count, minutes=10)


def offender(submission: Submission, rate: float) -> Finding | None:
    """Hold whose rejected ones are so large a part of the decided ones."""
    others = submission.others.filter(
        commenter__in=submission.speakers,
        submitted_at__gt=submission.at - OFFENDER_WINDOW,
    )
    rejected = Q(status=Comment.Status.REJECTED)
    counts = others.aggregate(
        decided=Count("pk", filter=rejected | Q(status=Comment.Status.PUBLISHED)),
        rejected=Count("pk", filter=rejected),
    )
    decided, lost = counts["decided"], counts["rejected"]
    if decided < FEWEST_DECIDED or lost / decided < rate:
        return None
    return hold("offender", Reason.OFFENDER, decided=decided, rejected=lost, days=30)
