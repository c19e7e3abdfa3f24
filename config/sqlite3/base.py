"""Django's SQLite, with writers that begin in turn; see docs/adr/0018-sqlite-turns.md.

SQLite lets one connection write at a time. Those who wait ask again and again, and the
longer they have waited the more seldom. Here the threads of a process queue, and the
first of them asks at short, even intervals.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import lru_cache, partial
from time import monotonic
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.backends.utils import CursorWrapper

from accounts import turns

# As Django writes them: where no transaction is under way, they take the lock.
BEGINNINGS = ("BEGIN IMMEDIATE", "BEGIN EXCLUSIVE", "INSERT", "UPDATE", "DELETE")
# SQLite asks at once, after one and after three of them, without Python's lock.
ASKING_MILLISECONDS = 3


class Connection(sqlite3.Connection):
    """One whose writers wait for their turn at most ``patience`` seconds."""

    turns: turns.Turns | None = None  # none where nobody else has the database
    patience = 5.0

    def begin(self, write: Callable[[], Any]) -> Any:
        """Do what takes SQLite's lock, when it is its turn and the lock is free."""
        if self.turns is None:
            return write()
        until = monotonic() + self.patience
        try:
            with self.turns.turn(self.patience):
                self._wait_for(ASKING_MILLISECONDS)
                try:
                    return self._ask(write, until)
                finally:
                    self._wait_for(int(self.patience * 1_000))
        except turns.Late:
            raise sqlite3.OperationalError("database is locked") from None

    def _ask(self, write: Callable[[], Any], until: float) -> Any:
        while True:
            try:
                return write()
            except sqlite3.OperationalError as error:
                if not _is_busy(error) or monotonic() >= until:
                    raise

    def _wait_for(self, milliseconds: int) -> None:
        self.execute(f"PRAGMA busy_timeout = {milliseconds}")


def _is_busy(error: Exception) -> bool:
    """Whether another connection has the lock; extended codes stand in higher bits."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


class Cursor(base.SQLiteCursorWrapper):
    connection: Connection

    def execute(self, query, params=None):
        execute = partial(super().execute, query, params)
        if self.connection.in_transaction or not query.startswith(BEGINNINGS):
            return execute()
        return self.connection.begin(execute)

    def convert_query(self, query, *, param_names=None):
        if param_names is not None:
            return super().convert_query(query, param_names=param_names)
        return _with_question_marks(query)


@lru_cache(maxsize=1_024)
def _with_question_marks(query: str) -> str:
    """``query`` as SQLite has it: a process sends the same few again and again."""
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self):
        return {"timeout": Connection.patience} | super().get_connection_params()

    def get_new_connection(self, conn_params):
        connection = super().get_new_connection({"factory": Connection} | conn_params)
        connection.patience = conn_params["timeout"]
        if not self.is_in_memory_db():
            connection.turns = turns.of(str(self.settings_dict["NAME"]))
        return connection

    def prepared(self) -> CursorWrapper:
        """A cursor whose statements are kept: here every one's are, by Python."""
        return self.cursor()

    def create_cursor(self, name=None):
        return self.connection.cursor(factory=Cursor)
