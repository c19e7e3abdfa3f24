"""Django's sessions in the database, found by a query that is made once."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.prepared import Select, Slot

_FOUND = Select(
    Session,
    lambda: Session.objects.filter(
        session_key=Slot("key"), expire_date__gt=Slot("now")
    ).values_list("session_key", "session_data", "expire_date"),
)


class SessionStore(DatabaseStore):
    def _get_session_from_db(self):
        row = _FOUND.row(key=self.session_key, now=timezone.now())
        if row is None:
            self._session_key = None
            return None
        key, data, expires_at = row
        return Session(session_key=key, session_data=data, expire_date=expires_at)
