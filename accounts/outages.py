"""The database's failures that are nobody's mistake: it is away, or others hold it up.

All others are mistakes of ours, and want their traceback.
"""

import sqlite3
from typing import TypeGuard

from django.db import DatabaseError, OperationalError

# PostgreSQL's, or how they begin: no connection (08; too many of them), a lock or an
# answer that did not come in time, and a server that ends, begins or hangs up.
STATES = ("08", "53300", "55P03", "57014", "57P01", "57P02", "57P03", "57P05", "25P03")
CODES = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN}


def is_outage(problem: BaseException | None) -> TypeGuard[DatabaseError]:
    told = getattr(problem, "__cause__", None)  # by the driver
    if not isinstance(problem, DatabaseError) or told is None:
        return False
    if isinstance(told, sqlite3.OperationalError):
        # Without a code it is ours, and says that the turn did not come.
        return getattr(told, "sqlite_errorcode", sqlite3.SQLITE_BUSY) & 0xFF in CODES
    state = getattr(told, "sqlstate", None)
    if state is None:  # nothing has come from the server
        return isinstance(problem, OperationalError)
    return state.startswith(STATES)


def in_a_line(problem: DatabaseError) -> str:
    return str(problem).partition("\n")[0]
