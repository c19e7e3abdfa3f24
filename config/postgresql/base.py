"""Django's PostgreSQL, with statements that it plans once for a connection, and with
connections that are asked whether they live only after a pause; see ADR 19 and 20.
"""

from __future__ import annotations

from time import monotonic

from django.db.backends.postgresql import base
from django.db.backends.utils import CursorWrapper

from config.postgresql import pools

# A connection that has answered so many seconds ago is taken to be there still.
FRESH_SECONDS = 1.0


class DatabaseWrapper(base.DatabaseWrapper):
    answered_at = float("-inf")

    def __init__(self, settings_dict, *args, **kwargs):
        super().__init__(settings_dict, *args, **kwargs)
        if pool := self.settings_dict["OPTIONS"].get("pool"):
            told = {} if pool is True else pool
            self.settings_dict["OPTIONS"]["pool"] = {"check": pools.check} | told

    def prepared(self) -> CursorWrapper:
        """A cursor whose statements the server plans once and keeps: their values are
        sent beside the words, which so are the same each time."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            cursor = base.ServerBindingCursor(self.connection)  # type: ignore[call-arg]
            return self._prepare_cursor(cursor)  # type: ignore[attr-defined]

    def close_if_unusable_or_obsolete(self):
        # Comes at both ends of a request; at its end, what was used in it has answered.
        if self.health_check_done:
            self.answered_at = monotonic()
        super().close_if_unusable_or_obsolete()

    def close_if_health_check_failed(self):
        if monotonic() - self.answered_at < FRESH_SECONDS:
            self.health_check_done = True
        super().close_if_health_check_failed()
