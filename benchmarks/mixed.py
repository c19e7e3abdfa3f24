"""Readers and writers of one article at once, as fast as it goes, for a minute.

    python -m benchmarks.mixed [sqlite] [postgres://…]

CLIENTS ask for the page without a cookie; one request of twenty is a reply. Fails where
an answer is a server's error, where the slowest hundredth of the reads of a kept page
takes more than SPREAD medians, or where memory has grown by more than GROWTH from the
tenth second to the last.
"""

import random
import sys
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection
from statistics import median, quantiles
from urllib.parse import urlencode

from benchmarks.piece import ADDRESS, DISCUSSED
from benchmarks.results import tell
from benchmarks.serving import Server, module, paper, serving

SECONDS, CLIENTS, WRITERS = 60, 16, 50
WRITES, SPREAD, GROWTH = 0.05, 5, 1.1
PORT = 8904
WORDS = ("harbour", "council", "bridge", "market", "flood", "clock", "school")


@dataclass
class Seen:
    """What the clients saw: milliseconds of each kind of answer, and the statuses."""

    hits: list[float] = field(default_factory=list)
    made: list[float] = field(default_factory=list)
    writes: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)


def client(seen: Seen, writers: list[list[str]], until: float) -> None:
    connection = HTTPConnection("127.0.0.1", PORT, timeout=60)
    chance = random.Random(id(seen) ^ threading.get_ident())
    while time.perf_counter() < until:
        is_write = chance.random() < WRITES
        began = time.perf_counter()
        if is_write:
            reply(connection, chance.choice(writers), words(chance))
        else:
            connection.request("GET", ADDRESS, headers={"Accept-Encoding": "br"})
        answer = connection.getresponse()
        answer.read()
        took = (time.perf_counter() - began) * 1_000
        is_hit = "; hit" in answer.headers.get("Cache-Status", "")
        kind = seen.writes if is_write else seen.hits if is_hit else seen.made
        kind.append(took)
        seen.statuses.append(answer.status)


def words(chance: random.Random) -> str:
    return " ".join(f"{chance.choice(WORDS)}{chance.randrange(999)}" for _ in range(40))


def reply(connection, writer: list[str], said: str, host: str = "") -> None:
    """Post it, to the server's own name if to no other ``host``."""
    cookies, token = writer
    host = host or f"{connection.host}:{connection.port}"
    connection.request(
        "POST",
        f"{ADDRESS}comments/",
        urlencode({"csrfmiddlewaretoken": token, "comment": said}),
        {
            "Content-Type": "application/x-www-form-urlencoded",
            "Host": host,
            "Cookie": cookies,
            "Origin": f"http://{host}",
            "Sec-Fetch-Site": "same-origin",
            "X-Forwarded-For": "10.{}.{}.{}".format(*random.randbytes(3)),
        },
    )


def measure(database: str) -> bool:
    seen = Seen()
    with paper(database) as told:
        lines = module(told, "piece", DISCUSSED, WRITERS).splitlines()
        writers = [line.split("\t") for line in lines]
        with serving("config.wsgi", PORT, told) as server:
            _load(server, seen, writers)
    return report(database, seen)


def _load(server: Server, seen: Seen, writers: list[list[str]]) -> None:
    until = time.perf_counter() + SECONDS
    clients = [
        threading.Thread(target=client, args=(seen, writers, until))
        for _ in range(CLIENTS)
    ]
    for one in clients:
        one.start()
    for _ in range(SECONDS // 10):
        time.sleep(10)
        seen.memory.append(server.memory())
    for one in clients:
        one.join()


def report(database: str, seen: Seen) -> bool:
    hits = _spread(seen.hits)
    errors = sum(status >= 500 for status in seen.statuses)
    refused = sum(400 <= status < 500 for status in seen.statuses)
    growth = seen.memory[-1] / seen.memory[0]
    print(f"{database.partition(':')[0]}, {SECONDS} seconds, {CLIENTS} clients")
    for name in ("hits", "made", "writes"):
        middle, p99 = _spread(times := getattr(seen, name))
        print(f"  {len(times):6} {name:6} median {middle:.1f} ms, p99 {p99:.1f} ms")
        about = {"database": database, "limit": SPREAD if name == "hits" else None}
        tell("mixed", name, p99 / middle, "medians", **about)
        tell("mixed", name, len(times) / SECONDS, "a second", database=database)
    print(f"  {errors} errors, {refused} refused")
    print(f"  memory in MB: {', '.join(f'{b / 1e6:.0f}' for b in seen.memory)}")
    return not errors and hits[1] <= SPREAD * hits[0] and growth <= GROWTH


def _spread(times: list[float]) -> tuple[float, float]:
    return median(times), quantiles(times, n=100)[98]


if __name__ == "__main__":
    databases = sys.argv[1:] or ["sqlite"]
    sys.exit({measure(name) for name in databases} != {True})
