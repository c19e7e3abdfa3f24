"""The threads of a process that answer requests: one leads, the others follow.

Who leads takes what comes, one request after another, and does it. Whoever finds that
its request will take longer steps aside first, and another leads: what is soon done
waits for no thread to be woken, and for few that want Python's lock; nor for the
processor, as whoever has stepped aside has it after who leads. The last thread does
nothing but lead: what would take longer is put off until another is free. The pattern
is Leader/Followers (Schmidt, Stal, Rohnert, Buschmann: Pattern-Oriented Software
Architecture, volume 2, 2000).
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from math import inf
from queue import SimpleQueue
from threading import Lock, Thread, get_ident, local
from time import monotonic
from typing import Any, NamedTuple

# Seconds after which another leads while the leader is still at the same request, on a
# slow network perhaps, and others wait.
PATIENCE = 0.1
# How much nicer whoever does what takes longer is than who leads: of setpriority(2).
# Each step is a fifth of the processor less, where both want it.
NICER = 10

_here = local()


def step_aside() -> None:
    """Let another thread lead, if one is free; nothing for one that does not lead."""
    if pool := _pool():
        pool.step_aside()


class Postponed(BaseException):
    """What was begun is to be begun anew, once a thread is free for it."""


def give_way() -> None:
    """``step_aside``; or raise ``Postponed``, where nobody is there to lead instead."""
    if pool := _pool():
        pool.give_way()


def is_aside() -> bool:
    """Whether this thread has time, as another of its pool leads."""
    pool = _pool()
    return pool is not None and not pool.leads()


def came() -> float:
    """When the leader's request began to come, or later, by ``time.monotonic``.

    ``inf`` for a thread that does not lead: what it does may have waited for the
    browser.
    """
    pool = _pool()
    return _here.came if pool is not None and pool.leads() else inf


def came_now() -> None:
    """Let what this thread is at have come just now: it was expected before."""
    _here.came = monotonic()


def _pool() -> Leaders | None:
    """Whose thread this is."""
    return getattr(_here, "pool", None)


class _Job(NamedTuple):
    came: float
    future: Future
    work: Callable[[], Any]

    def do(self) -> None:
        """Raises ``Postponed``, after which it can be done anew."""
        is_begun = self.future.running() or self.future.set_running_or_notify_cancel()
        if not is_begun:
            return  # nobody wants it any more
        try:
            result = self.work()
        except Postponed:
            raise
        except BaseException as error:  # noqa: BLE001 - told to whoever asks for it
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class Leaders(Executor):
    """So many threads as ``size`` says; they end with the process, or ``shutdown``."""

    def __init__(self, size: int, patience: float = PATIENCE):
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._postponed: deque[_Job] = deque()
        self._patience = patience
        self._lead = Lock()  # taken while anybody leads
        self._next = Lock()  # by the one follower who looks whether it has come to that
        self._guard = Lock()  # before any of the following are changed
        self._leader: int | None = None
        self._followers = 0
        self._began = inf  # when the leader's request did
        self._size = size
        self._nice, self._nicer = _nicenesses()
        for _ in range(size):
            Thread(target=self._run, daemon=True).start()

    def submit(self, fn, /, *args, **kwargs) -> Future:
        future: Future = Future()
        self._jobs.put(_Job(monotonic(), future, lambda: fn(*args, **kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the threads end after all that came before; it is not waited for."""
        for _ in range(self._size):
            self._jobs.put(None)

    def leads(self) -> bool:
        """Whether the thread that asks does."""
        return self._leader == get_ident()

    def step_aside(self) -> None:
        with self._guard:
            if self._followers:
                self._step_aside()

    def give_way(self) -> None:
        with self._guard:
            if self.leads() and self._size > 1 and not self._followers:
                raise Postponed
            self._step_aside()

    def _step_aside(self) -> None:
        if self.leads():
            self._leader = None
            self._lead.release()
            _be(self._nicer)

    def _run(self) -> None:
        _here.pool = self
        while True:
            while job := self._postponed_or_follow():
                job.do()
            self._follow()
            while self.leads():
                job = self._jobs.get()
                if job is None:
                    self._end()
                    return
                _here.came, self._began = job.came, monotonic()
                try:
                    job.do()
                except Postponed:
                    if not self._postpone(job):
                        self.step_aside()
                        job.do()
                del job  # and the connection that it holds
                if self.leads():
                    self._began = inf

    def _postpone(self, job: _Job) -> bool:
        """Whether it is put off; not where somebody has come to follow meanwhile."""
        with self._guard:
            if not self._followers:
                self._postponed.append(job)
            return not self._followers

    def _postponed_or_follow(self) -> _Job | None:
        """What was put off first; None for who is among the followers now.

        A leader who does not come back has to be followed, whatever was put off.
        """
        with self._guard:
            if self._postponed and (self._followers or not self._is_late()):
                _be(self._nicer)
                return self._postponed.popleft()
            _be(self._nice)  # to be woken at once
            self._followers += 1
            return None

    def _end(self) -> None:
        """Lead no more; and do what was put off, as perhaps nobody else will."""
        with self._guard:
            self._step_aside()
        with suppress(IndexError):
            while True:
                self._postponed.popleft().do()

    def _follow(self) -> None:
        """Until it has come to this thread to lead, or to do what was put off."""
        with self._next:
            while not self._lead.acquire(timeout=self._patience):
                if self._is_called():
                    return
            with self._guard:
                self._begin_to_lead()

    def _begin_to_lead(self) -> None:
        self._leader, self._began = get_ident(), inf
        self._followers -= 1

    def _is_called(self) -> bool:
        """Whether this follower has something to do: lead instead of who is late; or
        what was put off, if the leader did come back. Where nobody leads, it does."""
        with self._guard:
            if self._is_late():
                self._begin_to_lead()
            elif self._postponed and self._leader is not None:
                self._followers -= 1
            else:
                return False
            return True

    def _is_late(self) -> bool:
        """Whether somebody leads who is at something too long, and others wait."""
        is_at_it_long = monotonic() - self._began > self._patience
        return is_at_it_long and self._leader is not None and not self._jobs.empty()


def _nicenesses() -> tuple[int | None, int | None]:
    """That of who leads or follows, and that of the others.

    None where a thread that is nicer may not be less so again, as the system has it
    for those without a privilege (RLIMIT_NICE of setrlimit(2)).
    """
    if sys.platform != "linux":  # the whole process would be nicer elsewhere
        return None, None
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    nicer = min(nice + NICER, 19)
    with ThreadPoolExecutor(1) as thread:
        thread.submit(_be, nicer).result()
        problem = thread.submit(_be, nice).exception()
    return (None, None) if problem else (nice, nicer)


def _be(nice: int | None) -> None:
    """So nice is the thread that asks from now on."""
    if nice is not None:
        os.setpriority(os.PRIO_PROCESS, 0, nice)
