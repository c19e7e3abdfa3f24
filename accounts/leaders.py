"""The threads of a process that answer requests: one leads, the others work.

Who leads takes what comes, one request after another, and does what is soon done. What
takes longer it puts off, for whichever thread of the others is free: so what is soon
done waits for no thread to be woken, and for few that want Python's lock; nor for the
processor, as those who work are nicer. One more thread stands by, and leads in the
place of a leader that does not come back from a request.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future
from math import inf
from queue import SimpleQueue
from threading import Event, Lock, Thread, get_ident, local
from time import monotonic
from typing import Any, NamedTuple

from django.db import connections

# Seconds after which another leads while the leader is still at the same request, on a
# slow network perhaps, and others wait.
PATIENCE = 0.1
# How much nicer those who work are than who leads: of setpriority(2). Each step is a
# fifth of the processor less, where both want it.
NICER = 10

_here = local()


class Postponed(BaseException):
    """What was begun is to be begun anew, by a thread that has time for it."""


def give_way() -> None:
    """Raise ``Postponed`` where this thread leads, and there is another for the work.

    Nothing for a thread of no pool, and for one that has time.
    """
    if pool := _pool():
        pool.give_way()


def has_time() -> bool:
    """Whether this thread does what was put off, while another of its pool leads."""
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
    """One thread that leads and ``workers``; without any, who leads does everything.

    They end with the process, or after ``shutdown``.
    """

    def __init__(self, workers: int, patience: float = PATIENCE):
        self._workers, self._patience = workers, patience
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._put_off: SimpleQueue[_Job | None] = SimpleQueue()
        self._has_ended = Event()
        self._guard = Lock()  # before another leads
        self._began = inf  # when the leader's request did
        self._late = 0  # leaders that have been followed, and have not come back
        for _ in range(workers):
            self._start(self._work)
        self._leader = self._start(self._lead).ident
        self._start(self._stand_by)

    def submit(self, fn, /, *args, **kwargs) -> Future:
        future: Future = Future()
        self._jobs.put(_Job(monotonic(), future, lambda: fn(*args, **kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the threads end after all that came before; it is not waited for."""
        self._jobs.put(None)

    def leads(self) -> bool:
        """Whether the thread that asks does."""
        return self._leader == get_ident()

    def give_way(self) -> None:
        if self._workers and self.leads():
            raise Postponed

    def _start(self, run: Callable[[], None]) -> Thread:
        thread = Thread(target=self._run, args=[run], daemon=True)
        thread.start()
        return thread

    def _run(self, run: Callable[[], None]) -> None:
        _here.pool = self
        try:
            run()
        finally:
            connections.close_all()

    def _work(self) -> None:
        _be_nicer()
        while job := self._put_off.get():
            job.do()
            del job  # and the connection that it holds

    def _lead(self) -> None:
        """Until there is nothing more to come, or another leads meanwhile."""
        while job := self._jobs.get():
            _here.came, self._began = job.came, monotonic()
            try:
                job.do()
            except Postponed:
                self._put_it_off(job)
            del job  # and the connection that it holds
            with self._guard:
                if not self.leads():
                    self._late -= 1
                    return
                self._began = inf
        self._has_ended.set()
        for _ in range(self._workers):
            self._put_off.put(None)

    def _put_it_off(self, job: _Job) -> None:
        with self._guard:
            if self.leads():
                self._put_off.put(job)
                return
        job.do()  # the others may have ended since

    def _stand_by(self) -> None:
        """Lead instead of who is late, and let another stand by from then on."""
        while not self._has_ended.wait(self._patience):
            with self._guard:
                if not self._is_late():
                    continue
                self._late += 1
                self._leader, self._began = get_ident(), inf
            self._start(self._stand_by)
            self._lead()
            return

    def _is_late(self) -> bool:
        """Whether who leads is at something too long, and others wait; while as many
        are late as there are workers, nobody else is: threads shall not pile up."""
        is_at_it_long = monotonic() - self._began > self._patience
        return is_at_it_long and self._late < self._workers and not self._jobs.empty()


def _be_nicer() -> None:
    """From now on, and for good: to be less so again takes a privilege."""
    if sys.platform == "linux":  # the whole process would be nicer elsewhere
        nice = os.getpriority(os.PRIO_PROCESS, 0)
        os.setpriority(os.PRIO_PROCESS, 0, min(nice + NICER, 19))
