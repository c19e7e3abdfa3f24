"""Leaders: one thread does what is soon done, and nobody waits for what is not."""

import os
import runpy
import socket
import subprocess
import sys
import threading
from math import inf
from threading import Event, get_ident
from time import monotonic, sleep

import pytest
from django.conf import settings
from gunicorn.config import Config
from gunicorn.workers.gthread import TConn

from accounts.leaders import NICER, Leaders, came, came_now, give_way, has_time

SECONDS = 10  # for what is to come, and comes at once
NEVER = 600


@pytest.fixture
def pool():
    pool = Leaders(workers=2, patience=NEVER)
    yield pool
    pool.shutdown()


def takes_long(until):
    """What is done by a thread that has time; says which."""
    give_way()
    return until.wait(SECONDS) and get_ident()


def test_one_thread_does_everything_in_turn(pool):
    did = [pool.submit(lambda n: (n, get_ident()), n) for n in range(20)]

    numbers, threads = zip(*(done.result(SECONDS) for done in did), strict=True)

    assert numbers == tuple(range(20))
    assert len(set(threads)) == 1


def test_leader_goes_on_while_another_does_what_takes_longer(pool):
    goes_on = Event()
    leader = pool.submit(get_ident).result(SECONDS)

    long = pool.submit(takes_long, goes_on)
    soon = pool.submit(lambda: goes_on.set() or get_ident())

    assert soon.result(SECONDS) == leader
    assert long.result(SECONDS) != leader


def test_as_many_take_longer_at_once_as_there_are_workers(pool):
    goes_on, begun = Event(), []

    def begins(n):
        give_way()
        begun.append(n)
        return goes_on.wait(SECONDS)

    did = [pool.submit(begins, n) for n in range(6)]
    for _ in range(3):
        assert pool.submit(lambda: "soon done").result(SECONDS) == "soon done"
    while len(begun) < 2:
        assert not did[0].done()
    assert sorted(begun) == [0, 1]
    goes_on.set()

    assert all(done.result(SECONDS) for done in did)
    assert sorted(begun) == [0, 1, 2, 3, 4, 5]


def test_another_leads_where_the_leader_does_not_come_back():
    pool, stuck = Leaders(workers=1, patience=0.01), Event()
    first = pool.submit(get_ident).result(SECONDS)

    hangs = pool.submit(stuck.wait, SECONDS)
    done = {pool.submit(get_ident).result(SECONDS) for _ in range(5)}
    stuck.set()

    assert hangs.result(SECONDS)
    assert len(done) == 1
    assert first not in done
    assert pool.submit(get_ident).result(SECONDS) in done
    pool.shutdown()


def test_leader_who_was_followed_does_what_is_left_of_its_request_itself():
    pool, stuck = Leaders(workers=1, patience=0.01), Event()

    hangs = pool.submit(lambda: stuck.wait(SECONDS) and (give_way(), get_ident())[1])
    leader = pool.submit(get_ident).result(SECONDS)
    stuck.set()

    assert hangs.result(SECONDS) != leader
    pool.shutdown()


def test_only_so_many_leaders_are_followed_as_there_are_workers():
    pool, stuck, goes_on = Leaders(workers=2, patience=0.01), Event(), Event()

    hang = [pool.submit(stuck.wait, SECONDS) for _ in range(2)]
    hang.append(pool.submit(goes_on.wait, SECONDS))
    soon = pool.submit(lambda: "soon done")
    sleep(0.2)
    assert not soon.done()
    stuck.set()  # who comes back, ends, and may be followed once more

    assert soon.result(SECONDS) == "soon done"
    goes_on.set()
    assert all(done.result(SECONDS) for done in hang)
    pool.shutdown()


def test_single_thread_does_what_takes_longer_too():
    pool = Leaders(workers=0)

    assert pool.submit(lambda: give_way() or "done").result(SECONDS) == "done"
    pool.shutdown()


def test_many_that_take_longer_are_all_done():
    pool = Leaders(workers=3)

    def takes_longer(n):
        give_way()
        sleep(n % 3 / 10_000)
        return n

    did = [pool.submit(takes_longer, n) for n in range(2_000)]

    assert [done.result(SECONDS) for done in did] == list(range(2_000))
    pool.shutdown()


def test_nothing_is_left_undone_where_threads_end():
    pool, goes_on = Leaders(workers=1), Event()

    did = [pool.submit(takes_long, goes_on) for _ in range(3)]
    pool.shutdown()
    goes_on.set()

    assert all(done.result(SECONDS) for done in did)


def niceness():
    """The thread's."""
    return os.getpriority(os.PRIO_PROCESS, 0)


has_niceness = pytest.mark.skipif(
    sys.platform != "linux", reason="Threads have a niceness of their own on Linux."
)


@has_niceness
def test_who_works_has_the_processor_after_who_leads():
    pool, stuck = Leaders(workers=1, patience=0.01), Event()

    def at_work():
        give_way()
        return niceness()

    assert pool.submit(niceness).result(SECONDS) == niceness()
    assert pool.submit(at_work).result(SECONDS) == niceness() + NICER
    pool.submit(stuck.wait, SECONDS)  # so that another leads
    assert pool.submit(niceness).result(SECONDS) == niceness()
    assert pool.submit(at_work).result(SECONDS) == niceness() + NICER
    stuck.set()
    pool.shutdown()


UNPRIVILEGED = """
import os, resource
from accounts.leaders import Leaders, give_way

resource.setrlimit(resource.RLIMIT_NICE, (0, 0))
if not os.geteuid():
    os.setuid(65_534)
pool = Leaders(workers=1)
niceness = lambda: os.getpriority(os.PRIO_PROCESS, 0)
at_work = pool.submit(lambda: give_way() or niceness()).result(10)
print(at_work - niceness(), pool.submit(niceness).result(10) - niceness())
"""


@has_niceness
def test_that_takes_no_privilege():
    done = subprocess.run(
        [sys.executable, "-c", UNPRIVILEGED],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert not done.stderr
    assert done.stdout.split() == [str(NICER), "0"]


def test_error_is_told_to_who_asked_and_to_nobody_else(pool):
    failed = pool.submit(lambda: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        failed.result(SECONDS)
    assert pool.submit(lambda: "goes on").result(SECONDS) == "goes on"


def test_threads_end_after_what_came_before():
    before = set(threading.enumerate())
    pool = Leaders(workers=3)
    threads = set(threading.enumerate()) - before
    done = pool.submit(lambda: "done")

    pool.shutdown()
    for thread in threads:
        thread.join(SECONDS)

    assert done.result(SECONDS) == "done"
    assert len(threads) == 3 + 1 + 1  # those who work, who leads, who stands by
    assert not any(thread.is_alive() for thread in threads)


def test_thread_of_no_pool_has_nobody_to_give_way_to():
    give_way()

    assert not has_time()


def test_only_who_works_has_time(pool):
    assert not pool.submit(has_time).result(SECONDS)
    assert pool.submit(lambda: give_way() or has_time()).result(SECONDS)


def test_leader_knows_when_it_was_asked_though_it_came_to_it_later(pool):
    goes_on = Event()
    pool.submit(goes_on.wait, SECONDS)

    before = monotonic()
    first, second = pool.submit(came), pool.submit(came)
    after = monotonic()
    goes_on.set()

    assert before <= first.result(SECONDS) <= second.result(SECONDS) <= after


def test_what_was_expected_may_say_that_it_came_just_now(pool):
    begun = pool.submit(monotonic).result(SECONDS)

    assert pool.submit(lambda: came_now() or came()).result(SECONDS) > begun


def test_nobody_but_the_leader_says_when_it_was_asked(pool):
    assert came() == inf
    assert pool.submit(lambda: give_way() or came()).result(SECONDS) == inf


def test_browser_that_was_connected_first_has_asked_later(pool):
    """gunicorn's worker takes a connection before it knows of a request."""
    worker, asked = make_worker(), []
    worker.handle_request = lambda *_: asked.append(came())
    goes_on = Event()
    ours, theirs = socket.socketpair()
    with theirs:
        pool.submit(goes_on.wait, SECONDS)
        done = pool.submit(worker.handle, TConn(worker.cfg, ours, ("", 0), ("", 0)))
        connected = monotonic()
        theirs.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        goes_on.set()
        done.result(SECONDS)
        ours.close()

    assert asked[0] > connected


def make_worker():
    """As deploy/ has it; nothing but its configuration is begun."""
    conf = runpy.run_path(str(settings.BASE_DIR / "deploy/gunicorn.conf.py"))
    worker_class = conf["Worker"]
    worker = worker_class.__new__(worker_class)
    worker.cfg = Config()
    return worker
