"""What the benchmarks find, as JSON lines in the file that RESULTS names.

A file's first line says what machine it was; `benchmarks.plot` draws the others.
"""

import json
import os
import platform
import re
import shutil
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PROGRAMS = {
    "PostgreSQL": ("psql", "--version"),
    "Redis": ("redis-server", "--version"),
    "nginx": ("nginx", "-v"),
}
SAME = ("benchmark", "database", "name", "unit")


def tell(
    benchmark: str, name: str, value: float, unit: str, **more: str | float | None
) -> None:
    """Add one figure to the results, if any are wanted; ``more``: database, limit.

    Of a database's address only the kind is told.
    """
    if place := os.environ.get("RESULTS"):
        figure = {"benchmark": benchmark, "name": name, "limit": None, **more}
        kind = str(more.get("database", "")).partition(":")[0]
        figure |= {"database": kind, "value": round(value, 4), "unit": unit}
        add(Path(place), figure)


def add(place: Path, figure: dict) -> None:
    is_new = not place.exists()
    with place.open("a", encoding="utf-8") as file:
        for line in [{"machine": machine()}, figure] if is_new else [figure]:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def read(place: Path) -> tuple[dict, list[dict]]:
    """The machine, and the figures; of one that was measured again, the last."""
    first, *lines = map(json.loads, place.read_text(encoding="utf-8").splitlines())
    figures = {tuple(line[key] for key in SAME): line for line in lines}
    return first["machine"], list(figures.values())


def machine() -> dict:
    programs = {"Python": platform.python_version(), "SQLite": sqlite3.sqlite_version}
    programs |= {name: version(name) for name in ("Django", "gunicorn")}
    for name, command in PROGRAMS.items():
        if found := _version(*command):
            programs[name] = found
    return {
        "processor": _processor(),
        "cores": os.process_cpu_count(),
        "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "kernel": f"{platform.system()} {platform.release().partition('-')[0]}",
        "versions": programs,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }


def _processor() -> str:
    found = re.search(
        r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.M
    )
    return found[1] if found else platform.machine()


def _version(program: str, option: str) -> str | None:
    if not (found := shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")):
        return None
    said = subprocess.run([found, option], capture_output=True, text=True, check=False)
    number = re.search(r"\d+(\.\d+)+", said.stdout + said.stderr)
    return number[0] if number else None
