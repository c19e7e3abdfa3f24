"""Django's PostgreSQL, with connections that are asked whether they live only after a
pause; see docs/adr/0020-turns-and-lives.md.
"""

from __future__ import annotations

from time import monotonic

from django.db.backends.postgresql import base

# A connection that has answered so many seconds ago is taken to be there still.
FRESH_SECONDS = 1.0


class DatabaseWrapper(base.DatabaseWrapper):
    answered_at = float("-inf")

    def close_if_unusable_or_obsolete(self):
        # Comes at both ends of a request; at its end, what was used in it has answered.
        if self.health_check_done and not self.errors_occurred:
            self.answered_at = monotonic()
        super().close_if_unusable_or_obsolete()

    def close_if_health_check_failed(self):
        if monotonic() - self.answered_at < FRESH_SECONDS:
            self.health_check_done = True
        super().close_if_health_check_failed()
