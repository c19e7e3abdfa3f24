"""Reports: a reader tells the moderators of a comment; enough of them hide it.

A report weighs what its reader's record gives it; docs/adr/0010 says why so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from comments import moderation
from comments.models import Comment, Commenter, Flag, ModerationDecision, Reason
from comments.moderation import Grounds
from comments.screening import Finding, Verdict, hold

GUEST_WEIGHT = 0.5
# So many answered reports make a record; before, everybody weighs the same.
RECORD = 5


@dataclass(frozen=True)
class Notice:
    """What a notice of illegal content says beside its reason and words."""

    law: str = ""
    reporter_name: str = ""
    reporter_email: str = ""
    is_in_good_faith: bool = False


@transaction.atomic
def flag(
    comment: Comment,
    *,
    by: Commenter,
    reason: Flag.FlagReason,
    words: str = "",
    notice: Notice | None = None,
) -> Flag:
    """Ask the moderators to look. The same open flag twice is one.

    ``by`` may be unsaved. The comment is hidden where its reports weigh enough by now.
    """
    moderation.lock(comment)  # two reports at once shall see each other
    by.keep()
    filed, is_new = Flag.objects.open().get_or_create(
        comment=comment,
        commenter=by,
        reason=reason,
        defaults={
            "words": words,
            "revision": comment.revisions.last(),
            "weight": weight(by),
            **asdict(notice or Notice()),
        },
    )
    if is_new:
        _hide_if_heavy(comment)
    return filed


def weight(reporter: Commenter) -> float:
    """What a report of ``reporter`` counts, by how the earlier ones were answered.

    1 for an account, less for a guest; from RECORD answers on times twice the share
    that was agreed with, so between almost 0 and 2. The newsroom's own is enough.
    """
    if reporter.is_staff:
        return settings.COMMENT_HIDE_WEIGHT
    outcome = Flag.Outcome
    record = reporter.flags.for_moderators().aggregate(
        agreed=Count("pk", filter=Q(outcome=outcome.AGREED)),
        decided=Count("pk", filter=Q(outcome__in=[outcome.AGREED, outcome.DISAGREED])),
    )
    base = GUEST_WEIGHT if reporter.is_guest else 1.0
    if record["decided"] < RECORD:
        return base
    share = (record["agreed"] + 1) / (record["decided"] + 2)
    return round(base * share * 2, 2)


def weight_on(flags: Iterable[Flag]) -> float:
    """What open ``flags`` on one comment weigh together, a reader counting once.

    Guests together never more than half of what hides: one person can be many guests.
    """
    heaviest: dict[int, tuple[float, bool]] = {}
    for flag in flags:
        known = heaviest.get(flag.commenter_id, (0.0, True))[0]
        heaviest[flag.commenter_id] = (max(known, flag.weight), flag.commenter.is_guest)
    guests = sum(weight for weight, is_guest in heaviest.values() if is_guest)
    others = sum(weight for weight, is_guest in heaviest.values() if not is_guest)
    return round(others + min(guests, settings.COMMENT_HIDE_WEIGHT / 2), 2)


def finding(comment: Comment) -> Finding | None:
    """What the open reports of ``comment`` say, where they weigh enough to hide it.

    Those of the newsroom's own comments never do.
    """
    if comment.commenter.is_staff:
        return None
    flags = list(comment.flags.for_moderators().open().select_related("commenter"))
    total = weight_on(flags)
    if total < settings.COMMENT_HIDE_WEIGHT:
        return None
    return hold(
        "reports",
        Reason.FLAGGED,
        weight=total,
        threshold=settings.COMMENT_HIDE_WEIGHT,
        reporters=len({flag.commenter_id for flag in flags}),
        flags=[
            {"flag": flag.pk, "reason": flag.reason, "weight": flag.weight}
            for flag in flags
        ],
    )


@transaction.atomic
def settle(flag: Flag, *, by: User, outcome: Flag.Outcome) -> bool:
    """An editor's answer to an error in the article; False where it has one."""
    errors = Flag.objects.open().filter(reason=Flag.FlagReason.ARTICLE_ERROR)
    return bool(
        errors.filter(pk=flag.pk).update(
            outcome=outcome, settled_by=by, settled_at=timezone.now()
        )
    )


def news(comment: Comment) -> str:
    """In words, what is new about ``comment`` since a person last let it stand.

    Empty where there was no such answer, or nothing is new. No query where decisions
    and flags are prefetched.
    """
    decisions = list(comment.decisions.all())
    answer = _last_answer(decisions)
    if answer is None:
        return ""
    is_edited = decisions[-1].revision_id != answer.revision_id
    edited = [_("Edited since it was approved.")] if is_edited else []
    return " ".join(edited + _news_of(comment.flags.all()))


def _news_of(flags: Iterable[Flag]) -> list[str]:
    """What makes open ones among ``flags`` worth a second look."""
    flags = [flag for flag in flags if flag.reason != Flag.FlagReason.ARTICLE_ERROR]
    open_ = [flag for flag in flags if flag.outcome == Flag.Outcome.OPEN]
    known = {flag.reason for flag in flags if flag.outcome != Flag.Outcome.OPEN}
    known.discard(Flag.FlagReason.ILLEGAL)  # each such notice wants its answer
    said = []
    fresh = {f.reason: f.get_reason_display() for f in open_ if f.reason not in known}
    if fresh:
        said.append(_("Reported anew: %s.") % "; ".join(fresh.values()))
    readers = len({flag.commenter_id for flag in open_})
    if readers >= settings.COMMENT_RETURN_REPORTERS:
        words = ngettext(
            "Reported by %d reader since it was approved.",
            "Reported by %d readers since it was approved.",
            readers,
        )
        said.append(words % readers)
    return said


def _last_answer(decisions: list[ModerationDecision]) -> ModerationDecision | None:
    undone = {decision.undoes_id for decision in decisions}
    for decision in reversed(decisions):
        if (
            decision.moderator_id
            and decision.outcome == Comment.Status.PUBLISHED
            and decision.undoes_id is None
            and decision.pk not in undone
        ):
            return decision
    return None


def _hide_if_heavy(comment: Comment) -> None:
    if not comment.is_published or _is_settled(comment):
        return
    if heavy := finding(comment):
        grounds = Grounds.of(Verdict((heavy,)))
        moderation.decide(comment, Comment.Status.PENDING, by=None, grounds=grounds)


def _is_settled(comment: Comment) -> bool:
    """Whether a person has answered reports of this very text: no crowd overrules."""
    stands = comment.decisions.that_let_stand()
    return stands.filter(answered_flags__isnull=False).exists()
