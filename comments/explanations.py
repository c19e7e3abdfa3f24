"""Word from the moderators: what commenters and reporters are told of decisions."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from comments import appeals, links
from comments.models import Appeal, Comment, Flag, ModerationDecision, Reason

Status = Comment.Status


def explain(comments: list[Comment]) -> None:
    """Give ``comments``, which have their reader's own voice, what it is told of each.

    That is ``own_notice``, ``own_link`` where something may still come of it, and
    ``own_appeal``; in two queries.
    """
    if not comments:
        return
    hidden = [comment.pk for comment in comments if not comment.is_published]
    decisions = ModerationDecision.objects.in_force().filter(comment__in=hidden)
    last = {(d.comment_id, d.outcome): d for d in decisions.order_by("pk")}
    filed = Appeal.objects.filter(decision__comment__in=[c.pk for c in comments])
    filed = filed.select_related("decision").order_by("pk")
    by_comment = {appeal.decision.comment_id: appeal for appeal in filed}
    for comment in comments:
        comment.own_notice = _notice(comment, last.get((comment.pk, comment.status)))
        comment.own_appeal = by_comment.get(comment.pk)
        if _is_worth_a_link(comment):
            comment.own_link = reverse("comments:own", args=[links.to_comment(comment)])


def appeal_until(comment: Comment) -> datetime | None:
    """How long its commenter may appeal against what keeps ``comment`` off the page."""
    decision = appeals.appealable(comment)
    if decision is None or hasattr(decision, "appeal"):
        return None
    end = appeals.deadline(decision)
    return end if end > timezone.now() else None


def answer_to(flag: Flag) -> str:
    """In plain words, what became of a report."""
    if flag.reason == Flag.FlagReason.ARTICLE_ERROR:
        return _answer_of_editors(flag)
    match flag.outcome:
        case Flag.Outcome.AGREED:
            return _("The moderators agreed with you and removed the comment.")
        case Flag.Outcome.DISAGREED:
            return _("The moderators looked at the comment and decided that it stays.")
        case Flag.Outcome.IGNORED:
            return _("The moderators read your report and left the comment as it is.")
    if flag.comment.status == Status.WITHDRAWN:
        return _("The comment was withdrawn by its commenter.")
    return _("Received. The moderators have not decided yet.")


def _answer_of_editors(flag: Flag) -> str:
    match flag.outcome:
        case Flag.Outcome.OPEN:
            return _("Received. The editors have not looked at it yet.")
        case Flag.Outcome.AGREED:
            return _("The editors agreed with you: thank you.")
    return _("The editors looked at it and found no error.")


def _is_worth_a_link(comment: Comment) -> bool:
    """Accounts have “My comments”; a guest may lose the cookie that opens it."""
    return comment.status == Status.REJECTED or (
        comment.is_pending and comment.commenter.is_guest
    )


def _notice(comment: Comment, decision: ModerationDecision | None) -> str:
    if comment.is_pending:
        if decision and decision.reason == Reason.FLAGGED:
            return _(
                "Readers have reported your comment. It is hidden until a moderator "
                "has looked at it."
            )
        return _("Your comment is awaiting moderation.")
    if decision is None or comment.status != Status.REJECTED:
        return ""
    words = _("Your comment was not published. The reason: %(reason)s.") % {
        "reason": decision.get_reason_display()
    }
    return f"{words} {decision.words}".strip()
