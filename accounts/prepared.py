"""Statements that are made once in a process, and sent many times.

Django takes far longer to make a statement than a database to answer it. Here one is
made of a QuerySet as ever, with a ``Slot`` wherever a value will stand, and kept as
SQL; sent, it does what the ORM would do. For where each millisecond is counted: see
docs/adr/0019-prepared-statements.md.

    NEWEST = Select(
        Comment,
        lambda: Comment.objects.filter(article=Slot("article")).values_list("pk")[:10],
    )
    rows = NEWEST.rows(article=3)
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models.query import get_related_populators
from django.db.models.sql import Query, UpdateQuery
from django.db.models.sql.compiler import SQLCompiler


class Slot(models.Expression):
    """Where a value will stand, by its name; or one of several, by its ``place``."""

    def __init__(self, name: str, place: int | None = None):
        super().__init__()
        self.name, self.place = name, place

    def as_sql(self, compiler, connection):
        return "%s", (self,)

    def among(self, told: Mapping[str, Any]) -> Any:
        """What stands here."""
        value = told[self.name]
        return value if self.place is None else value[self.place]


def one_of(lookup: str, name: str, count: int) -> models.Q:
    """``lookup`` is one of ``count`` values, which are told as a list.

    A row's is ``commenter__pk``, not ``commenter``: Django looks into lists of rows.
    """
    return models.Q((f"{lookup}__in", [Slot(name, place) for place in range(count)]))


def padded[T](values: Iterable[T], filler: T) -> list[T]:
    """So many more that lists of all lengths have few: 0, or a power of two.

    ``filler`` is what no row has.
    """
    found = list(values)
    length = 1 << (len(found) - 1).bit_length() if found else 0
    return found + [filler] * (length - len(found))


class Select:
    """A query of ``values_list``, or of a model's instances.

    ``make`` gives it, of whatever decides its words: how many values are in a list,
    where the answer is cut.
    """

    def __init__(self, model: type[models.Model], make: Callable[..., models.QuerySet]):
        self._model, self._make = model, make
        self._made: dict[tuple, _Made | None] = {}

    def rows(self, *shape, **told) -> list[tuple]:
        """What is found, in the database that the ORM would ask."""
        alias = router.db_for_read(self._model)
        made = self._made_for(alias, shape)
        return made.rows(told, alias) if made else []

    def row(self, *shape, **told) -> tuple | None:
        """The first of them, if there is any."""
        return next(iter(self.rows(*shape, **told)), None)

    def all(self, *shape, **told) -> list[Any]:
        """The rows as the model's instances, with what was selected beside them."""
        alias = router.db_for_read(self._model)
        made = self._made_for(alias, shape)
        return made.instances(told, alias) if made else []

    def first(self, *shape, **told) -> Any:
        return next(iter(self.all(*shape, **told)), None)

    def _made_for(self, alias: str, shape: tuple) -> _Made | None:
        key = (alias, *shape)
        if key not in self._made:
            self._made[key] = _make(self._make(*shape).query, alias)
        return self._made[key]


class Answers:
    """Several queries of one value each, asked at once; what ``make`` gives, in order.

    None stands for one that finds nothing.
    """

    def __init__(
        self, model: type[models.Model], make: Callable[..., list[models.QuerySet]]
    ):
        self._model, self._make = model, make
        self._made: dict[tuple, _Made] = {}

    def ask(self, *shape, **told) -> tuple:
        alias = router.db_for_read(self._model)
        key = (alias, *shape)
        if key not in self._made:
            every = [_make(each.query, alias) for each in self._make(*shape)]
            sql = ", ".join(f"({each.sql})" if each else "NULL" for each in every)
            params = [param for each in every if each for param in each.params]
            self._made[key] = _Made(f"SELECT {sql}", tuple(params))
        with self._made[key].send(told, alias) as cursor:
            return cursor.fetchone()


class Update:
    """An UPDATE to ``values`` of what ``find`` chooses among a model's rows."""

    def __init__(
        self,
        find: Callable[[models.QuerySet], models.QuerySet],
        **values: models.Expression | models.F,
    ):
        self._find, self._values = find, values
        self._made: dict[tuple[type[models.Model], str], _Made] = {}

    def run(self, model: type[models.Model], **told) -> int:
        """How many rows there were to change."""
        alias = router.db_for_write(model)
        if (model, alias) not in self._made:
            found = self._find(model._default_manager.all())
            query: UpdateQuery = found.query.chain(UpdateQuery)  # type: ignore[assignment]
            query.add_update_values(self._values)
            made = _make(query, alias)
            if made is None:
                return 0
            self._made[model, alias] = made
        with self._made[model, alias].send(told, alias) as cursor:
            return cursor.rowcount


def insert(row: models.Model) -> None:
    """``row.save(force_insert=True)`` without its signals: it gets its key, if none."""
    alias = router.db_for_write(type(row))
    connection = connections[alias]
    is_numbered = row.pk is None
    sql, fields = _insertion(type(row), alias, is_numbered)
    values = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for field in fields
    ]
    with cursor_of(connection) as cursor:
        cursor.execute(sql, values)
        if is_numbered:
            (row.pk,) = cursor.fetchone()
    row._state.adding, row._state.db = False, alias


@cache
def _insertion(
    model: type[models.Model], alias: str, is_numbered: bool
) -> tuple[str, list[models.Field]]:
    """The statement, and the fields whose values it takes; a key given is one."""
    quote, key = connections[alias].ops.quote_name, model._meta.pk
    fields = [f for f in model._meta.concrete_fields if f is not key or not is_numbered]
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    table = quote(model._meta.db_table)
    sql = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608
    if is_numbered:
        sql += f" RETURNING {quote(str(key.column))}"
    return sql, fields


def next_key(model: type[models.Model]) -> int:
    """The key that the transaction's next new row of ``model`` shall have.

    Nobody else gets it: in SQLite because there is one writer at a time, which a
    transaction is from its beginning.
    """
    connection = connections[router.db_for_write(model)]
    table, key = model._meta.db_table, str(model._meta.pk.column)
    with cursor_of(connection) as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            (last,) = cursor.fetchone() or (0,)
            return last + 1
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s))", [table, key])
        return cursor.fetchone()[0]


def cursor_of(connection: BaseDatabaseWrapper) -> CursorWrapper:
    """One whose statements the connection keeps, as ``config``'s backends have it."""
    return connection.prepared()  # type: ignore[attr-defined]


class _Made(NamedTuple):
    sql: str
    params: tuple
    compiler: SQLCompiler | None = None
    converters: dict | None = None  # of its columns, by place

    def rows(self, told: Mapping[str, Any], alias: str) -> list[tuple]:
        """What is found, with its values as Python has them."""
        with self.send(told, alias) as cursor:
            rows = cursor.fetchall()
        if self.compiler is None or not self.converters:
            return rows
        return [*map(tuple, self.compiler.apply_converters(rows, self.converters))]

    def instances(self, told: Mapping[str, Any], alias: str) -> list[Any]:
        """As Django's ModelIterable makes them of the rows, with ``select_related``."""
        compiler: Any = self.compiler  # which only ``Answers`` have none of
        about, columns = compiler.klass_info, compiler.select
        first, last = about["select_fields"][0], about["select_fields"][-1]
        names = [each.target.attname for each, *_ in columns[first : last + 1]]
        related = get_related_populators(about, columns, alias, models.FETCH_ONE)
        found = []
        for row in self.rows(told, alias):
            instance = about["model"].from_db(alias, names, row[first : last + 1])
            for populator in related:
                populator.populate(row, instance)
            for name, place in compiler.annotation_col_map.items():
                setattr(instance, name, row[place])
            found.append(instance)
        return found

    def send(self, told: Mapping[str, Any], alias: str):
        """The cursor, with its answer to be read."""
        connection = connections[alias]
        ready = {name: _ready(value, connection) for name, value in told.items()}
        params = [
            each.among(ready) if isinstance(each, Slot) else each
            for each in self.params
        ]
        cursor = cursor_of(connection)
        cursor.execute(self.sql, params)
        return cursor


def _ready(value: Any, connection: BaseDatabaseWrapper) -> Any:
    """A value as the database's driver takes it; or each of several."""
    if isinstance(value, list):
        return [_ready(each, connection) for each in value]
    if isinstance(value, uuid.UUID) and connection.vendor == "sqlite":
        return value.hex
    return connection.ops.adapt_unknown_value(value)


def _make(query: Query, alias: str) -> _Made | None:
    """None where it can find nothing, such as one of an empty list."""
    compiler = query.get_compiler(alias)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    columns = [column for column, _sql, _alias in compiler.select or ()]
    converters = compiler.get_converters(columns)
    return _Made(*_with_constants(sql, params), compiler, converters)


def _with_constants(sql: str, params: Sequence) -> tuple[str, tuple]:
    """Plain constants as words of the statement: so databases know, when they plan it
    once for all values, that a partial index has what is looked for."""
    pieces, kept = _MARK.split(sql), []
    for place, param in enumerate(params):
        if type(param) is int:
            pieces[place] += str(param)
        elif type(param) is str and _PLAIN.fullmatch(param):
            pieces[place] += f"'{param}'"
        else:
            pieces[place] += "%s"
            kept.append(param)
    return "".join(pieces), tuple(kept)


_MARK = re.compile(r"(?<!%)%s")
_PLAIN = re.compile(r"[a-z_]+")
