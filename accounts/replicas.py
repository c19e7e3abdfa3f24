"""Which database a request reads: the primary, or one of its replicas.

Only what everybody is shown is read from a replica: a GET of a browser without our
cookies, until it writes. Whoever has written anything carries a cookie and reads from
the primary, and so do staff, tasks and commands. See docs/adr/0016-replicas.md.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS as PRIMARY
from django.db import DatabaseError, InterfaceError, connections
from django.http import HttpRequest, HttpResponse

from accounts import cookies

# The pages' own tables. Counters of attempts, sessions and tasks are never read late.
PUBLIC_APPS = frozenset({"accounts", "articles", "comments"})
LAG = """
    SELECT CASE
        WHEN NOT pg_is_in_recovery() THEN 0
        WHEN NOT EXISTS (SELECT FROM pg_stat_wal_receiver) THEN NULL
        WHEN pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn() THEN 0
        ELSE EXTRACT(EPOCH FROM now() - pg_last_xact_replay_timestamp())
    END
"""
FAILURES = (DatabaseError, InterfaceError)
# What a quiet primary has just written seems as old as what it wrote before that, until
# it is replayed: a replica is late where it is at each of so many looks.
LOOKS, NEXT_LOOK = 3, 0.1  # seconds between two

logger = logging.getLogger(__name__)
_reading_from: ContextVar[str] = ContextVar("reading_from", default=PRIMARY)


class Watch:
    """What a process knows of its replicas, asked anew every other second.

    One thread asks while the others go by the last answer; a replica that does not
    answer is left alone for a while, as asking it may take its time.
    """

    INTERVAL, PAUSE = 2.0, 10.0  # seconds, after a good answer and after a bad one

    def __init__(self) -> None:
        self._good: dict[str, bool] = {}
        self._ask_at: dict[str, float] = {}
        self._lock = threading.Lock()

    def choose(self) -> str:
        """A replica that keeps up; the primary where there is none."""
        good = [alias for alias in settings.REPLICAS if self._is_good(alias)]
        return random.choice(good) if good else PRIMARY  # noqa: S311

    def give_up(self, alias: str) -> None:
        self._set(alias, is_good=False)

    def _is_good(self, alias: str) -> bool:
        with self._lock:
            is_due = time.monotonic() >= self._ask_at.get(alias, 0)
            if is_due:
                self._ask_at[alias] = time.monotonic() + self.PAUSE
        if is_due:
            self._set(alias, is_good=_keeps_up(alias))
        return self._good.get(alias, False)

    def _set(self, alias: str, *, is_good: bool) -> None:
        if is_good != self._good.get(alias, True):
            logger.warning("%s is %s.", alias, "back" if is_good else "not read from")
        self._good[alias] = is_good
        wait = self.INTERVAL if is_good else self.PAUSE
        self._ask_at[alias] = time.monotonic() + wait


watch = Watch()


class ReplicaRouter:
    """Reads as the request allows; writes, and what follows them, on the primary."""

    def db_for_read(self, model, **hints) -> str:
        if model._meta.app_label not in PUBLIC_APPS:
            return PRIMARY
        if connections[PRIMARY].in_atomic_block:
            return PRIMARY
        return _reading_from.get()

    def db_for_write(self, model, **hints) -> str:
        _reading_from.set(PRIMARY)
        return PRIMARY

    def allow_relation(self, obj1, obj2, **hints) -> bool:
        return True  # they are all one database

    def allow_migrate(self, db: str, app_label: str, **hints) -> bool:
        return db == PRIMARY


class ReplicaMiddleware:
    """Let anonymous readers read from a replica, and notice when it breaks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _reading_from.set(watch.choose() if _is_public(request) else PRIMARY)
        try:
            return self.get_response(request)
        finally:
            _reading_from.reset(token)

    def process_exception(self, request, exception):
        """Answer once more, from the primary, where the replica failed under way."""
        alias = _reading_from.get()
        if alias == PRIMARY or not isinstance(exception, FAILURES):
            return None
        turn_away(alias)
        view, args, kwargs = request.resolver_match
        response = view(request, *args, **kwargs)
        return response.render() if hasattr(response, "render") else response


def alias_for_strangers() -> str:
    """The database for a browser that carries no cookie of ours."""
    return watch.choose() if settings.REPLICAS else PRIMARY


def give_back(alias: str) -> None:
    """What a pool has lent, where no end of a request will come to do so."""
    if _is_pooled(alias):
        connections[alias].close()


def turn_away(alias: str) -> None:
    """Read from the primary from here on, after ``alias`` has failed.

    A replica that was restarted is not at fault for the connections of before; a pool
    gives out none of those.
    """
    if not connections[alias].is_usable():  # else it was the statement's fault
        connections[alias].close()
        if alias != PRIMARY and (_is_pooled(alias) or not _keeps_up(alias)):
            watch.give_up(alias)
    _reading_from.set(PRIMARY)


def _is_pooled(alias: str) -> bool:
    return "pool" in connections[alias].settings_dict["OPTIONS"]


def _is_public(request: HttpRequest) -> bool:
    return request.method in {"GET", "HEAD"} and not any(
        name in request.COOKIES for name in cookies.OURS
    )


def _keeps_up(alias: str) -> bool:
    for look in range(LOOKS):
        if look:
            time.sleep(NEXT_LOOK)
        try:
            lag = _lag(alias)
        except FAILURES:
            return False
        if lag is not None and lag <= settings.REPLICA_MAX_LAG:
            return True
    return False


def _lag(alias: str) -> float | None:
    """Seconds, or None where nobody knows; over a new connection if the old one broke:
    the replica may have been restarted since."""
    connection = connections[alias]
    is_old = connection.connection is not None
    try:
        with connection.cursor() as cursor:
            cursor.execute(LAG)
            return cursor.fetchone()[0]
    except FAILURES:
        connection.close()
        if is_old:
            return _lag(alias)
        raise
    finally:
        give_back(alias)
