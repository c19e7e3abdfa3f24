"""Readers and writers of one article at once, as fast as it goes, for a minute.

    [CLIENTS=16] [SECONDS=60] python -m benchmarks.mixed [sqlite] [postgres://…]

CLIENTS ask for the page without a cookie; one request of twenty is a reply: first of
the application itself, then through the shipped nginx, with TLS. Fails where an answer
is a server's error, where the slowest hundredth of the reads of a kept page takes more
than SPREAD medians, or where memory has grown by more than GROWTH from the tenth second
to the last.
"""

import os
import random
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket
from statistics import median, quantiles
from urllib.parse import urlencode, urlsplit

from benchmarks import clients
from benchmarks.piece import ADDRESS, DISCUSSED
from benchmarks.results import tell
from benchmarks.serving import Server, module, paper, serving, web
from tests import servers

SECONDS = int(os.environ.get("SECONDS", "60"))
CLIENTS = int(os.environ.get("CLIENTS", "16"))
WRITERS = 50
WRITES, SPREAD, GROWTH = 0.05, 5, 1.1
FEWEST = 100  # of whose times a hundredth can be told
VOICES = 16  # of each client behind nginx, which limits posts by address
PORT = 8904
WARM_SECONDS = 1
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}
KEPT_BY_NGINX = {"HIT", "STALE", "UPDATING"}
WORDS = ("harbour", "council", "bridge", "market", "flood", "clock", "school")


@dataclass
class Seen:
    """What the clients saw: milliseconds of each kind of answer, and the statuses."""

    hits: list[float] = field(default_factory=list)
    made: list[float] = field(default_factory=list)
    writes: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    used: float = 0  # by the clients, of one core


def is_hit(headers: dict[str, str]) -> bool:
    """Whether the application has kept the page that it answers with."""
    return "; hit" in headers.get("cache-status", "")


def is_nginx_hit(headers: dict[str, str]) -> bool:
    return headers.get("x-cache") in KEPT_BY_NGINX


@dataclass(frozen=True)
class Site:
    """The application itself, or nginx before it."""

    port: int
    host: str  # as browsers name it
    scheme: str = "http"
    voices: int = 1  # addresses that a client replies from
    is_hit: Callable[[dict[str, str]], bool] = is_hit

    def connect(self, address: str = "127.0.0.1"):
        """From an address of this machine."""
        return clients.connect(self.port, address, with_tls=self.scheme == "https")


@dataclass
class Person:
    """One client's connections: to read over, and to reply over in turn."""

    reading: socket
    writing: deque[socket]


def arrive(site: Site, number: int, people: list[Person]) -> clients.Client:
    reading, writing = (yield from site.connect()), deque[socket]()
    for voice in range(site.voices):
        address = f"127.{number + 1}.0.{voice + 1}"
        writing.append((yield from site.connect(address)))
    people.append(Person(reading, writing))


def client(
    site: Site, person: Person, writers: list[list[str]], until: float, seen: Seen
) -> clients.Client:
    chance = random.Random()
    page = clients.request("GET", ADDRESS, "", {"Host": site.host, **BROWSER})
    while (began := time.perf_counter()) < until:
        if chance.random() >= WRITES:
            answer = yield from clients.ask(person.reading, page, since=began)
            kind = seen.hits if site.is_hit(answer.headers) else seen.made
            if answer.headers.get("connection") == "close":  # nginx, after a thousand
                person.reading.close()
                person.reading = yield from site.connect()
        else:
            person.writing.rotate()
            said = reply(
                f"{site.scheme}://{site.host}", chance.choice(writers), words(chance)
            )
            asked = clients.request(*said)
            answer = yield from clients.ask(person.writing[0], asked, since=began)
            kind = seen.writes
        kind.append(answer.took)
        seen.statuses.append(answer.status)


def words(chance: random.Random) -> str:
    return " ".join(f"{chance.choice(WORDS)}{chance.randrange(999)}" for _ in range(40))


def reply(origin: str, writer: list[str], said: str) -> tuple[str, str, str, dict]:
    """Method, path, body and headers, to post it to the site of this ``origin``."""
    cookies, token = writer
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Host": urlsplit(origin).netloc,
        "Cookie": cookies,
        "Origin": origin,
        "Sec-Fetch-Site": "same-origin",
        "X-Forwarded-For": "10.{}.{}.{}".format(*random.randbytes(3)),
    }
    body = urlencode({"csrfmiddlewaretoken": token, "comment": said})
    return "POST", f"{ADDRESS}comments/", body, headers


def measure(database: str, place: str) -> bool:
    with (
        paper(database, TRUST_X_FORWARDED_PROTO="true") as told,
        PLACES[place](told) as (site, server),
    ):
        lines = module(told, "piece", DISCUSSED, WRITERS).splitlines()
        seen = _load(server, site, [line.split("\t") for line in lines])
    return report(database, place, seen)


@contextmanager
def alone(told: dict[str, str]) -> Iterator[tuple[Site, Server]]:
    with serving("config.wsgi", PORT, told) as server:
        yield Site(PORT, f"127.0.0.1:{PORT}"), server


@contextmanager
def behind_nginx(told: dict[str, str]) -> Iterator[tuple[Site, Server]]:
    """The same at a socket, and the shipped nginx."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        told = told | web()
        bind, log = f"unix:{folder}/web.sock", folder / "gunicorn.log"
        process = stack.enter_context(servers.gunicorn(told, bind=bind, log=log))
        port = servers.free_port()
        stack.enter_context(servers.nginx(folder, http=servers.free_port(), https=port))
        site = Site(port, "localhost", "https", VOICES, is_nginx_hit)
        yield site, Server(f"https://localhost:{port}", process.pid)


PLACES = {"gunicorn": alone, "behind nginx": behind_nginx}


def _load(server: Server, site: Site, writers: list[list[str]]) -> Seen:
    # A process of their own, for which nobody here waits.
    with ProcessPoolExecutor(1) as apart:
        loading = apart.submit(_clients, site, writers)
        memory = []
        for _ in range(SECONDS // 10):
            time.sleep(10)
            memory.append(server.memory())
        seen = loading.result()
    seen.memory = memory
    return seen


def _clients(site: Site, writers: list[list[str]]) -> Seen:
    people: list[Person] = []
    clients.run([arrive(site, number, people) for number in range(CLIENTS)])

    def go_on(seconds: float) -> Seen:
        seen, until = Seen(), time.perf_counter() + seconds
        used = time.process_time()
        clients.run([client(site, each, writers, until, seen) for each in people])
        seen.used = (time.process_time() - used) / seconds
        return seen

    go_on(WARM_SECONDS)
    return go_on(SECONDS)


def report(database: str, place: str, seen: Seen) -> bool:
    print(f"{place} on {database.partition(':')[0]}, {SECONDS} s, {CLIENTS} clients")
    for name, limit in (("hits", SPREAD), ("made", None), ("writes", None)):
        times = getattr(seen, name)
        if len(times) < FEWEST:
            print(f"  {len(times):6} {name}")
            continue
        middle, p99 = _spread(times)
        print(f"  {len(times):6} {name:6} median {middle:.1f} ms, p99 {p99:.1f} ms")
        which, about = f"{name}, {place}", {"database": database}
        tell("mixed", which, p99 / middle, "medians", limit=limit, **about)
        tell("mixed", which, len(times) / SECONDS, "a second", **about)
    errors = sum(status >= 500 for status in seen.statuses)
    refused = sum(400 <= status < 500 for status in seen.statuses)
    print(f"  {errors} errors, {refused} refused")
    print(f"  the clients took {seen.used:.0%} of a core")
    print(f"  memory in MB: {', '.join(f'{b / 1e6:.0f}' for b in seen.memory)}")
    middle, p99 = _spread(seen.hits)
    growth = seen.memory[-1] / seen.memory[0]
    return not errors and p99 <= SPREAD * middle and growth <= GROWTH


def _spread(times: list[float]) -> tuple[float, float]:
    return median(times), quantiles(times, n=100)[98]


if __name__ == "__main__":
    found = {
        measure(database, place)
        for database in sys.argv[1:] or ["sqlite"]
        for place in PLACES
    }
    sys.exit(found != {True})
