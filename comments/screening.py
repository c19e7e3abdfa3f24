"""The automatic looks at a comment before it is written.

All screens run, so that a moderator sees every reason; the strictest outcome wins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from django.conf import settings

from articles.models import Article
from comments import rendering, text
from comments.models import Comment, Commenter, Phrase, Reason, Sanction


class Outcome(IntEnum):
    """What a finding asks for; the greater is the stricter."""

    PUBLISH = 0
    HOLD = 1
    REJECT = 2

    @property
    def status(self) -> Comment.Status:
        return {
            Outcome.PUBLISH: Comment.Status.PUBLISHED,
            Outcome.HOLD: Comment.Status.PENDING,
            Outcome.REJECT: Comment.Status.REJECTED,
        }[self]


@dataclass(frozen=True)
class Submission:
    """A text as it arrives, before anything of it is written.

    ``commenter`` may be unsaved; ``voices`` are all that its browser has spoken with;
    ``editing`` is the comment whose text this is to become.
    """

    article: Article
    commenter: Commenter
    body: str
    voices: frozenset[int] = frozenset()
    editing: Comment | None = None


@dataclass(frozen=True)
class Finding:
    screen: str
    outcome: Outcome
    reason: Reason
    evidence: dict


@dataclass(frozen=True)
class Verdict:
    findings: tuple[Finding, ...] = ()

    @property
    def outcome(self) -> Outcome:
        return max((f.outcome for f in self.findings), default=Outcome.PUBLISH)

    @property
    def reason(self) -> Reason:
        """The reason of the first finding that is as strict as the outcome."""
        for finding in self.findings:
            if finding.outcome == self.outcome:
                return finding.reason
        return Reason.PASSED

    def as_evidence(self) -> list[dict]:
        """For ``ModerationDecision.evidence``."""
        return [
            {
                "screen": f.screen,
                "outcome": f.outcome.name.lower(),
                "reason": f.reason.value,
                "evidence": f.evidence,
            }
            for f in self.findings
        ]


def screen(submission: Submission) -> Verdict:
    """What every screen has to say. Our own staff is not screened."""
    if submission.commenter.is_staff:
        return Verdict()
    findings = (look(submission) for look in SCREENS)
    return Verdict(tuple(finding for finding in findings if finding))


def premoderated_article(submission: Submission) -> Finding | None:
    if submission.article.commenting != Article.Commenting.PREMODERATED:
        return None
    return _hold("premoderated_article", Reason.PREMODERATED_ARTICLE)


def links(submission: Submission) -> Finding | None:
    """Hold COMMENT_HOLD_LINKS links or more; bare addresses count, our own do not."""
    found = rendering.foreign_links(submission.body)
    if len(found) < settings.COMMENT_HOLD_LINKS:
        return None
    return _hold("links", Reason.LINKS, count=len(found), links=found[:20])


def unconfirmed_guest(submission: Submission) -> Finding | None:
    if submission.commenter.has_verified_identity:
        return None
    return _hold("unconfirmed_guest", Reason.UNCONFIRMED)


def first_comment(submission: Submission) -> Finding | None:
    """Hold until another comment of the same voice has been published."""
    commenter, editing = submission.commenter, submission.editing
    if commenter.pk:
        earlier = Comment.objects.published().filter(commenter=commenter)
        if editing:
            earlier = earlier.exclude(pk=editing.pk)
        if earlier.exists():
            return None
    return _hold("first_comment", Reason.FIRST_COMMENT)


def premoderated_commenter(submission: Submission) -> Finding | None:
    sanction = (
        Sanction.objects.in_force()
        .filter(commenter__in=submission.voices, kind=Sanction.Kind.PREMODERATION)
        .first()
    )
    if sanction is None:
        return None
    return _hold(
        "premoderated_commenter", Reason.PREMODERATED_COMMENTER, sanction=sanction.pk
    )


def phrases(submission: Submission) -> Finding | None:
    """Look for the listed phrases, as whole words, in the text and the name.

    One query finds the phrases whose first word occurs, however long the list is;
    the rest is linear in the text.
    """
    # The gap: a phrase may not begin in the text and end in the name.
    said = text.words(submission.body)
    said += ["", *text.words(submission.commenter.display_name)]
    folded = text.fold(submission.body)
    found = [
        phrase
        for phrase in Phrase.objects.filter(first_word__in={*said, ""})
        if _occurs(phrase, said, folded)
    ]
    if not found:
        return None
    is_banned = any(phrase.kind == Phrase.Kind.BANNED for phrase in found)
    return Finding(
        "phrases",
        Outcome.REJECT if is_banned else Outcome.HOLD,
        Reason.PHRASE,
        {"phrases": [{"text": p.text, "kind": p.kind} for p in found]},
    )


# Cheapest first; a verdict's reason is that of the first among the strictest.
SCREENS: tuple[Callable[[Submission], Finding | None], ...] = (
    premoderated_article,
    links,
    phrases,
    premoderated_commenter,
    first_comment,
    unconfirmed_guest,
)


def _hold(name: str, reason: Reason, **evidence) -> Finding:
    return Finding(name, Outcome.HOLD, reason, evidence)


def _occurs(phrase: Phrase, said: list[str], folded: str) -> bool:
    if phrase.first_word == "":
        return text.fold(phrase.text) in folded
    wanted = text.words(phrase.text)
    starts = (i for i, word in enumerate(said) if word == wanted[0])
    return any(said[i : i + len(wanted)] == wanted for i in starts)
