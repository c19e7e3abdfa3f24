"""What the screens look at, and what they say."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from functools import cached_property

from django.utils import timezone

from articles.models import Article
from comments import phrases, records, text
from comments.models import Comment, Commenter, Reason
from comments.phrases import Match
from comments.records import Record, Words


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
class Signs:
    """What the form gives away of how it was filled in.

    ``trap`` is what stood in the field that people cannot see; ``typing_seconds`` is
    None where no script measured it.
    """

    trap: str = ""
    typing_seconds: float | None = None


NO_SIGNS = Signs()


@dataclass(frozen=True)
class Submission:
    """A text as it arrives, before anything of it is written.

    ``commenter`` may be unsaved; ``voices`` are all that its browser has spoken with;
    ``editing`` is the comment whose text this is to become; ``stored`` is the key of
    one that is looked at again; ``at`` is when it came; ``digest`` is what one person
    would send twice.
    """

    article: Article
    commenter: Commenter
    body: str
    voices: frozenset[int] = frozenset()
    editing: Comment | None = None
    address: str = ""
    signs: Signs = NO_SIGNS
    stored: int | None = None
    digest: str = ""
    at: datetime = field(default_factory=timezone.now)

    @property
    def speakers(self) -> set[int]:
        """The keys of everyone it may be that speaks."""
        return {*self.voices, *([self.commenter.pk] if self.commenter.pk else [])}

    @property
    def own(self) -> int:
        """The key of its comment, if that is written already; else 0."""
        return self.editing.pk if self.editing else self.stored or 0

    @cached_property
    def record(self) -> Record:
        """What is known of it and of who says it. One query."""
        return records.find(
            voice=self.commenter.pk or 0,
            speakers=self.speakers,
            address=self.address,
            at=self.at,
            words=Words(self.own, self.digest, self.fingerprint),
        )

    @cached_property
    def fingerprint(self) -> str:
        return text.fingerprint(self.body)

    @cached_property
    def matches(self) -> tuple[list[Match], list[Match]]:
        """The listed phrases in the text, and in the name."""
        book = phrases.current(self.article.edition)
        return book.find(self.body), book.find(self.commenter.display_name)


@dataclass(frozen=True)
class Finding:
    """What one screen has to say; ``is_shadow`` is recorded and changes nothing."""

    screen: str
    outcome: Outcome
    reason: Reason
    evidence: dict
    is_shadow: bool = False

    def as_evidence(self) -> dict:
        return {
            "screen": self.screen,
            "outcome": self.outcome.name.lower(),
            "reason": self.reason.value,
            "evidence": self.evidence,
            **({"mode": "shadow"} if self.is_shadow else {}),
        }

    @classmethod
    def from_evidence(cls, kept: dict) -> Finding:
        return cls(
            kept["screen"],
            Outcome[kept["outcome"].upper()],
            Reason(kept["reason"]),
            kept["evidence"],
            kept.get("mode") == "shadow",
        )

    @property
    def is_question(self) -> bool:
        """Whether it says that an external scorer has been asked, and no more."""
        return self.evidence.get("state") == "asked"


@dataclass(frozen=True)
class Verdict:
    findings: tuple[Finding, ...] = ()

    @property
    def outcome(self) -> Outcome:
        return max((f.outcome for f in self._acting), default=Outcome.PUBLISH)

    @property
    def reason(self) -> Reason:
        """The reason of the first finding that is as strict as the outcome."""
        if self.outcome == Outcome.PUBLISH:
            return Reason.PASSED
        return next(f.reason for f in self._acting if f.outcome == self.outcome)

    @property
    def questions(self) -> list[str]:
        """The external scorers that are to be asked."""
        return [f.screen for f in self.findings if f.is_question]

    def as_evidence(self) -> list[dict]:
        """For ``ModerationDecision.evidence``."""
        return [finding.as_evidence() for finding in self.findings]

    @property
    def _acting(self) -> list[Finding]:
        return [finding for finding in self.findings if not finding.is_shadow]


def hold(name: str, reason: Reason, **evidence) -> Finding:
    return Finding(name, Outcome.HOLD, reason, evidence)
