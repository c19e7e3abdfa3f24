"""How much of the comments' table each statement reads, told by the database itself."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

TABLE = "comments_comment"
# Of one statement that reads a small page; a walk through a thousand takes more.
MOST_ROWS = 150
MOST_STEPS = 15_000  # of SQLite's machine
STEPS = 100  # counted at a time


@dataclass(frozen=True)
class Fault:
    what: str
    sql: str
    plan: str


@contextmanager
def watched() -> Iterator[list[Fault]]:
    """Collect what is wrong with the plan of every query of comments."""
    faults: list[Fault] = []

    def look(execute, sql, params, many, context):
        if sql.startswith("SELECT") and TABLE in sql:
            judge = {"postgresql": _postgresql, "sqlite": _sqlite}[connection.vendor]
            what, plan = judge(sql, params)
            faults.extend(Fault(each, sql, plan) for each in what)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield faults


def _postgresql(sql: str, params) -> tuple[list[str], str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0][0]["Plan"]
    faults, read = [], 0
    for node in _nodes(plan):
        if node["Node Type"] == "Sort" and _rows(node) > MOST_ROWS:
            faults.append("sort of the discussion")
        if node.get("Relation Name") == TABLE:
            read += _rows(node)
            if node["Node Type"] == "Seq Scan":
                faults.append("scan of the table")
    if read > MOST_ROWS:
        faults.append(f"{read} rows read")
    return faults, json.dumps(plan, indent=1)


def _nodes(plan: dict) -> Iterator[dict]:
    yield plan
    for node in plan.get("Plans", []):
        yield from _nodes(node)


def _rows(node: dict) -> int:
    removed = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    rows = node["Actual Rows"] + sum(node.get(name, 0) for name in removed)
    return round(rows * node["Actual Loops"])


def _sqlite(sql: str, params) -> tuple[list[str], str]:
    taken = 0

    def count():
        nonlocal taken
        taken += STEPS

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        plan = [detail for *_, detail in cursor.fetchall()]
        connection.connection.set_progress_handler(count, STEPS)
        try:
            connection.connection.execute(*_as_sqlite(cursor, sql, params)).fetchall()
        finally:
            connection.connection.set_progress_handler(None, STEPS)
    faults = [f"scan: {line}" for line in plan if _is_scan(line, sql)]
    if taken > MOST_STEPS:
        faults.append(f"{taken} steps")
    return faults, "\n".join(plan)


def _as_sqlite(cursor, sql: str, params) -> tuple[str, tuple]:
    return cursor.cursor.convert_query(sql), tuple(params)


def _is_scan(line: str, sql: str) -> bool:
    """Of the comments, under whatever name the statement gives them."""
    scanned = re.fullmatch(r"SCAN (\w+)( .*)?", line)
    names = {TABLE, *re.findall(rf'"{TABLE}" "?(\w+)', sql)}
    return bool(scanned) and scanned[1] in names
