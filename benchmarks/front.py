"""What the cache in nginx costs, compared with a file that lies there ready.

    apt-get install nginx wrk
    python -m benchmarks.front

Stands up the shipped nginx and gunicorn with the demonstration's article, and asks in
turn for (a) that page's very bytes as a compressed file, (b) the page itself. Then 200
readers ask at once for a page that nobody has asked for yet.
"""

import re
import ssl
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.results import tell
from tests import servers

ROUNDS, SECONDS, CONNECTIONS, CROWD = 15, 2, 32, 200
LEAST = 0.9  # of the file's throughput
FILE = "/page.html"


def _ask(address: str) -> bytes:
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    trusting = ssl._create_unverified_context()  # the certificate is our own
    with urllib.request.urlopen(request, timeout=30, context=trusting) as answer:
        return answer.read()


def _load(address: str) -> float:
    """Requests per second, as many as the servers can answer."""
    said = subprocess.run(
        [
            *("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s"),
            *("-H", "Accept-Encoding: gzip", address),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(said)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])


def _cpu(master: int) -> float:
    """The seconds that a server and its workers have computed for."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    spent = [Path(f"/proc/{pid}/schedstat").read_text() for pid in (master, *children)]
    return sum(int(each.split()[0]) for each in spent) / 1e9


def _measure(address: str, masters: list[int]) -> tuple[float, float]:
    """Throughput, and all servers' CPU-ms for one request."""
    _ask(address)
    before = sum(map(_cpu, masters))
    rate = _load(address)
    return rate, (sum(map(_cpu, masters)) - before) * 1_000 / (rate * SECONDS)


def _stampede(address: str, log: Path) -> int:
    """How many of the crowd's requests the application has to answer."""
    before = len(log.read_text().splitlines())
    with ThreadPoolExecutor(CROWD) as crowd:
        answers = list(crowd.map(_ask, [f"{address}?cold"] * CROWD))
    if len(set(answers)) != 1:
        sys.exit("The crowd was not told the same.")
    return len(log.read_text().splitlines()) - before


def _compare(origin: str, masters: list[int]) -> float:
    """The page's throughput by the file's, the median of the rounds."""
    places = {"file": f"{origin}{FILE}", "page": f"{origin}{servers.ARTICLE}"}
    found = {name: [] for name in places}
    for _ in range(ROUNDS):
        for name, address in places.items():
            found[name].append(_measure(address, masters))
    for name, rounds in found.items():
        rates, costs = zip(*rounds, strict=True)
        rate, cost = statistics.median(rates), statistics.median(costs)
        each = " ".join(f"{rate:.0f}" for rate in rates)
        print(f"{name}  {rate:8.0f} requests/s  {cost:.4f} CPU-ms  ({each})")
    rounds = list(zip(*found.values(), strict=True))
    ratio, cost = (
        statistics.median(page[n] / file[n] for file, page in rounds) for n in range(2)
    )
    print(f"page / file: {ratio:.2f}; CPU for a request: {cost:.2f}")
    return ratio


@dataclass(frozen=True)
class Front:
    """nginx and gunicorn as shipped, with the demonstration's article."""

    secure: str  # the origin, with TLS
    plain: str
    masters: list[int]  # the servers' processes
    file: Path  # to lie at FILE
    log: Path  # what the application was asked


@contextmanager
def standing() -> Iterator[Front]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port, tls = servers.free_port(), servers.free_port()
        plain = f"http://localhost:{port}"
        environment = servers.site(folder, plain)
        servers.prepare(environment, servers.collect_static(folder / "static"))
        log = folder / "gunicorn.log"
        web = servers.gunicorn(environment, bind=f"unix:{folder}/web.sock", log=log)
        front = servers.nginx(
            folder,
            http=servers.free_port(),
            https=tls,
            extra=f"listen 127.0.0.1:{port}; location = {FILE} "
            f"{{ root {folder}; gzip_static on; }}",
        )
        masters = [stack.enter_context(server).pid for server in (web, front)]
        yield Front(
            f"https://localhost:{tls}",
            plain,
            masters,
            folder / FILE[1:],
            Path(f"{log}.access"),
        )


def main() -> int:
    with standing() as front:
        _lay_down(front.file, _ask(f"{front.plain}{servers.ARTICLE}"))
        print("As shipped, with TLS")
        ratio = _compare(front.secure, front.masters)
        tell("front", "the page, as shipped, with TLS", ratio, "files", limit=LEAST)
        print("Without TLS, which costs both the same")
        plain = _compare(front.plain, front.masters)
        tell("front", "the page, without TLS", plain, "files")
        reached = _stampede(f"{front.plain}{servers.ARTICLE}", front.log)
    print(f"As shipped: {ratio:.2f} (at least {LEAST})")
    print(f"{CROWD} readers of a cold page: {reached} asked the application")
    return int(ratio < LEAST or reached != 1)


def _lay_down(file: Path, page: bytes) -> None:
    file.write_text("Compressed alone is what is asked for.")
    Path(f"{file}.gz").write_bytes(page)


if __name__ == "__main__":
    sys.exit(main())
