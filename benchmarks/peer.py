"""What do a reply and a read cost a peer, on this machine and in the same run?

    python -m benchmarks.peer

The peer is Isso, which is Python on SQLite as we are and comes from PyPI, into a folder
that is deleted afterwards: two workers, as its handbook starts it, guard and moderation
off. It has neither accounts nor screens, and answers a read with JSON, not a page. Ours
are the replies of `benchmarks.post`, and the article's page with its first 50 threads;
both have DISCUSSED comments to read. Has no limits: fails where an answer does.
"""

import json
import sys
import tempfile
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks import post
from benchmarks.origin import BROTLI
from benchmarks.piece import ADDRESS, DISCUSSED, SENTENCE
from benchmarks.results import tell
from benchmarks.serving import (
    WORKERS,
    Load,
    Server,
    load,
    paper,
    run,
    running,
    serving,
)

PEER, PORT = "isso==0.14.0", 8908
ROUNDS, SECONDS, CLIENTS = 3, 5, 16
SCRIPT = ("-s", str(Path(__file__).with_suffix(".lua")))
READ, WRITTEN = "/?uri=/read&limit=50", "/new?uri=/written"
SETTINGS = """
[general]
dbpath = {place}/comments.db
host = http://127.0.0.1:{port}/
[moderation]
enabled = false
[guard]
enabled = false
[server]
listen = http://127.0.0.1:{port}
"""


@contextmanager
def isso(told: dict[str, str]) -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        place, settings = Path(folder), Path(folder) / "isso.cfg"
        settings.write_text(SETTINGS.format(place=place, port=PORT))
        venv.create(place / "venv", with_pip=True)
        python = str(place / "venv/bin/python")
        server = f"gunicorn=={version('gunicorn')}"
        run([python, "-m", "pip", "install", "--quiet", PEER, server], told)
        command = [
            *(python, "-m", "gunicorn", "isso.run", "--preload"),
            *("--workers", str(WORKERS), "--bind", f"127.0.0.1:{PORT}"),
            *("--log-level", "error"),
        ]
        environment = told | {"ISSO_SETTINGS": str(settings)}
        # It has a line to say of every comment.
        with running(command, PORT, environment, is_silent=True) as started:
            started.wait()
            yield started


def discuss(peer: Server) -> None:
    """As many comments as our article has, of about the same words."""
    for n in range(DISCUSSED):
        said = {"title": "Benchmark", "text": f"No. {n}: {SENTENCE * 3}"}
        asked = urllib.request.Request(
            f"{peer.origin}/new?uri=/read",
            json.dumps(said).encode(),
            {"Content-Type": "application/json", "Origin": peer.origin},
        )
        urllib.request.urlopen(asked).close()


def measure() -> dict[str, list[Load]]:
    """Interleaved, so that whatever else the machine does falls on all of them."""
    results: dict[str, list[Load]] = {}
    with (
        paper("sqlite") as told,
        post.discussed(told),
        isso(told) as peer,
        serving("bare", 8901, told) as bare,
        serving("config.wsgi", 8902, told) as ours,
    ):
        discuss(peer)
        asked = {
            "a bare view": (bare, "/", ()),
            "a reply": (ours, f"{ADDRESS}comments/", post.SCRIPT),
            "a reply, Isso": (peer, WRITTEN, SCRIPT),
            "a page, kept": (ours, ADDRESS, BROTLI),
            "a page, made anew": (ours, f"{ADDRESS}?anew", BROTLI),
            "50 comments, Isso": (peer, READ, ()),
        }
        for turn in range(ROUNDS + 1):  # the first one warms up
            for name, (server, path, more) in asked.items():
                found = load(server, path, clients=CLIENTS, seconds=SECONDS, more=more)
                if turn:
                    results.setdefault(name, []).append(found)
    return results


def report(results: dict[str, list[Load]]) -> bool:
    print(f"Medians of {ROUNDS} interleaved rounds, {CLIENTS} clients")
    print(f"{'':24}{'per second':>12}{'CPU-ms':>8}{'bare views':>12}")
    bare = median(found.cpu for found in results["a bare view"])
    for name, loads in results.items():
        rate = median(found.rate for found in loads)
        cpu = median(found.cpu for found in loads)
        print(f"{name:24}{rate:12.0f}{cpu:8.2f}{cpu / bare:12.1f}")
        tell("peer", name, cpu / bare, "bare views")
    errors = sum(found.errors for loads in results.values() for found in loads)
    if errors:
        print(f"{errors} errors")
    return not errors


if __name__ == "__main__":
    sys.exit(not report(measure()))
