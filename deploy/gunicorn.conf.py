"""How gunicorn serves Marginalia: `gunicorn -c deploy/gunicorn.conf.py config.wsgi`.

Everything may be told by the environment; the figures behind the defaults stand in
docs/adr/0015-server.md.
"""

import ctypes
import mmap
import os
import sys
import time
from array import array
from contextlib import suppress

from gunicorn.glogging import Logger
from gunicorn.workers.gthread import _DEFER, ThreadWorker

M_ARENA_MAX = -8  # glibc's malloc.h
PLACES, NOBODY = 64, 2**32 - 1
# How many connections each worker has, by its place: memory that all of them share.
connections = memoryview(mmap.mmap(-1, PLACES * 4)).cast("I")
connections[:] = array("I", [NOBODY] * PLACES)


def _number(name: str, default: int) -> int:
    return int(os.environ.get(name) or default)


class PrivateLogger(Logger):
    """An access log without what opens something: the tokens in some addresses."""

    def atoms(self, resp, req, environ, request_time):
        from accounts.logs import without_tokens  # noqa: PLC0415 - the workers' code

        atoms = super().atoms(resp, req, environ, request_time)
        return atoms | {"U": without_tokens(environ.get("PATH_INFO", ""))}


class Again:
    """A connection's parser that gives once more the request that it has given."""

    def __init__(self, conn, req):
        self.conn, self.parser, self.req = conn, conn.parser, req

    def __next__(self):
        self.conn.parser = self.parser
        return self.req


class Worker(ThreadWorker):
    """gunicorn's threads, of which one leads: see docs/adr/0021-leaders.md.

    A worker that has more connections than another lets that one take the next, for a
    millisecond: else the first to wake takes all that come together, and keeps them.
    """

    def accept(self, listener):
        connections[self.place] = own = max(0, self.nr_conns)
        if own > min(connections):
            time.sleep(0.001)
        super().accept(listener)
        connections[self.place] = max(0, self.nr_conns)

    def get_thread_pool(self):
        from accounts.leaders import Leaders  # noqa: PLC0415 - once we are in its folder

        return Leaders(workers=self.cfg.threads - 1)

    def handle(self, conn):
        from accounts.leaders import Postponed, came_now, give_way  # noqa: PLC0415

        # A browser may connect long before it asks for anything.
        if not conn.initialized:
            try:
                (came_now if conn.wait_for_data(0) else give_way)()
            except Postponed:
                if self.alive:
                    return _DEFER  # until it asks
                raise
        return super().handle(conn)

    def handle_request(self, req, conn):
        from accounts.leaders import Postponed  # noqa: PLC0415

        try:
            return super().handle_request(req, conn)
        except Postponed:  # and ``handle`` is called again
            conn.parser = Again(conn, req)
            self.nr -= 1
            raise


bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
# Pages are work for the processor: a process for each core, which keeps to it, and two
# at least, for one may be ending. Threads let a process answer the next reader while
# others wait, for a browser, a provider or their turn; one of them shows kept pages
# and nothing else. Each may have a connection to the database.
workers = _number("WEB_WORKERS", max(2, os.process_cpu_count() or 1))
keeps_to_cores = (
    os.environ.get("WEB_PINNED", "true").lower() not in {"0", "false", "no", "off"}
    and hasattr(os, "sched_setaffinity")  # where there is such a thing
)
worker_class = Worker
threads = _number("WEB_THREADS", max(8, 32 // workers))
backlog = 1024
umask = 0o007  # the socket and the pictures are for our group, nginx among it

timeout = 30  # seconds until a worker that shows no life is replaced
graceful_timeout = 30
keepalive = 30  # longer than nginx keeps a connection to us
# A worker is replaced now and then, never all at once: whatever leaks stays small.
max_requests = _number("WEB_MAX_REQUESTS", 20_000)
max_requests_jitter = max_requests // 10
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
# Not preloaded: on SIGHUP new workers take the new code while the old ones finish.
preload_app = False
control_socket_disable = True

# Else glibc keeps what each thread has freed for that thread, 4 MB for each of ours.
with suppress(AttributeError):  # another libc has no such thing
    ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


def pre_fork(server, worker):
    """A place, and the core that the fewest of the others keep to; see
    docs/adr/0022-cores.md."""
    others = server.WORKERS.values()
    places = [other.place for other in others]
    worker.place = min(range(PLACES), key=places.count)
    connections[worker.place] = 0
    if keeps_to_cores:
        cores = [other.core for other in others]
        worker.core = min(sorted(os.sched_getaffinity(0)), key=cores.count)


def post_fork(server, worker):
    if keeps_to_cores:
        os.sched_setaffinity(0, {worker.core})  # the threads to come, too


def child_exit(server, worker):
    connections[worker.place] = NOBODY


def post_worker_init(worker):
    """A kept page is less than a millisecond's work: it is not to wait five (Python's
    own) for each page and reply that is in the making in the same process.

    And what gunicorn says of a request that failed has its address.
    """
    from accounts.logs import PrivateFormatter  # noqa: PLC0415 - the workers' code

    sys.setswitchinterval(0.0001)
    for handler in worker.log.error_log.handlers:
        handler.setFormatter(PrivateFormatter(Logger.error_fmt, Logger.datefmt))


# nginx keeps the access log. Ours, where asked for ("-": the standard output), has no
# address, no query string, no cookie and no token.
accesslog = os.environ.get("WEB_ACCESS_LOG") or None
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(B)s %(M)sms"
logger_class = PrivateLogger
errorlog = "-"
loglevel = os.environ.get("LOG_LEVEL", "info").lower()
