"""Rows by the million: COPY on PostgreSQL, one statement many times on SQLite."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from django.db import connection, transaction
from django.db.models import NOT_PROVIDED, Model

CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint
    WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'u')
    ORDER BY contype DESC
"""
INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
    FROM pg_index
    WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (
        SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u')
    )
"""


class Table:
    """A model's, to be filled with rows of these columns; the others' are constant."""

    def __init__(self, model: type[Model], columns: Sequence[str]):
        self.name = model._meta.db_table
        rest = {
            field.column: field.get_db_prep_save(field.get_default(), connection)
            for field in model._meta.concrete_fields
            if field.column not in columns
            and field.db_default is NOT_PROVIDED
            and not field.primary_key
        }
        self.columns = [*columns, *rest]
        self.rest = tuple(rest.values())

    def write(self, rows: Iterable[tuple]) -> None:
        whole = (row + self.rest for row in rows)
        names = ", ".join(self.columns)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {self.name} ({names}) FROM STDIN") as copy:
                    for row in whole:
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * len(self.columns))
                insert = f"INSERT INTO {self.name} ({names}) VALUES ({marks})"
                cursor.executemany(insert, whole)


@contextmanager
def at_once(tables: Sequence[Table]) -> Iterator[None]:
    """Without their indexes and foreign keys, which are made again at the end."""
    names = [table.name for table in tables]
    on_postgresql = connection.vendor == "postgresql"
    drop, make = (_of_postgresql if on_postgresql else _of_sqlite)(names)
    with ExitStack() as stack:
        if not on_postgresql:
            stack.enter_context(connection.constraint_checks_disabled())
            stack.enter_context(transaction.atomic())
        _run(drop)
        yield
        _run(make)
    if on_postgresql:
        _run(["VACUUM ANALYZE"])


def _of_postgresql(tables: list[str]) -> tuple[list[str], list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(CONSTRAINTS, [tables])
        constraints = cursor.fetchall()
        cursor.execute(INDEXES, [tables])
        indexes = cursor.fetchall()
    drop = [f"ALTER TABLE {table} DROP CONSTRAINT {n}" for table, n, _ in constraints]
    drop += [f"DROP INDEX {name}" for name, _ in indexes]
    make = ["SET maintenance_work_mem = '512MB'", *(sql for _, sql in indexes)]
    make += [
        f"ALTER TABLE {table} ADD CONSTRAINT {name} {sql}"
        for table, name, sql in reversed(constraints)
    ]
    return drop, make


def _of_sqlite(tables: list[str]) -> tuple[list[str], list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tbl_name, name, sql FROM sqlite_master "
            "WHERE type = 'index' AND sql IS NOT NULL"
        )
        indexes = [(name, sql) for table, name, sql in cursor if table in tables]
    return [f"DROP INDEX {name}" for name, _ in indexes], [sql for _, sql in indexes]


def _run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
