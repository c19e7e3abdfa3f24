"""Readers and writers of one article at once, as fast as it goes, for a minute.

    python -m benchmarks.mixed [sqlite] [postgres://…]

CLIENTS ask for the page without a cookie; one request of twenty is a reply: first of
the application itself, then through the shipped nginx, with TLS. Fails where an answer
is a server's error, where the slowest hundredth of the reads of a kept page takes more
than SPREAD medians, or where memory has grown by more than GROWTH from the tenth second
to the last.
"""

import random
import ssl
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPSConnection
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

from benchmarks.piece import ADDRESS, DISCUSSED
from benchmarks.results import tell
from benchmarks.serving import THREADS, WORKERS, Server, module, paper, serving
from tests import servers

SECONDS, CLIENTS, WRITERS = 60, 16, 50
WRITES, SPREAD, GROWTH = 0.05, 5, 1.1
FEWEST = 100  # of whose times a hundredth can be told
PORT = 8904
TRUSTING = ssl._create_unverified_context()  # the certificate is our own
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

    def add(self, other: "Seen") -> None:
        for name, found in vars(other).items():
            getattr(self, name).extend(found)


@dataclass(frozen=True)
class Site:
    """The application itself, or nginx before it."""

    port: int
    is_front: bool = False

    @property
    def host(self) -> str:
        return "localhost" if self.is_front else f"127.0.0.1:{self.port}"

    def connect(self, address: str = "127.0.0.1") -> HTTPConnection:
        """From an address of this machine, by which nginx tells people apart."""
        if not self.is_front:
            return HTTPConnection("127.0.0.1", self.port, timeout=60)
        return HTTPSConnection(
            *("localhost", self.port),
            timeout=60,
            context=TRUSTING,
            source_address=(address, 0),
        )

    def is_hit(self, headers) -> bool:
        if self.is_front:
            return headers.get("X-Cache") in KEPT_BY_NGINX
        return "; hit" in headers.get("Cache-Status", "")


def client(site: Site, number: int, writers: list[list[str]], until: float) -> Seen:
    seen, chance = Seen(), random.Random(number)
    reading = site.connect()
    others = (f"127.{number + 1}.{n >> 8}.{n & 255}" for n in count(1))
    while time.perf_counter() < until:
        is_write = chance.random() < WRITES
        began = time.perf_counter()
        connection = reading
        if is_write:
            if site.is_front:  # somebody else each time, as nginx limits posts
                connection = site.connect(next(others))
            reply(connection, chance.choice(writers), words(chance), site.host)
        else:
            connection.request("GET", ADDRESS, headers=BROWSER)
        answer = connection.getresponse()
        answer.read()
        took = (time.perf_counter() - began) * 1_000
        reads = seen.hits if site.is_hit(answer.headers) else seen.made
        kind = seen.writes if is_write else reads
        kind.append(took)
        seen.statuses.append(answer.status)
        if connection is not reading:
            connection.close()
    return seen


def words(chance: random.Random) -> str:
    return " ".join(f"{chance.choice(WORDS)}{chance.randrange(999)}" for _ in range(40))


def reply(connection, writer: list[str], said: str, host: str) -> None:
    """Post it to the site that the ``host`` names."""
    cookies, token = writer
    scheme = "https" if isinstance(connection, HTTPSConnection) else "http"
    connection.request(
        "POST",
        f"{ADDRESS}comments/",
        urlencode({"csrfmiddlewaretoken": token, "comment": said}),
        {
            "Content-Type": "application/x-www-form-urlencoded",
            "Host": host,
            "Cookie": cookies,
            "Origin": f"{scheme}://{host}",
            "Sec-Fetch-Site": "same-origin",
            "X-Forwarded-For": "10.{}.{}.{}".format(*random.randbytes(3)),
        },
    )


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
        yield Site(PORT), server


@contextmanager
def behind_nginx(told: dict[str, str]) -> Iterator[tuple[Site, Server]]:
    """The same at a socket, and the shipped nginx."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        told = told | {
            "WEB_WORKERS": str(WORKERS),
            "WEB_THREADS": str(THREADS),
            "WEB_MAX_REQUESTS": "0",
        }
        bind, log = f"unix:{folder}/web.sock", folder / "gunicorn.log"
        web = stack.enter_context(servers.gunicorn(told, bind=bind, log=log))
        port = servers.free_port()
        stack.enter_context(servers.nginx(folder, http=servers.free_port(), https=port))
        site = Site(port, is_front=True)
        yield site, Server(f"https://localhost:{port}", web.pid)


PLACES = {"gunicorn": alone, "behind nginx": behind_nginx}


def _load(server: Server, site: Site, writers: list[list[str]]) -> Seen:
    _warm(site)
    seen, until = Seen(), time.perf_counter() + SECONDS
    # A process for each, lest one client waits for another.
    with ProcessPoolExecutor(CLIENTS) as processes:
        clients = [
            processes.submit(client, site, number, writers, until)
            for number in range(CLIENTS)
        ]
        for _ in range(SECONDS // 10):
            time.sleep(10)
            seen.memory.append(server.memory())
        for one in clients:
            seen.add(one.result())
    return seen


def _warm(site: Site) -> None:
    connection = site.connect()
    connection.request("GET", ADDRESS, headers=BROWSER)
    connection.getresponse().read()
    connection.close()


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
