"""Two groups of processes that stand for two machines, and what they have in common:
PostgreSQL with a replica, Redis, nginx in front. All of it ends with the block.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.piece import DISCUSSED
from benchmarks.serving import NAME, Server, module, paper, serving
from tests import servers

LATE = 3  # seconds: a replica may be
GROUPS = ("one group", "the other")
PLACES = (*GROUPS, "nginx")
HOST = "localhost"  # whatever place is asked, as nginx tells the groups


@dataclass
class Site:
    """Where everything is."""

    ports: dict[str, int]
    primary: servers.Postgres
    replica: servers.Postgres
    writers: list[list[str]]

    def connect(self, place: str) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.ports[place], timeout=60)


@contextmanager
def site(people: int) -> Iterator[Site]:
    """Everything started, with one article and ``people`` who may write under it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        primary, replica = stack.enter_context(
            servers.replicated(log_statement="none", fsync="on")
        )
        redis = servers.free_port()
        command = f"redis-server --port {redis} --bind 127.0.0.1 --dir {folder}"
        stack.enter_context(
            servers.running(
                [*command.split(), "--save", ""],
                log=folder / "redis.log",
                is_ready=lambda: servers.listens(redis),
            )
        )
        told = stack.enter_context(
            paper(
                primary.url,
                CACHE_URL=f"redis://127.0.0.1:{redis}/0",
                REPLICA_MAX_LAG=str(LATE),
                SITE_ORIGIN=f"http://{HOST}",
            )
        )
        lines = module(told, "piece", DISCUSSED, people).splitlines()
        told["REPLICA_URLS"] = f"{replica.url.rpartition('/')[0]}/{NAME}"
        ports = {place: servers.free_port() for place in PLACES}
        for place in GROUPS:
            stack.enter_context(_group(folder, ports[place], told))
        stack.enter_context(_front(folder, ports))
        writers = [line.split("\t") for line in lines]
        yield Site(ports, primary, replica, writers)


@contextmanager
def _group(folder: Path, port: int, told: dict[str, str]) -> Iterator[Server]:
    """A "machine": processes of its own and a disk of its own, but for the pictures."""
    first, own, media = Path(told["VAR_DIR"]), folder / f"var-{port}", folder / "media"
    own.mkdir()
    media.mkdir(exist_ok=True)
    (own / "static").symlink_to(first / "static")
    (own / "media").symlink_to(media)
    with serving("config.wsgi", port, told | {"VAR_DIR": str(own)}) as server:
        yield server


def _front(folder: Path, ports: dict[str, int]):
    lines = "\n".join(f"server 127.0.0.1:{ports[place]};" for place in GROUPS)
    return servers.nginx(
        folder,
        http=servers.free_port(),
        https=servers.free_port(),
        extra=f"listen 127.0.0.1:{ports['nginx']};",
        upstream=lines,
    )
