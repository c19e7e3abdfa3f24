"""What does a page cost that is kept, beside the least that Django can do?

    python -m benchmarks.origin [sqlite] [postgres://…]

Fails where the kept page has less than LIMIT times the throughput of a bare view.
"""

import sys
import urllib.request
from statistics import median

from benchmarks.piece import ADDRESS
from benchmarks.results import tell
from benchmarks.serving import Load, load, module, paper, serving

ROUNDS, LIMIT = 3, 0.8
PROMISED = "the kept page, Brotli"
BROTLI, PLAIN = ("-H", "Accept-Encoding: br"), ()


def measure(database: str) -> dict[str, list[Load]]:
    """Interleaved, so that whatever else the machine does falls on all of them."""
    results: dict[str, list[Load]] = {}
    with paper(database) as told:
        module(told, "piece", 50)
        with (
            serving("bare", 8901, told) as bare,
            serving("config.wsgi", 8902, told) as ours,
        ):
            with urllib.request.urlopen(ours.origin + ADDRESS) as page:
                known = ("-H", f"If-None-Match: {page.headers['ETag']}")
            asked = {
                "a bare view": (bare, "/", PLAIN),
                PROMISED: (ours, ADDRESS, BROTLI),
                "the kept page, plain": (ours, ADDRESS, PLAIN),
                "the kept page, 304": (ours, ADDRESS, known),
                "the page made anew": (ours, f"{ADDRESS}?anew", BROTLI),
            }
            for turn in range(ROUNDS + 1):  # the first one warms up
                for name, (server, path, more) in asked.items():
                    found = load(server, path, more=more, seconds=3)
                    if turn:
                        results.setdefault(name, []).append(found)
    return results


def report(database: str, results: dict[str, list[Load]]) -> bool:
    print(f"{database.partition(':')[0]}, medians of {ROUNDS} interleaved rounds")
    print(f"{'':24}{'per second':>12}{'ratio':>8}{'CPU-ms':>8}{'ms':>8}{'p99':>8}")
    bare = median(found.rate for found in results["a bare view"])
    ratios = {}
    for name, loads in results.items():
        rate, cpu, middle, p99 = (
            median(getattr(found, what) for found in loads)
            for what in ("rate", "cpu", "median", "p99")
        )
        ratios[name] = rate / bare
        limit = LIMIT if name == PROMISED else None
        tell("origin", name, rate / bare, "bare views", database=database, limit=limit)
        tell("origin", name, cpu, "CPU-ms", database=database)
        print(
            f"{name:24}{rate:12.0f}{rate / bare:8.2f}{cpu:8.2f}{middle:8.2f}{p99:8.2f}"
        )
    errors = sum(found.errors for loads in results.values() for found in loads)
    if errors:
        print(f"{errors} errors")
    return not errors and ratios[PROMISED] >= LIMIT


if __name__ == "__main__":
    databases = sys.argv[1:] or ["sqlite"]
    sys.exit({report(name, measure(name)) for name in databases} != {True})
