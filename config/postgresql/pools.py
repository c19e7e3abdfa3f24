"""What a pool asks of a connection before it lends it."""

from psycopg import Connection, Error
from psycopg_pool import ConnectionPool


def check(connection: Connection) -> None:
    """Raise ``psycopg.Error`` unless it lives; the others of its pool are asked then.

    They were lost together where the server was restarted. The pool alone would find
    them one by one, with a pause before each that is longer than the one before.
    """
    try:
        ConnectionPool.check_connection(connection)
    except Error:
        if isinstance(pool := connection._pool, ConnectionPool):
            pool.check()
        raise
