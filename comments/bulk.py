"""One verb over many comments: said beforehand, confirmed, then carried out.

Each comment gets a decision of its own, which names the version that the preview saw:
what has changed meanwhile is skipped and counted, never decided unseen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import islice

from django.db import transaction
from django.db.models import Q
from django.tasks import task
from django.utils import timezone

from accounts.models import User
from comments import moderation
from comments.models import BulkRun, Comment, Flag, Reason

# More than this is not one thought any more.
LIMIT = 5_000
# So many are decided while the moderator waits.
AT_ONCE = 50
# A run that is not done after so long may have lost its worker, and be gone on with.
PATIENCE = timedelta(minutes=10)
PROGRESS = ["done_count", "skips", "finished_at"]

SETTLED, WITHDRAWN, CHANGED = "settled", "withdrawn", "changed"
_OUTCOMES = {
    BulkRun.Verb.APPROVE: Comment.Status.PUBLISHED,
    BulkRun.Verb.REJECT: Comment.Status.REJECTED,
}


@dataclass(frozen=True)
class Plan:
    """What a run would do, were it confirmed now."""

    targets: list[int]
    skips: Counter[str]


def prepare(
    versions: Iterable[tuple[int, int]], *, verb: str, reason: str, words: str, by: User
) -> BulkRun:
    """Write down what is to be done to the comments, as they are seen now."""
    return BulkRun.objects.create(
        verb=verb,
        reason=reason if verb == BulkRun.Verb.REJECT else "",
        words=words,
        targets=[list(seen) for seen in islice(versions, LIMIT)],
        started_by=by,
    )


def plan(run: BulkRun) -> Plan:
    """Which comments the run would decide, and why it would skip the others."""
    seen = dict(run.targets)
    now = Comment.objects.in_bulk(seen)
    flagged = set(
        Flag.objects.open()
        .for_moderators()
        .filter(comment__in=seen)
        .values_list("comment", flat=True)
    )
    targets, skips = [], Counter[str]()
    for pk, version in seen.items():
        comment = now.get(pk)
        why = _obstacle(comment, version, run, is_flagged=pk in flagged)
        if why:
            skips[why] += 1
        else:
            targets.append(pk)
    return Plan(targets, skips)


def confirm(run: BulkRun, *, by: User) -> bool:
    """Carry the run out; a long one in the background. False if it was confirmed.

    An overdue one is confirmed anew, and gone on with. Whoever confirms decides: the
    decisions are theirs.
    """
    now = timezone.now()
    overdue = Q(finished_at=None, confirmed_at__lt=now - PATIENCE)
    waiting = BulkRun.objects.filter(overdue | Q(confirmed_at=None), pk=run.pk)
    with transaction.atomic():
        is_confirmed = waiting.update(confirmed_at=now, started_by=by)
        if is_confirmed and len(run.targets) > AT_ONCE:
            transaction.on_commit(partial(carry_out.enqueue, run.pk))
    if is_confirmed and len(run.targets) <= AT_ONCE:
        carry_out.call(run.pk)
    return bool(is_confirmed)


def is_overdue(run: BulkRun) -> bool:
    """Whether it should be done by now: whoever did it may have been stopped."""
    if run.confirmed_at is None or run.finished_at:
        return False
    return run.confirmed_at < timezone.now() - PATIENCE


@task
def carry_out(run_pk: int) -> None:
    """Decide what is left of a confirmed run. Safe to run again, and twice at once."""
    run = BulkRun.objects.select_related("started_by").get(pk=run_pk)
    if run.confirmed_at is None or run.started_by is None:
        return
    while _go_on(run):
        pass


@transaction.atomic
def _go_on(run: BulkRun) -> bool:
    """Decide the next comment and count it, or neither; False where none is left."""
    # Lock: a run that was thought dead may be carried out twice at once.
    run.refresh_from_db(
        fields=PROGRESS, from_queryset=BulkRun.objects.select_for_update()
    )
    if run.finished_at:
        return False
    is_left = run.handled_count < len(run.targets)
    if is_left:
        pk, seen = run.targets[run.handled_count]
        why = _decide(run, Comment.objects.get(pk=pk), seen)
        if why:
            run.skips[why] = run.skips.get(why, 0) + 1
        else:
            run.done_count += 1
    else:
        run.finished_at = timezone.now()
    run.save(update_fields=PROGRESS)
    return is_left


def _decide(run: BulkRun, comment: Comment, seen: int) -> str:
    """Why the comment was skipped, or nothing."""
    assert run.started_by is not None  # noqa: S101 - carry_out() looked
    by, words = run.started_by, run.words
    try:
        if run.verb == BulkRun.Verb.APPROVE:
            decision = moderation.approve(comment, by=by, words=words, seen=seen)
        else:
            reason = Reason(run.reason)
            decision = moderation.reject(
                comment, by=by, reason=reason, words=words, seen=seen
            )
    except moderation.Stale:
        return CHANGED
    if decision is None:
        is_withdrawn = comment.status == Comment.Status.WITHDRAWN
        return WITHDRAWN if is_withdrawn else SETTLED
    return ""


def _obstacle(
    comment: Comment | None, version: int, run: BulkRun, *, is_flagged: bool
) -> str:
    if comment is None or comment.version != version:
        return CHANGED
    if comment.status == Comment.Status.WITHDRAWN:
        return WITHDRAWN
    if comment.status == _OUTCOMES[BulkRun.Verb(run.verb)] and not is_flagged:
        return SETTLED
    return ""
