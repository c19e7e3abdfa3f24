"""What the screens found, in words, and where in the text it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from comments import phrases
from comments.models import Reason

# Screens that only watch are recorded under this outcome or mode; they hold nothing.
_WATCHING = "shadow"


@dataclass(frozen=True)
class Explained:
    """One finding: the reason in words, and its evidence."""

    screen: str
    reason: str
    label: str
    phrases: list[str]
    links: list[str]
    details: list[str]
    is_watching: bool

    @property
    def is_failure(self) -> bool:
        return self.reason == Reason.UNAVAILABLE


def explain(evidence: list[dict]) -> list[Explained]:
    """``ModerationDecision.evidence``, for people; what is unknown shows as it is."""
    return [_explain(found) for found in evidence]


def spans(body: str, found: Iterable[Explained]) -> set[str]:
    """The places in ``body``, as typed there, where the findings' phrases stand."""
    listed = [phrases.Entry(phrase) for finding in found for phrase in finding.phrases]
    if not listed:
        return set()
    matches = phrases.PhraseBook(listed).find(body)
    return {body[match.start : match.end] for match in matches}


def _explain(found: dict) -> Explained:
    evidence = found.get("evidence") or {}
    reason = found.get("reason", "")
    marks = {found.get("mode"), found.get("outcome")}
    return Explained(
        screen=str(found.get("screen", "")),
        reason=reason,
        label=_label(reason),
        phrases=[_phrase(phrase) for phrase in evidence.get("phrases", [])],
        links=[str(link) for link in evidence.get("links", [])],
        details=[
            f"{name.replace('_', ' ')}: {value}"
            for name, value in evidence.items()
            if isinstance(value, str | int | float) and name != "count"
        ],
        is_watching=_WATCHING in marks or found.get("is_shadow", False),
    )


def _phrase(phrase: dict | str) -> str:
    return str(phrase.get("text", "")) if isinstance(phrase, dict) else str(phrase)


def _label(reason: str) -> str:
    known = reason in Reason.values
    return str(Reason(reason).label) if known else reason or _("no reason given")
