"""Leaders: one thread does what is soon done, and nobody waits for what is not."""

import os
import re
import resource
import runpy
import socket
import subprocess
import sys
import threading
from math import inf
from pathlib import Path
from threading import Event, get_ident
from time import monotonic, sleep

import pytest
from django.conf import settings
from gunicorn.config import Config
from gunicorn.workers.gthread import TConn

from accounts.leaders import (
    NICER,
    Leaders,
    came,
    came_now,
    give_way,
    is_aside,
    step_aside,
)

SECONDS = 10  # for what is to come, and comes at once
NEVER = 600


@pytest.fixture
def pool():
    pool = Leaders(3, patience=NEVER)
    yield pool
    pool.shutdown()


def takes_long(until):
    """What is done aside, where there is a thread for it."""
    give_way()
    return until.wait(SECONDS)


def test_one_thread_does_everything_in_turn(pool):
    did = [pool.submit(lambda n: (n, get_ident()), n) for n in range(20)]

    numbers, threads = zip(*(done.result(SECONDS) for done in did), strict=True)

    assert numbers == tuple(range(20))
    assert len(set(threads)) == 1


def test_another_leads_once_the_leader_steps_aside(pool):
    came = Event()

    def takes_long():
        step_aside()
        step_aside()  # nothing is left to give away
        return came.wait(SECONDS), get_ident()

    aside = pool.submit(takes_long)
    leader = pool.submit(lambda: came.set() or get_ident()).result(SECONDS)
    has_come, follower = aside.result(SECONDS)

    assert has_come
    assert follower != leader


def test_another_leads_where_the_leader_does_not_come_back():
    pool, came, done = Leaders(2, patience=0.01), Event(), []

    hangs = pool.submit(lambda: came.wait(SECONDS))
    for _ in range(5):
        done.append(pool.submit(get_ident).result(SECONDS))
    came.set()

    assert hangs.result(SECONDS)
    assert len(done) == 5
    assert pool.submit(get_ident).result(SECONDS) in done
    pool.shutdown()


def test_no_more_at_once_than_there_are_threads(pool):
    goes_on, begun = Event(), []

    def takes_long(n):
        step_aside()
        begun.append(n)
        return goes_on.wait(SECONDS)

    did = [pool.submit(takes_long, n) for n in range(4)]
    while len(begun) < 3:
        assert not did[0].done()
    assert not did[3].running()
    goes_on.set()

    assert all(done.result(SECONDS) for done in did)
    assert sorted(begun) == [0, 1, 2, 3]


def test_last_thread_leads_and_what_takes_longer_is_put_off(pool):
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
    assert pool.submit(lambda: give_way() or is_aside()).result(SECONDS)


def test_leader_who_does_not_come_back_is_followed_though_something_was_put_off():
    pool, stuck = Leaders(2, patience=0.01), Event()
    goes_on, later = Event(), Event()

    first, put_off = pool.submit(takes_long, goes_on), pool.submit(takes_long, later)
    hangs = pool.submit(stuck.wait, SECONDS)
    soon = pool.submit(lambda: "soon done")
    sleep(0.05)
    goes_on.set()

    assert soon.result(SECONDS) == "soon done"
    assert not put_off.done()
    later.set()
    stuck.set()
    assert all(done.result(SECONDS) for done in (first, put_off, hangs))
    pool.shutdown()


def test_who_waited_to_follow_does_what_was_put_off_if_the_leader_came_back():
    pool, stuck, goes_on = Leaders(2, patience=0.3), Event(), Event()

    first, put_off = (pool.submit(takes_long, goes_on) for _ in range(2))
    pool.submit(stuck.wait, SECONDS)
    soon = pool.submit(lambda: "soon done")
    sleep(0.4)  # so that whoever comes back finds the leader late
    goes_on.set()
    assert first.result(SECONDS)
    stuck.set()

    assert soon.result(SECONDS) == "soon done"
    assert put_off.result(SECONDS)
    pool.shutdown()


def test_last_thread_goes_on_leading_where_it_would_step_aside():
    pool, goes_on = Leaders(2), Event()

    first, put_off = pool.submit(takes_long, goes_on), pool.submit(takes_long, goes_on)
    still_leads = pool.submit(lambda: step_aside() or not is_aside())
    assert still_leads.result(SECONDS)

    assert pool.submit(lambda: "soon done").result(SECONDS) == "soon done"
    goes_on.set()
    assert first.result(SECONDS)
    assert put_off.result(SECONDS)
    pool.shutdown()


def test_single_thread_does_what_takes_longer_too():
    pool = Leaders(1)

    assert pool.submit(lambda: give_way() or "done").result(SECONDS) == "done"
    pool.shutdown()


def test_many_that_take_longer_are_all_done_whenever_threads_come_free():
    pool = Leaders(4)

    def takes_longer(n):
        give_way()
        sleep(n % 3 / 10_000)
        return n

    did = [pool.submit(takes_longer, n) for n in range(2_000)]

    assert [done.result(SECONDS) for done in did] == list(range(2_000))
    pool.shutdown()


def test_thread_that_ends_leaves_nothing_put_off():
    pool, goes_on = Leaders(2), Event()

    did = [pool.submit(takes_long, goes_on) for _ in range(3)]
    pool.shutdown()
    goes_on.set()

    assert all(done.result(SECONDS) for done in did)


CAP_SYS_NICE, CAP_SYS_RESOURCE = 23, 24  # bits: capabilities(7)


def niceness():
    """The thread's."""
    return os.getpriority(os.PRIO_PROCESS, 0)


def has(capability):
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"CapEff:\s*(\w+)", status)[1], 16) >> capability & 1


def may_be_less_nice():
    """Whether threads have a niceness of their own, and may have it back."""
    if sys.platform != "linux":
        return False
    lowest = 20 - resource.getrlimit(resource.RLIMIT_NICE)[0]
    return has(CAP_SYS_NICE) or niceness() >= lowest


may_be_nice = pytest.mark.skipif(
    not may_be_less_nice(), reason="It takes Linux, and a privilege or RLIMIT_NICE."
)
UNPRIVILEGED = """
import os, resource, sys
from accounts import leaders

resource.setrlimit(resource.RLIMIT_NICE, (int(sys.argv[1]),) * 2)
if not os.geteuid():
    os.setuid(65_534)
pool = leaders.Leaders(2)
niceness = lambda: os.getpriority(os.PRIO_PROCESS, 0)
aside = pool.submit(lambda: leaders.step_aside() or niceness()).result(10)
print(aside - niceness())
"""


@may_be_nice
def test_who_is_aside_has_the_processor_after_who_leads():
    pool = Leaders(3)

    def begins():
        give_way()
        begun.set()
        goes_on.wait(SECONDS)
        return niceness()

    for _ in range(6):  # so that each thread has led and has been aside
        begun, goes_on = Event(), Event()
        aside = pool.submit(begins)
        assert begun.wait(SECONDS)
        assert pool.submit(niceness).result(SECONDS) == niceness()
        goes_on.set()
        assert aside.result(SECONDS) == niceness() + NICER
    pool.shutdown()


@may_be_nice
def test_who_was_to_follow_and_does_what_was_put_off_makes_way_too():
    pool, stuck, goes_on = Leaders(2, patience=0.3), Event(), Event()

    def takes_long():
        give_way()
        return goes_on.wait(SECONDS) and niceness()

    first, put_off = pool.submit(takes_long), pool.submit(takes_long)
    leader = pool.submit(lambda: stuck.wait(SECONDS) and niceness())
    pool.submit(lambda: "soon done")
    sleep(0.4)  # so that whoever comes back finds the leader late, and follows
    goes_on.set()
    assert first.result(SECONDS) == niceness() + NICER
    stuck.set()

    assert leader.result(SECONDS) == niceness()
    assert put_off.result(SECONDS) == niceness() + NICER
    pool.shutdown()


def nicer_without_privilege(limit):
    """By how much whoever is aside is nicer, where RLIMIT_NICE is ``limit``."""
    done = subprocess.run(
        [sys.executable, "-c", UNPRIVILEGED, str(limit)],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert not done.stderr
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="There is no such limit.")
def test_nobody_is_nicer_who_could_not_be_less_so_again():
    assert nicer_without_privilege(limit=0) == 0


@pytest.mark.skipif(
    sys.platform != "linux" or not has(CAP_SYS_RESOURCE),
    reason="The limit is not ours to raise.",
)
def test_limit_of_the_systemd_unit_is_privilege_enough():
    assert nicer_without_privilege(limit=20 - 0) == NICER


def test_error_is_told_to_who_asked_and_to_nobody_else(pool):
    failed = pool.submit(lambda: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        failed.result(SECONDS)
    assert pool.submit(lambda: "goes on").result(SECONDS) == "goes on"


def test_threads_end_after_what_came_before():
    before = set(threading.enumerate())
    pool = Leaders(4)
    threads = set(threading.enumerate()) - before
    done = pool.submit(lambda: "done")

    pool.shutdown()
    for thread in threads:
        thread.join(SECONDS)

    assert done.result(SECONDS) == "done"
    assert len(threads) == 4
    assert not any(thread.is_alive() for thread in threads)


def test_thread_of_no_pool_has_nothing_to_step_aside_from():
    step_aside()
    give_way()
    assert not is_aside()


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
    assert pool.submit(lambda: step_aside() or came()).result(SECONDS) == inf


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
