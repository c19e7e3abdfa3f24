"""What the desk's buttons do, and the words that answer them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.models import User
from comments import moderation
from comments.models import Comment, ModerationDecision, Reason


@dataclass(frozen=True)
class Answer:
    """What a moderator says to a comment, having read one version of it."""

    verb: str
    seen: int
    reason: str = ""
    words: str = ""


def give(answer: Answer, comment: Comment, *, by: User) -> str:
    """Do it; what was done in words. Raises moderation.Stale."""
    if answer.verb in {"feature", "unfeature"}:
        return _feature(answer, comment, by=by)
    return _said(comment, _decide(answer, comment, by=by))


def undo(decision: ModerationDecision, *, by: User) -> str:
    """Take the moderator's decision back. Raises moderation.CannotUndo."""
    undone = moderation.undo(decision, by=by)
    return _("Undone: comment #%(pk)s is %(status)s again.") % {
        "pk": undone.comment_id,
        "status": undone.get_outcome_display(),
    }


def last_decision(by: User) -> ModerationDecision | None:
    """What an undo would take back."""
    undone = ModerationDecision.objects.filter(undoes=OuterRef("pk"))
    own = ModerationDecision.objects.filter(~Exists(undone), moderator=by, undoes=None)
    return own.select_related("comment__commenter__user").order_by("-pk").first()


def what_changed(stale: moderation.Stale) -> str:
    """The conflict in words: who did what since the comment was seen."""
    happened = [
        _("%(who)s: %(outcome)s (%(reason)s)")
        % {
            "who": decision.moderator or _("the system"),
            "outcome": decision.get_outcome_display(),
            "reason": decision.get_reason_display(),
        }
        for decision in stale.since.select_related("moderator")
    ]
    return " ".join([str(stale), "; ".join(happened)]).strip()


def _decide(answer: Answer, comment: Comment, *, by: User) -> ModerationDecision | None:
    seen, words = answer.seen, answer.words
    match answer.verb:
        case "approve":
            return moderation.approve(comment, by=by, words=words, seen=seen)
        case "ignore":
            return moderation.ignore_flags(comment, by=by, seen=seen)
        case "restore":
            return _restore(answer, comment, by=by)
        case "spam":
            reason = Reason.SPAM
        case _:
            reason = Reason(answer.reason or Reason.OTHER)
    return moderation.reject(comment, by=by, reason=reason, words=words, seen=seen)


@transaction.atomic
def _restore(
    answer: Answer, comment: Comment, *, by: User
) -> ModerationDecision | None:
    _check(comment, answer.seen)
    return moderation.restore(comment, by=by, words=answer.words)


def _check(comment: Comment, seen: int) -> None:
    # For the verbs that take no version; inside the transaction that does them.
    moderation.lock(comment)
    if comment.version != seen:
        raise moderation.Stale(comment, seen)


@transaction.atomic
def _feature(answer: Answer, comment: Comment, *, by: User) -> str:
    is_featured = answer.verb == "feature"
    _check(comment, answer.seen)
    if not moderation.feature(comment, by=by, is_featured=is_featured):
        return _("Nothing changed: only a published comment can be featured.")
    if is_featured:
        return _("Comment #%s is an editors’ pick now.") % comment.pk
    return _("Comment #%s is no editors’ pick any more.") % comment.pk


def _said(comment: Comment, decision: ModerationDecision | None) -> str:
    if decision is None:
        return _("Comment #%(pk)s was left alone: it is %(status)s already.") % {
            "pk": comment.pk,
            "status": comment.get_status_display(),
        }
    return _("Comment #%(pk)s: %(outcome)s, %(reason)s.") % {
        "pk": comment.pk,
        "outcome": decision.get_outcome_display(),
        "reason": decision.get_reason_display(),
    }
