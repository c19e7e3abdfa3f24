"""Appeals: the commenter's one word against a rejection, and its answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from comments import moderation
from comments.models import Appeal, Comment, ModerationDecision, Reason
from comments.moderation import Grounds, Source

MOST_WORDS = 500  # of a decision; an appeal's whole answer stays with the appeal


class Inadmissible(Exception):
    """Not done, with words for whoever asked."""

    def __init__(self, words: str):
        super().__init__(words)
        self.words = words


class NothingToAppeal(Inadmissible):
    """The decision is not what keeps the comment off the page."""


class AlreadyAppealed(Inadmissible):
    """One appeal for one decision."""


class TooLate(Inadmissible):
    """The period is over."""


class NotYourself(Inadmissible):
    """Nobody judges an appeal against their own decision."""


class AlreadyDecided(Inadmissible):
    """Somebody else has answered the appeal."""


def appealable(comment: Comment) -> ModerationDecision | None:
    """The decision that keeps ``comment`` off the page, appealed or not."""
    if comment.status != Comment.Status.REJECTED:
        return None
    in_force = comment.decisions.in_force()
    rejections = in_force.filter(outcome=Comment.Status.REJECTED)
    return rejections.select_related("appeal").last()


def deadline(decision: ModerationDecision) -> datetime:
    return decision.decided_at + timedelta(days=settings.COMMENT_APPEAL_DAYS)


@transaction.atomic
def file(comment: Comment, *, text: str) -> Appeal:
    """Ask for the rejection of ``comment`` to be looked at again; its commenter does.

    Raises Inadmissible.
    """
    moderation.lock(comment)
    decision = appealable(comment)
    if decision is None:
        raise NothingToAppeal(_("There is no rejection of this comment to appeal."))
    if hasattr(decision, "appeal"):
        raise _already_appealed()
    if timezone.now() > deadline(decision):
        raise TooLate(_("The time to appeal this decision is over."))
    try:
        with transaction.atomic():
            return Appeal.objects.create(
                decision=decision, commenter=comment.commenter, text=text
            )
    except IntegrityError as error:
        raise _already_appealed() from error


@transaction.atomic
def uphold(appeal: Appeal, *, by: User, answer: str) -> Appeal:
    """Let the decision stand, and say why. Raises Inadmissible."""
    _lock(appeal, by)
    return _close(appeal, Appeal.Outcome.UPHELD, by=by, answer=answer)


@transaction.atomic
def reverse(appeal: Appeal, *, by: User, answer: str) -> Appeal:
    """Publish the comment after all, by a new decision. Raises Inadmissible."""
    _lock(appeal, by)
    grounds = Grounds(Reason.APPEAL, answer[:MOST_WORDS], source=Source.APPEAL)
    moderation.decide(
        appeal.decision.comment, Comment.Status.PUBLISHED, by=by, grounds=grounds
    )
    return _close(appeal, Appeal.Outcome.REVERSED, by=by, answer=answer)


def may_decide(appeal: Appeal, user: User) -> bool:
    """Anyone but the first decider; the system's decisions have none."""
    return appeal.decision.moderator_id != user.pk


def _lock(appeal: Appeal, by: User) -> None:
    # The comment first, as everywhere: two locks in two orders may wait for each other.
    moderation.lock(appeal.decision.comment)
    appeal.refresh_from_db(
        fields=["outcome"], from_queryset=Appeal.objects.select_for_update()
    )
    if appeal.outcome != Appeal.Outcome.OPEN:
        raise AlreadyDecided(_("This appeal has been answered already."))
    if not may_decide(appeal, by):
        raise NotYourself(_("Somebody else has to decide on this appeal."))


def _close(appeal: Appeal, outcome: Appeal.Outcome, *, by: User, answer: str) -> Appeal:
    appeal.outcome, appeal.answer = outcome, answer
    appeal.decided_by, appeal.decided_at = by, timezone.now()
    appeal.save(update_fields=["outcome", "answer", "decided_by", "decided_at"])
    return appeal


def _already_appealed() -> AlreadyAppealed:
    return AlreadyAppealed(_("You have appealed this decision already."))
