"""Looks at the text and at the form it came in."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Case, Q, When

from accounts.prepared import Select, Slot, one_of
from comments import rendering, text
from comments.models import Comment, Phrase, Reason
from comments.phrases import Match
from comments.screening.verdict import Finding, Outcome, Submission, hold

# Shorter texts, "Thank you very much!", are alike by chance; in characters.
SHORTEST_REPEAT = 40
SHORTEST_TYPED = 40
OWN_COMMENTS = 50
COMMENTS_OF_THE_HOUR = 100
_NEVER = 2**62  # later than any key
_COMPARED = 2_000  # characters of a text; more would cost time and tell nothing
_SHINGLE = 5
_SKETCH_BITS = 4_096
_ONE = ord("1")


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
    if twin := submission.record.twin:
        return hold("repeated", Reason.REPEATED, comment=twin, similarity=1.0)
    near = nearest(submission.body, _said_lately(submission), similarity)
    if near is None or near[0] < similarity:
        return None
    return hold(
        "repeated", Reason.REPEATED, comment=near[1], similarity=round(near[0], 2)
    )


def _said_lately(submission: Submission) -> dict[int, str]:
    """What the same voices said last, and what anybody did within the hour."""
    told = {"at": submission.at, "own": submission.own}
    speakers = submission.speakers
    own = _OWN.rows(len(speakers), speakers=list(speakers), **told)
    last = _LAST.rows(
        since=submission.at - timedelta(hours=1),
        before=submission.stored or _NEVER,
        **told,
    )
    return dict([*own, *((key, body) for key, body in last if body is not None)])


def _others() -> Q:
    return Q(submitted_at__lte=Slot("at")) & ~Q(pk=Slot("own")) & ~Q(status="withdrawn")


_OWN = Select(
    Comment,
    lambda count: (
        Comment.objects.filter(one_of("commenter__pk", "speakers", count), _others())
        .order_by("-submitted_at")
        .values_list("pk", "body")[:OWN_COMMENTS]
    ),
)
# By their keys, which are in the order of time: no index has all comments by time.
# A text that does not count is left where it is.
_LAST = Select(
    Comment,
    lambda: (
        Comment.objects.filter(pk__lt=Slot("before"))
        .order_by("-pk")
        .values_list(
            "pk", Case(When(_others(), submitted_at__gte=Slot("since"), then="body"))
        )[:COMMENTS_OF_THE_HOUR]
    ),
)


def nearest(
    body: str, bodies: dict[int, str], similarity: float
) -> tuple[float, int] | None:
    """The likest of those that may be as alike as that, by Jaccard's index."""
    bits, size, hidden = _sketch(body)
    # At most so many are shared, of so many in all: those are the one less the other.
    # And no more are shared than the shorter one has, of no fewer than the longer one.
    near = [
        (pk, other)
        for pk, other in bodies.items()
        for there in (_sketch(other),)
        if similarity * max(size, there.size) <= min(size, there.size)
        and ((bits & there.bits).bit_count() + hidden) * (1 + similarity)
        >= similarity * (size + there.size)
    ]
    shingles = _shingles(body) if near else set()
    likest = ((_likeness(shingles, _shingles(other)), pk) for pk, other in near)
    return max(likest, default=None)


def _likeness(shingles: set[str], others: set[str]) -> float:
    shared = len(shingles & others)
    return shared / (len(shingles) + len(others) - shared) if shared else 0.0


def _shingles(body: str) -> set[str]:
    said = _comparable(body)
    return {said[i : i + _SHINGLE] for i in range(len(said) - _SHINGLE + 1)}


class _Sketch(NamedTuple):
    """A text's shingles as a bit for each, several of them sharing some.

    Two texts that share a shingle share its bit; ``hidden`` are those that may share
    one unseen, as another of the text has the same bit.
    """

    bits: int
    size: int
    hidden: int


@lru_cache(maxsize=3_072)  # a text is looked at by all that follow, and by its writer
def _sketch(body: str) -> _Sketch:
    shingles, digits = _shingles(body), bytearray(b"0") * _SKETCH_BITS
    for shingle in shingles:
        digits[hash(shingle) % _SKETCH_BITS] = _ONE
    bits, size = int(digits, base=2), len(shingles)
    return _Sketch(bits, size, hidden=size - bits.bit_count())


def _comparable(body: str) -> str:
    """Its words; what it quotes is another's."""
    if ">" in body:
        lines = body.splitlines()
        body = "\n".join(line for line in lines if not line.lstrip().startswith(">"))
    return text.said(body)[:_COMPARED]


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
