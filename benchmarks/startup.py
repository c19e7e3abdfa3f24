"""How long until a server that is started has answered with its first whole page?

    python -m benchmarks.startup [sqlite] [postgres://…]

gunicorn as shipped, and with one worker, with 50 comments in the database and nothing
in the processes, beside the bare view's; the page is one that nobody keeps. Fails where
it is not whole.
"""

import sys
import time
import urllib.request
from statistics import median

from benchmarks import results
from benchmarks.piece import ADDRESS
from benchmarks.serving import module, paper, starting

ROUNDS, PORT = 5, 8907
ASKED = {
    "bare view": ("bare", "/", b"Hello"),
    "article": ("config.wsgi", f"{ADDRESS}?anew", b"</html>"),
}
WORKERS = {"as shipped": None, "one worker": 1}
Found = tuple[float, int, list[int]]  # seconds, the master's bytes, the workers'


def first_page(asked: str, workers: int | None, told: dict[str, str]) -> Found:
    application, path, end = ASKED[asked]
    began = time.perf_counter()
    with starting(application, PORT, told, workers=workers) as server:
        server.listen(0.005)
        with urllib.request.urlopen(server.origin + path, timeout=30) as answer:
            page = answer.read()
        took = time.perf_counter() - began
        if not page.rstrip().endswith(end):
            sys.exit(f"Not a whole page: {page[-200:]!r}")
        master, *others = server.memories()
    return took, master, others


def measure(database: str) -> dict[tuple[str, str], list[Found]]:
    """Interleaved, so that whatever else the machine does falls on all of them."""
    rounds: dict[tuple[str, str], list[Found]] = {}
    with paper(database) as told:
        module(told, "piece", 50)
        for turn in range(ROUNDS + 1):  # the first one fills the disk's cache
            for asked in ASKED:
                for title, workers in WORKERS.items():
                    found = first_page(asked, workers, told)
                    if turn:
                        rounds.setdefault((asked, title), []).append(found)
    return rounds


def report(database: str, rounds: dict[tuple[str, str], list[Found]]) -> None:
    print(f"{database.partition(':')[0]}, medians of {ROUNDS} interleaved rounds")
    heads = f"{'seconds':>9}{'over bare':>11}{'master MB':>11}{'workers MB':>24}"
    print(f"{'':24}{heads}")
    for (asked, title), every in rounds.items():
        seconds, master = (median(found[n] for found in every) for n in range(2))
        bare = median(found[0] for found in rounds["bare view", title])
        workers = sorted(every, key=lambda found: sum(found[2]))[len(every) // 2][2]
        each = " + ".join(f"{size / 1e6:.0f}" for size in workers)
        print(
            f"{f'{asked}, {title}':24}{seconds:9.2f}{seconds - bare:11.2f}"
            f"{master / 1e6:11.0f}{each:>24}"
        )
        about = {"name": f"{asked}, {title}", "database": database}
        results.tell("startup", value=seconds, unit="s", **about)
        memory = (master + sum(workers)) / 1e6
        results.tell("startup", value=memory, unit="MB", **about)


if __name__ == "__main__":
    for database in sys.argv[1:] or ["sqlite"]:
        report(database, measure(database))
