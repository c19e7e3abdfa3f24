"""Asking the external scorers about a comment that waits, and acting on the answer.

The task is safe to run twice: it acts only while the comment has the version about
which it was asked. Whoever decided or edited meanwhile has moved that.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import transaction
from django.tasks import task
from django.utils import timezone

from comments import moderation, spam
from comments.models import Comment, Reason, ScreenSetting
from comments.moderation import Grounds
from comments.screening import Finding, Outcome, Screen, Verdict, every_screen
from comments.spam import Context, Score, Unavailable

MOST_ATTEMPTS = 5
FIRST_PAUSE = timedelta(minutes=1)  # twice as long after each attempt
OnFailure = ScreenSetting.OnFailure

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """What one scorer said; a failure to say anything is an answer, too."""

    screen: Screen
    setting: ScreenSetting
    score: Score | None
    failure: str = ""

    def finding(self, attempt: int) -> Finding:
        shadow = self.setting.mode == ScreenSetting.Mode.SHADOW
        return replace(self._finding(attempt), is_shadow=shadow)

    def _finding(self, attempt: int) -> Finding:
        name = self.screen.name
        if self.score is None:
            goes_on = self.setting.on_failure == OnFailure.PUBLISH
            outcome = Outcome.PUBLISH if goes_on else Outcome.HOLD
            evidence = {"failure": self.failure, "attempt": attempt}
            return Finding(name, outcome, Reason.UNAVAILABLE, evidence)
        threshold = self.screen.threshold(self.setting) or 0.0
        is_doubtful = self.score.value >= threshold
        outcome = Outcome.HOLD if is_doubtful else Outcome.PUBLISH
        reason = Reason.SCORE if is_doubtful else Reason.PASSED
        value, labels = self.score.value, list(self.score.labels)
        evidence = {"score": value, "threshold": threshold, "labels": labels}
        return Finding(name, outcome, reason, evidence)

    def may_retry(self, attempt: int) -> bool:
        wants = self.score is None and self.setting.on_failure == OnFailure.RETRY
        return wants and attempt < MOST_ATTEMPTS


@task
def ask(comment_id: int, version: int, names: list[str], attempt: int = 1) -> None:
    """Ask ``names`` about the comment, and decide what can be decided by it."""
    comment = Comment.objects.select_related("commenter__user").get(pk=comment_id)
    if comment.version != version:
        return
    answers = _answers(comment, names)
    retry = [a.screen.name for a in answers if a.may_retry(attempt)]
    if not ask.get_backend().supports_defer:
        retry = []
    findings = [a.finding(attempt) for a in answers]
    if _settle(comment, version, names, findings) and retry:
        later = timezone.now() + FIRST_PAUSE * 2 ** (attempt - 1)
        ask.using(run_after=later).enqueue(
            comment_id, comment.version, retry, attempt + 1
        )


@transaction.atomic
def _settle(
    comment: Comment, version: int, names: list[str], findings: list[Finding]
) -> bool:
    """Put the answers where the questions were; publish where nothing objects.

    False, changing nothing, where somebody else was faster.
    """
    moderation.lock(comment)
    last = comment.decisions.last()
    if comment.version != version or last is None:
        return False
    kept = [Finding.from_evidence(entry) for entry in last.evidence]
    others = [finding for finding in kept if finding.screen not in names]
    verdict = Verdict((*others, *findings))
    previous = comment.status
    if comment.is_pending and verdict.outcome == Outcome.PUBLISH:
        comment.status = Comment.Status.PUBLISHED
        comment.save(update_fields=["status"])
    grounds = Grounds.of(verdict)
    moderation.record(comment, previous=previous, by=None, grounds=grounds)
    return True


def _answers(comment: Comment, names: list[str]) -> list[Answer]:
    """One after the other; what has been switched off meanwhile is not asked."""
    settings = {
        row.screen: row for row in ScreenSetting.objects.filter(screen__in=names)
    }
    wanted = [screen for screen in every_screen() if screen.name in names]
    pairs = [(s, settings.get(s.name) or ScreenSetting(screen=s.name)) for s in wanted]
    return [
        _answer(comment, screen, setting)
        for screen, setting in pairs
        if setting.mode != ScreenSetting.Mode.OFF
    ]


def _answer(comment: Comment, screen: Screen, setting: ScreenSetting) -> Answer:
    try:
        score = spam.classify(screen.name, comment.body, _context(comment))
    except Unavailable as problem:
        logger.warning(
            "%s gave no answer about comment %s: %s",
            screen.name,
            comment.pk,
            problem.failure,
        )
        return Answer(screen, setting, None, problem.failure)
    return Answer(screen, setting, score)


def _context(comment: Comment) -> Context:
    commenter = comment.commenter
    email = commenter.user.email if commenter.user else commenter.email
    return Context(comment.address, comment.agent, commenter.display_name, email or "")
