"""A comment as the desk shows it, from what ``records`` loaded. No queries."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise

from django.utils.safestring import SafeString

from comments import queues, rendering, reports
from comments.admin.desk import findings
from comments.admin.desk.records import (
    RECENT_SHOWN,
    Batch,
    Record,
    Reliability,
    line_of,
)
from comments.models import Comment, Flag, ModerationDecision, Revision


@dataclass(frozen=True)
class Said:
    """One open flag, and how far its reporter has been right."""

    flag: Flag
    reporter: Reliability


@dataclass(frozen=True)
class Change:
    """What an edit took away and added, as runs of ("same", "gone" or "new", text)."""

    revision: Revision
    runs: list[tuple[str, str]]


class Card:
    """One comment: what it says, where, by whom, and why it is here."""

    def __init__(self, comment: Comment, batch: Batch, reader: str = ""):
        self.comment = comment
        # The other moderator who is reading it.
        self.reader = reader
        self._batch = batch

    @cached_property
    def decisions(self) -> list[ModerationDecision]:
        return sorted(self.comment.decisions.all(), key=lambda decision: decision.pk)

    @cached_property
    def findings(self) -> list[findings.Explained]:
        """What the screens said the last time they looked."""
        looked = [decision for decision in self.decisions if decision.evidence]
        return findings.explain(looked[-1].evidence) if looked else []

    @property
    def last_words(self) -> ModerationDecision | None:
        return self.decisions[-1] if self.decisions else None

    @property
    def text(self) -> SafeString:
        spans = findings.spans(self.comment.body, self.findings)
        return rendering.highlight(self.comment.body_html, spans)

    @property
    def above(self) -> list[Comment]:
        """From the top of its thread down to what it answers."""
        found = self._batch.above
        return [found[key] for key in line_of(self.comment) if key in found]

    @property
    def thread_url(self) -> str:
        """Where readers see it, or what it answers, or at least the article."""
        for comment in [self.comment, *reversed(self.above)]:
            if comment.is_published:
                return comment.get_absolute_url()
        return f"{self.comment.article.get_absolute_url()}#comments"

    @property
    def skipped_levels(self) -> int:
        """How many comments of the line are left out after its first."""
        return max(0, self.comment.depth - 1 - 3)

    @property
    def flags(self) -> list[Said]:
        """The open ones that are the moderators' to answer."""
        known = self._batch.reporters
        return [
            Said(flag, known.get(flag.commenter_id, Reliability()))
            for flag in self.comment.flags.all()
            if flag.awaits_moderator
        ]

    @property
    def news(self) -> str:
        return reports.news(self.comment)

    @property
    def record(self) -> Record:
        return self._batch.records[self.comment.commenter_id]

    @property
    def counts(self) -> list[tuple[str, int]]:
        counted = self.record.counts
        return [(str(s.label), counted[s]) for s in Comment.Status if counted.get(s)]

    @property
    def recent(self) -> list[Comment]:
        others = [c for c in self.record.recent if c.pk != self.comment.pk]
        return others[:RECENT_SHOWN]

    @property
    def since(self) -> datetime:
        """Since when the voice has been here."""
        commenter = self.comment.commenter
        return commenter.user.date_joined if commenter.user else commenter.created_at

    @property
    def network(self) -> str:
        return queues.network(self.comment.address)

    @property
    def changes(self) -> list[Change]:
        texts = sorted(self.comment.revisions.all(), key=lambda text: text.number)
        return [Change(b, list(compare(a.body, b.body))) for a, b in pairwise(texts)]


def compare(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Word by word: what stayed, what is gone, what is new."""
    old, new = re.findall(r"\s+|\S+", before), re.findall(r"\s+|\S+", after)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            yield "same", "".join(old[a:b])
            continue
        if b > a:
            yield "gone", "".join(old[a:b])
        if d > c:
            yield "new", "".join(new[c:d])
