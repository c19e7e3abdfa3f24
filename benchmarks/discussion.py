"""One article's discussion of any size, up to ten million comments: see README.md.

    python -m benchmarks.discussion 1000000 [replies to its first thread, 0]

The same every time, made and written a chunk at a time, past the verbs; and yet as they
would have left it: ``manage.py reconcile`` finds nothing wrong.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import accumulate, batched
from time import perf_counter

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from articles.models import Article
from benchmarks import bulk, seed
from comments.models import (
    Comment,
    Commenter,
    Discussion,
    Flag,
    ModerationDecision,
    Revision,
)

Status = Comment.Status
P, W, R = Status.PUBLISHED, Status.PENDING, Status.REJECTED
# Twenty comments, again and again: what each answers, and its status. Eight top-level
# ones, two of them hidden and one a tombstone; replies down to the fifth level.
SHAPE: list[tuple[int | None, Status]] = [
    *[(None, P), (None, P), (None, P), (None, R)],
    *[(None, P), (None, W), (None, P), (None, W)],
    *[(0, P), (0, P), (1, P), (3, P), (4, Status.WITHDRAWN), (6, W)],
    *[(8, P), (10, P), (12, P)],
    *[(14, R), (15, W)],
    (17, P),
]
SHOWN_THREADS = 6  # of each twenty
# The replies to a hot thread, by fives: what each answers; None for the thread itself.
HOT_SHAPE = [None, 0, 1, 0, None]
CHUNK = 1_000  # of SHAPE: a thread's replies lie as far apart from it
AT_ONCE = 50_000  # comments, from which on indexes are made afterwards
VOICES = 5_000
WORDS = seed.WORDS * 4
TEXTS = [" ".join(WORDS[n : n + 38]) for n in range(len(seed.WORDS))]
COLUMNS = {
    Comment: "id article_id commenter_id parent_id root_id path depth body body_html "
    "status digest fingerprint revision_number version submitted_at "
    "reply_count has_replies",
    Revision: "id comment_id number body created_at",
    ModerationDecision: "id comment_id revision_id moderator_id previous_status "
    "outcome reason evidence version decided_at",
    Flag: "comment_id revision_id commenter_id reason flagged_at",
}
HELD = json.dumps(seed.HELD)
LINES = {
    (status, is_edited): seed.line(status, is_edited=is_edited)
    for status in Status
    for is_edited in (False, True)
}


def _ancestry(j: int) -> list[int]:
    parent = SHAPE[j][0]
    return [j] if parent is None else [*_ancestry(parent), j]


DEPTHS = [len(_ancestry(j)) for j in range(len(SHAPE))]
LEVELS = dict(sorted(Counter(DEPTHS).items()))  # how many of each depth
RANKS = [DEPTHS[:j].count(DEPTHS[j]) for j in range(len(SHAPE))]
REPLIES = [
    sum(_ancestry(k)[0] == j != k and SHAPE[k][1] == P for k in range(len(SHAPE)))
    for j in range(len(SHAPE))
]


@dataclass(slots=True)
class Placed:
    """A comment's place, before it has words."""

    pk: int
    parent: int | None
    path: str
    status: Status
    reply_count: int = 0


def places(first: int, count: int, hot: int) -> Iterator[Placed]:
    """Level by level in each chunk; what is left of twenty goes to the hot thread."""
    blocks, rest = divmod(count - hot, len(SHAPE))
    hot += rest
    if hot and not blocks:
        raise SystemExit("Too few comments for so many replies.")
    pk = first
    for chunk in batched(range(blocks), CHUNK, strict=False):
        for placed in _chunk(pk, len(chunk)):
            if placed.pk == first:
                placed.reply_count += _published_replies(hot)
            yield placed
        pk += len(chunk) * len(SHAPE)
    yield from _hot(pk, first, hot)


def _chunk(base: int, blocks: int) -> Iterator[Placed]:
    starts = [0, *accumulate(n * blocks for n in LEVELS.values())]
    for level in LEVELS:
        members = [j for j in range(len(SHAPE)) if DEPTHS[j] == level]
        for block in range(blocks):
            for j in members:
                line = [
                    base + starts[DEPTHS[k] - 1] + block * LEVELS[DEPTHS[k]] + RANKS[k]
                    for k in _ancestry(j)
                ]
                yield Placed(
                    line[-1],
                    line[-2] if level > 1 else None,
                    "".join(f"{pk:08x}" for pk in line),
                    SHAPE[j][1],
                    REPLIES[j],
                )


def _hot(base: int, root: int, count: int) -> Iterator[Placed]:
    for h in range(count):
        five, above = h - h % 5, []
        answered = HOT_SHAPE[h % 5]
        while answered is not None:
            above.insert(0, base + five + answered)
            answered = HOT_SHAPE[answered]
        line = [root, *above, base + h]
        path = "".join(f"{pk:08x}" for pk in line)
        yield Placed(line[-1], line[-2], path, seed.STATUSES[h % 20])


def _published_replies(hot: int) -> int:
    rounds, rest = divmod(hot, len(seed.STATUSES))
    return rounds * seed.STATUSES.count(P) + seed.STATUSES[:rest].count(P)


class Writer:
    """Turns places into rows of four tables, and counts what is published."""

    def __init__(self, article: Article, count: int):
        self.article_id = article.pk
        self.voices = _voices(count)
        self.moderator = _moderator()
        self.next = {m: _next_key(m) for m in (Comment, Revision, ModerationDecision)}
        self.start = timezone.now().replace(microsecond=0) - timedelta(seconds=count)
        self.first = self.next[Comment]
        self.published, self.newest = 0, None
        self.tables = {m: bulk.Table(m, c.split()) for m, c in COLUMNS.items()}

    def write(self, placed: tuple[Placed, ...]) -> None:
        rows: dict[type, list[tuple]] = {model: [] for model in COLUMNS}
        for place in placed:
            self._comment(place, rows)
        for model, table in self.tables.items():
            table.write(rows[model])

    def _comment(self, place: Placed, rows: dict[type, list[tuple]]) -> None:
        pk, is_published = place.pk, place.status == P
        at = self.start + timedelta(seconds=pk - self.first)
        text = TEXTS[pk % len(TEXTS)]
        body = f"No. {pk}: {text}."
        voice, person = self.voices[pk * 7 % len(self.voices)]
        said = f"{self.article_id}\0{place.parent}\0{person}\0{body}"
        is_edited = pk % 13 == 0
        line = LINES[place.status, is_edited]
        rows[Comment].append(
            (
                *(pk, self.article_id, voice, place.parent),
                int(place.path[:8], 16) if place.parent else None,
                *(place.path, len(place.path) // 8, body, f"<p>{body}</p>"),
                *(place.status.value, sha256(said.encode()).hexdigest()),
                sha256(f"no {pk} {text}".encode()).hexdigest(),
                *(2 if is_edited else 1, len(line), _moment(at)),
                *(place.reply_count, place.reply_count > 0),
            )
        )
        for number in range(1, 3 if is_edited else 2):
            revision = self._key(Revision)
            rows[Revision].append((revision, pk, number, body, _moment(at)))
        before = ""
        for n, (outcome, reason, is_persons) in enumerate(line):
            rows[ModerationDecision].append(
                (
                    *(self._key(ModerationDecision), pk, revision),
                    *(self.moderator if is_persons else None, before),
                    *(outcome.value, reason.value),
                    HELD if reason == seed.Reason.FIRST_COMMENT else "[]",
                    *(n + 1, _moment(at + timedelta(minutes=7 * n))),
                )
            )
            before = outcome.value
        if is_published:
            self.published, self.newest = self.published + 1, at
            if pk % 30 == 7:
                reporter = self.voices[pk * 3 % len(self.voices)][0]
                reason = Flag.FlagReason.ABUSIVE.value
                flagged_at = _moment(at + timedelta(minutes=30))
                rows[Flag].append((pk, revision, reporter, reason, flagged_at))

    def _key(self, model: type) -> int:
        self.next[model] += 1
        return self.next[model] - 1


def fill(article: Article, count: int, hot: int = 0) -> None:
    """Write ``count`` comments, a second apart, the last of them now."""
    writer = Writer(article, count)
    tables = list(writer.tables.values())
    with bulk.at_once(tables) if count >= AT_ONCE else transaction.atomic():
        for placed in batched(places(writer.first, count, hot), 20_000, strict=False):
            writer.write(placed)
    Discussion.objects.create(
        article=article,
        published_count=writer.published,
        version=1,
        last_activity_at=writer.newest,
    )
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), list(COLUMNS)):
            cursor.execute(sql)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _next_key(model: type) -> int:
    return (model.objects.aggregate(last=Max("pk"))["last"] or 0) + 1


def _voices(count: int) -> list[tuple[int, str]]:
    """The guests' keys, and who they are in a digest."""
    known = Commenter.objects.filter(user=None)
    missing = min(VOICES, max(20, count // 10)) - known.count()
    Commenter.objects.bulk_create(
        Commenter(name=f"Guest {n}", email=f"guest{n}@example.org")
        for n in range(max(0, missing))
    )
    return [
        (pk, f"guest {name.lower()} {email}")
        for pk, name, email in known.order_by("pk").values_list("pk", "name", "email")
    ]


def _moderator() -> int:
    return User.objects.get_or_create(
        username="moderator", defaults={"display_name": "Mona", "is_staff": True}
    )[0].pk


def _bytes() -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute(
                "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
            )
        return cursor.fetchone()[0]


def fill_and_tell(article: Article, count: int, hot: int = 0) -> None:
    began, before = perf_counter(), _bytes()
    fill(article, count, hot)
    took, grown = perf_counter() - began, (_bytes() - before) / 2**20
    print(f"{count:,} comments in {took:.0f} s, {count / took:,.0f} a second;", end=" ")
    print(f"{grown:,.0f} MiB with their revisions, decisions and indexes", flush=True)


if __name__ == "__main__":
    fill_and_tell(seed.article(), *(int(number) for number in sys.argv[1:]))
