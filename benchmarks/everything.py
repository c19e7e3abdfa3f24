"""The benchmarks one after another, and a plot of what they find.

    python -m benchmarks.everything [names] [--postgres postgres://…]
        [--results var/benchmarks.jsonl] [--plot docs/images/benchmarks.svg]

Half an hour or more for all of them; each is stopped after its MINUTES. Without
--postgres on SQLite alone. Figures are added to the results, and of one that is there
already the last is drawn: benchmarks.everything origin measures that one anew. Ends
with what failed its limits, or was stopped.
"""

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from benchmarks import plot, results

MINUTES = {
    "origin": 8,
    "post": 8,
    "mixed": 10,
    "stampede": 4,
    "front": 5,
    "lighthouse": 6,
    "startup": 8,
    "cold": 30,
    "scaled": 5,
    "peer": 6,
}
# What makes databases, or none, without being told.
PLACED = {"front", "lighthouse", "scaled", "peer"}


def arguments(name: str, postgres: str) -> list[list[str]]:
    """Those of each run; cold is told by the environment, one database at a time."""
    if name in PLACED:
        return [[]]
    databases = ["sqlite", postgres] if postgres else ["sqlite"]
    return [[each] for each in databases] if name == "cold" else [databases]


def run(name: str, told: list[str], place: Path) -> int:
    environment = os.environ | {"RESULTS": str(place)}
    if name == "cold":
        environment.pop("DATABASE_URL", None)
        (database,), told = told, []
        if database != "sqlite":
            environment["DATABASE_URL"] = database
    command = [sys.executable, "-m", f"benchmarks.{name}", *told]
    print(f"--- {name}", flush=True)
    with subprocess.Popen(command, env=environment) as process:
        try:
            return process.wait(MINUTES[name] * 60)
        except subprocess.TimeoutExpired:
            print(f"{name} was stopped after {MINUTES[name]} minutes.")
            process.send_signal(signal.SIGINT)  # so that it ends what it has started
            process.wait()
            return 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*MINUTES, []], default=[])
    parser.add_argument("--postgres", default="")
    parser.add_argument("--results", type=Path, default=Path("var/benchmarks.jsonl"))
    parser.add_argument("--plot", type=Path, default=Path("docs/images/benchmarks.svg"))
    asked = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # nohup's sh ignores it
    place = asked.results.resolve()
    place.parent.mkdir(parents=True, exist_ok=True)
    failed = [
        name
        for name in asked.names or MINUTES
        for told in arguments(name, asked.postgres)
        if run(name, told, place)
    ]
    asked.plot.write_text(plot.draw(*results.read(place)), encoding="utf-8")
    print(f"Not within their limits: {', '.join(failed) or 'none'}. {asked.plot}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
