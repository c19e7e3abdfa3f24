"""What the benchmarks of a served paper share: databases, servers, load, costs."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests import servers

ROOT = Path(__file__).resolve().parent.parent
NAME = "marginalia_benchmark_served"
TICK = os.sysconf("SC_CLK_TCK")
WORKERS = int(os.environ.get("WORKERS", "2"))
THREADS = os.environ.get("THREADS", "")  # as shipped, if not told


@dataclass(frozen=True)
class Load:
    """What a number of clients got from a server."""

    count: int  # answers
    rate: float  # answers per second
    cpu: float  # milliseconds per answer, of the server's processes
    median: float  # milliseconds
    p99: float
    errors: int


@contextmanager
def paper(database: str, **environment: str) -> Iterator[dict[str, str]]:
    """The environment of a paper with an empty database of its own.

    ``database`` is "sqlite" or the address of a PostgreSQL server.
    """
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{place / 'db.sqlite3'}"
        if database != "sqlite":
            url = stack.enter_context(_postgres(database))
        told = os.environ | {
            "DATABASE_URL": url,
            "VAR_DIR": str(place),
            "SECRET_KEY": "of the benchmark, and worth nothing elsewhere 0123456789",
            "SITE_ORIGIN": "http://localhost:8000",
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
            "TRUSTED_PROXY_COUNT": "1",
            "COMMENT_FLOOD_SECONDS": "0",
            "COMMENT_FLOOD_COUNT": "1000000",
            "COMMENT_REPEAT_SIMILARITY": "0.99",
            "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            **environment,
        }
        for command in ("migrate --verbosity 0", "createcachetable"):
            run([sys.executable, "manage.py", *command.split()], told)
        run([sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"], told)
        yield told


def module(told: dict[str, str], name: str, *arguments: object) -> str:
    return run([sys.executable, "-m", f"benchmarks.{name}", *map(str, arguments)], told)


@contextmanager
def _postgres(server: str) -> Iterator[str]:
    import psycopg  # noqa: PLC0415 - not needed on SQLite

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {NAME}")
        yield urlunsplit(urlsplit(server)._replace(path=f"/{NAME}"))
        connection.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def run(command: list[str], told: dict[str, str]) -> str:
    done = subprocess.run(
        command, cwd=ROOT, env=told, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)[:200]}\n{done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def serving(application: str, port: int, told: dict[str, str]) -> Iterator[Server]:
    """gunicorn as shipped, with WORKERS processes."""
    with starting(application, port, told, workers=WORKERS) as server:
        server.wait()
        yield server


@contextmanager
def starting(
    application: str, port: int, told: dict[str, str], *, workers: int | None
) -> Iterator[Server]:
    """The same before it answers; without ``workers`` with as many as are shipped."""
    command = [
        *(sys.executable, "-m", "gunicorn", application),
        *("--config", "deploy/gunicorn.conf.py", "--pythonpath", "benchmarks"),
        *("--bind", f"127.0.0.1:{port}", "--log-level", "error"),
    ]
    with running(command, port, told | web(workers)) as server:
        yield server


@contextmanager
def running(
    command: list[str], port: int, told: dict[str, str], *, is_silent: bool = False
) -> Iterator[Server]:
    """Whatever serves at ``port`` once started; ``is_silent`` hides what it says."""
    if servers.listens(port):
        sys.exit(f"Something listens at port {port}, and would be measured instead.")
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=told,
        start_new_session=True,
        stderr=subprocess.DEVNULL if is_silent else None,
    )
    try:
        yield Server(f"http://127.0.0.1:{port}", process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def web(workers: int | None = WORKERS) -> dict[str, str]:
    """What gunicorn is told; its processes live as long as the benchmark."""
    return {
        "WEB_WORKERS": str(workers or ""),
        "WEB_THREADS": THREADS,
        "WEB_MAX_REQUESTS": "0",
    }


@dataclass(frozen=True)
class Server:
    origin: str
    pid: int

    def wait(self) -> None:
        """Until it answers, with whatever."""
        self.listen()
        try:
            urllib.request.urlopen(self.origin, timeout=30).close()
        except urllib.error.HTTPError:
            return

    def listen(self, step: float = 0.1) -> None:
        """Until it takes connections, looked at every so many seconds."""
        address = urlsplit(self.origin)
        until = time.monotonic() + 15
        while time.monotonic() < until:
            try:
                socket.create_connection((address.hostname, address.port), 5).close()
            except OSError:
                time.sleep(step)
            else:
                return
        sys.exit(f"Nothing listens at {self.origin}.")

    def cpu(self) -> float:
        """Seconds that it and all its children have used since they began."""
        return sum(_cpu(pid) for pid in family(self.pid))

    def memory(self) -> int:
        """Bytes that are its and its children's alone: proportional set size."""
        return sum(self.memories())

    def memories(self) -> list[int]:
        """The same for each process, its own first."""
        return [_memory(pid) for pid in family(self.pid)]


def _databases() -> float:
    """Seconds that this machine's PostgreSQL has used for the paper's connections."""
    return sum(
        _cpu(int(place.parent.name))
        for place in Path("/proc").glob("[0-9]*/cmdline")
        if NAME.encode() in _read(place) and b"postgres" in _read(place)
    )


def _read(place: Path) -> bytes:
    try:
        return place.read_bytes()
    except OSError:  # it has ended meanwhile
        return b""


def family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(found for child in children for found in family(int(child)))]


def _cpu(pid: int) -> float:
    # From after the command's name, which may hold spaces: proc(5).
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15]) / TICK


def _memory(pid: int) -> int:
    found = re.search(
        r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M
    )
    return int(found[1]) * 1_024 if found else 0


def load(
    server: Server,
    path: str,
    *,
    clients: int = 8,
    seconds: float = 4,
    more: tuple[str, ...] = (),
) -> Load:
    """Ask for ``path`` as fast as it is answered, with wrk and ``more`` options."""
    if not shutil.which("wrk"):
        sys.exit("wrk is needed: apt-get install wrk")
    command = ["wrk", "--latency", "--timeout", "30s", "-t1"]
    command += [f"-c{clients}", f"-d{seconds:g}s"]
    before = server.cpu() + _databases()
    said = run([*command, *more, server.origin + path], dict(os.environ))
    used = server.cpu() + _databases() - before
    count = int(re.search(r"(\d+) requests in", said)[1])
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    broken = re.findall(r"(?:connect|read|write|timeout) (\d+)", said)
    return Load(
        count=count,
        rate=float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]),
        cpu=used * 1_000 / max(1, count),
        median=_milliseconds(re.search(r"50%\s+([\d.]+)(us|ms|s)", said)),
        p99=_milliseconds(re.search(r"99%\s+([\d.]+)(us|ms|s)", said)),
        errors=(int(bad[1]) if bad else 0) + sum(map(int, broken)),
    )


def _milliseconds(found: re.Match) -> float:
    return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1_000}[found[2]]
