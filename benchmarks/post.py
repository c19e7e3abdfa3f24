"""What does an accepted reply cost, screens and counters included?

    python -m benchmarks.post [sqlite] [postgres://…]

Each reply is a signed-in writer's, published at once, on one article: at 1 and at 16
writers, beside a bare view's answers to as many clients. Fails where a reply costs more
than LIMIT CPU-ms over the bare view at 16 writers, where its slowest hundredth takes
more than SPREAD medians, or where one is refused or lost.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.piece import ADDRESS, DISCUSSED
from benchmarks.results import tell
from benchmarks.serving import Load, Server, load, module, paper, run, serving

ROUNDS, LIMIT, SPREAD, WRITERS = 3, 2.9, 10, 50
CLIENTS = (1, 16)
SCRIPT = ("-s", str(Path(__file__).with_suffix(".lua")))
COUNT = """
import django
django.setup()
from comments.models import Comment, Discussion
published = Comment.objects.filter(status="published").count()
print(Comment.objects.count(), published, Discussion.objects.get().published_count)
"""


def measure(database: str) -> tuple[dict[tuple[str, int], list[Load]], list[str]]:
    results: dict[tuple[str, int], list[Load]] = {}
    with paper(database) as told, discussed(told):
        before, published_before, _ = _counted(told)
        with (
            serving("bare", 8901, told) as bare,
            serving("config.wsgi", 8902, told) as ours,
        ):
            for turn in range(ROUNDS + 1):  # the first one warms up
                for clients in CLIENTS:
                    for name, found in _loads(bare, ours, clients):
                        if turn or name == "reply":
                            results.setdefault((name, clients), []).append(found)
        stored, published, counted = _counted(told)
    replies = [f for (name, _), fs in results.items() for f in fs if name == "reply"]
    posted, refused = (sum(getattr(f, n) for f in replies) for n in ("count", "errors"))
    problems = [f"{refused} refused"] if refused else []
    # What was on its way when the clients stopped was taken, and not counted by them.
    if not posted <= stored - before <= posted + sum(CLIENTS) * (ROUNDS + 1):
        problems.append(f"{posted} accepted, {stored - before} stored")
    if held := (stored - before) - (published - published_before):
        problems.append(f"{held} held, and not published at once")
    if published != counted:
        problems.append(f"{published} published, {counted} counted")
    return results, problems


@contextmanager
def discussed(told: dict[str, str]) -> Iterator[None]:
    """The paper's article, and WRITERS whose replies ``SCRIPT`` sends."""
    with tempfile.TemporaryDirectory() as place:
        writers = Path(place) / "writers"
        writers.write_text(module(told, "piece", DISCUSSED, WRITERS))
        os.environ["WRITERS"] = str(writers)
        yield


def _loads(bare: Server, ours: Server, clients: int):
    yield "bare view", load(bare, "/", clients=clients, seconds=4)
    yield (
        "reply",
        load(ours, f"{ADDRESS}comments/", clients=clients, seconds=8, more=SCRIPT),
    )


def _counted(told: dict[str, str]) -> list[int]:
    return [int(n) for n in run([sys.executable, "-c", COUNT], told).split()]


def report(database: str, results, problems: list[str]) -> bool:
    print(f"{database.partition(':')[0]}, medians of {ROUNDS} interleaved rounds")
    print(f"{'':24}{'per second':>12}{'CPU-ms':>8}{'over bare':>10}{'ms':>8}{'p99':>8}")
    for (name, clients), every in results.items():
        loads = every[-ROUNDS:]
        rate, cpu, middle, p99 = (
            median(getattr(found, what) for found in loads)
            for what in ("rate", "cpu", "median", "p99")
        )
        bare = median(f.cpu for f in results["bare view", clients])
        over = cpu - bare
        title = f"{name}, {clients} at once"
        print(f"{title:24}{rate:12.0f}{cpu:8.2f}{over:10.2f}{middle:8.2f}{p99:8.2f}")
        if name == "reply":
            allowed = (bare + LIMIT) / bare if clients == max(CLIENTS) else None
            about = {"database": database, "limit": allowed}
            tell("post", title, cpu / bare, "bare views", **about)
            tell("post", title, cpu, "CPU-ms", database=database)
            tell("post", title, rate, "a second", database=database)
        if name == "reply" and clients == max(CLIENTS):
            if over > LIMIT:
                problems.append(f"{over:.2f} CPU-ms over a bare view, {LIMIT} allowed")
            if p99 > SPREAD * middle:
                problems.append(
                    f"the slowest hundredth takes {p99 / middle:.0f} medians"
                )
    print(*problems, sep="\n")
    return not problems


if __name__ == "__main__":
    databases = sys.argv[1:] or ["sqlite"]
    sys.exit({report(name, *measure(name)) for name in databases} != {True})
