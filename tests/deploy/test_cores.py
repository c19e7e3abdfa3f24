"""gunicorn's workers, each at a core of its own: docs/adr/0022-cores.md."""

import os
import signal
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import servers

if not hasattr(os, "sched_setaffinity"):
    pytest.skip("Nothing keeps to a core here.", allow_module_level=True)
CORES = os.sched_getaffinity(0)
WORKERS = min(2, len(CORES))


@pytest.fixture
def master(tmp_path, port, request):
    """The process of a gunicorn with a worker for each of two cores, or for the one."""
    told = {"WEB_WORKERS": str(WORKERS), **getattr(request, "param", {})}
    environment = servers.site(tmp_path, "https://localhost", **told)
    bind = f"127.0.0.1:{port}"
    with servers.gunicorn(environment, bind=bind, log=tmp_path / "log") as web:
        servers.eventually(lambda: len(workers(web.pid)) == WORKERS)
        yield web.pid


@pytest.fixture
def port():
    return servers.free_port()


def workers(master: int) -> set[int]:
    """Those that have begun to look for connections."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return {int(pid) for pid in children if is_looking(pid)}


def is_looking(pid: str) -> bool:
    """Whether epoll, of whatever descriptor, has something to look at: proc(5)."""
    try:
        infos = Path(f"/proc/{pid}/fdinfo").iterdir()
        return any("tfd:" in info.read_text() for info in infos)
    except OSError:
        return False  # it has closed one just now, or has ended


def cores_of(pid: int) -> list[set[int]]:
    """Where each of a process's threads may run."""
    return [
        os.sched_getaffinity(int(thread)) for thread in os.listdir(f"/proc/{pid}/task")
    ]


def test_each_worker_keeps_to_a_core_with_all_its_threads(master):
    taken = set()
    for pid in workers(master):
        first, *others = cores_of(pid)
        assert len(first) == 1
        assert all(each == first for each in others)
        taken |= first

    assert len(taken) == WORKERS
    assert cores_of(master) == [CORES]


def test_worker_that_follows_another_keeps_to_the_core_that_is_free(master):
    before = workers(master)
    ended = before.pop()
    (core,) = os.sched_getaffinity(ended)
    os.kill(ended, signal.SIGTERM)
    servers.eventually(lambda: len(workers(master) - {ended}) == WORKERS)

    (new,) = workers(master) - before
    assert os.sched_getaffinity(new) == {core}


@pytest.mark.parametrize("master", [{"WEB_PINNED": "false"}], indirect=True)
def test_workers_go_where_they_like_if_told_so(master):
    for pid in workers(master):
        assert all(each == CORES for each in cores_of(pid))


@pytest.mark.skipif(WORKERS < 2, reason="One worker has all connections.")
def test_connections_that_come_together_are_shared_by_the_workers(master, port):
    before = {pid: sockets(pid) for pid in workers(master)}
    with ExitStack() as stack:
        for _ in range(16):
            stack.enter_context(socket.create_connection(("127.0.0.1", port)))

        def taken():
            return [sockets(pid) - count for pid, count in before.items()]

        servers.eventually(lambda: sum(taken()), 16)
        assert min(taken()) >= 5


def sockets(pid: int) -> int:
    folder = Path(f"/proc/{pid}/fd")
    return sum(os.readlink(each).startswith("socket:") for each in folder.iterdir())
