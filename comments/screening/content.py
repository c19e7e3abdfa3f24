"""Looks at the text and at the form it came in."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from comments import rendering, text
from comments.models import Phrase, Reason
from comments.phrases import Match
from comments.screening.verdict import Finding, Outcome, Submission, hold

# Shorter texts, "Thank you very much!", are alike by chance; in characters.
SHORTEST_REPEAT = 40
SHORTEST_TYPED = 40
OWN_COMMENTS = 50
COMMENTS_OF_THE_HOUR = 100
_COMPARED = 2_000  # characters of a text; more would cost time and tell nothing
_SHINGLE = 5


def trap(submission: Submission) -> Finding | None:
    """Hold what came with the field filled in that nobody sees."""
    if not submission.signs.trap:
        return None
    return hold("trap", Reason.TRAP)


def too_quick(submission: Submission, seconds: float) -> Finding | None:
    typed = submission.signs.typing_seconds
    length = len(submission.body)
    if typed is None or typed >= seconds or length <= SHORTEST_TYPED:
        return None
    return hold("too_quick", Reason.TOO_QUICK, seconds=typed, characters=length)


def links(submission: Submission, limit: float) -> Finding | None:
    """Hold so many links or more; bare addresses count, our own do not."""
    found = rendering.foreign_links(submission.body)
    if len(found) < limit:
        return None
    return hold("links", Reason.LINKS, count=len(found), links=found[:20])


def phrases(submission: Submission) -> Finding | None:
    """Look for the listed phrases in the text and the name."""
    return _found("phrases", submission, is_on_trial=False)


def phrases_on_trial(submission: Submission) -> Finding | None:
    return _found("phrases_on_trial", submission, is_on_trial=True)


def repeated(submission: Submission, similarity: float) -> Finding | None:
    """Hold what was said before: anywhere in a day, much alike by the same voices,
    or much alike by anybody within the hour."""
    if len(_comparable(submission.body)) < SHORTEST_REPEAT:
        return None
    at = submission.at
    others = submission.others.exclude(status="withdrawn").order_by("-submitted_at")
    rows = others.values_list("pk", "body")
    same = others.filter(
        fingerprint=text.fingerprint(submission.body),
        submitted_at__gte=at - timedelta(days=1),
    )
    if found := same.values_list("pk", flat=True).first():
        return hold("repeated", Reason.REPEATED, comment=found, similarity=1.0)
    own = rows.filter(commenter__in=submission.speakers)[:OWN_COMMENTS]
    recent = rows.filter(submitted_at__gte=at - timedelta(hours=1))
    near = _nearest(submission.body, dict([*own, *recent[:COMMENTS_OF_THE_HOUR]]))
    if near is None or near[0] < similarity:
        return None
    return hold(
        "repeated", Reason.REPEATED, comment=near[1], similarity=round(near[0], 2)
    )


def _nearest(body: str, bodies: dict[int, str]) -> tuple[float, int] | None:
    shingles = _shingles(body)
    return max(
        ((_likeness(shingles, _shingles(b)), pk) for pk, b in bodies.items()),
        default=None,
    )


def _likeness(shingles: frozenset[str], others: frozenset[str]) -> float:
    """Jaccard's index."""
    shared = len(shingles & others)
    return shared / (len(shingles) + len(others) - shared) if shared else 0.0


@lru_cache(maxsize=256)  # each of the hour's texts is looked at by all that follow
def _shingles(body: str) -> frozenset[str]:
    said = _comparable(body)
    return frozenset(said[i : i + _SHINGLE] for i in range(len(said) - _SHINGLE + 1))


def _comparable(body: str) -> str:
    """Its words; what it quotes is another's."""
    own = (line for line in body.splitlines() if not line.lstrip().startswith(">"))
    return " ".join(text.words("\n".join(own)))[:_COMPARED]


def _found(name: str, submission: Submission, *, is_on_trial: bool) -> Finding | None:
    in_body, in_name = (
        [match for match in matches if match.entry.is_on_trial == is_on_trial]
        for matches in submission.matches
    )
    if not in_body and not in_name:
        return None
    kinds = {match.entry.kind for match in [*in_body, *in_name]}
    evidence = [
        *({**_phrase(match), "at": [match.start, match.end]} for match in in_body),
        *({**_phrase(match), "in": "name"} for match in in_name),
    ]
    outcome = Outcome.REJECT if Phrase.Kind.BANNED in kinds else Outcome.HOLD
    return Finding(name, outcome, Reason.PHRASE, {"phrases": evidence})


def _phrase(match: Match) -> dict[str, str]:
    return {"text": match.entry.text, "kind": str(match.entry.kind)}
