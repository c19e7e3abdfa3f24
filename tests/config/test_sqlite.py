"""SQLite's writers begin in turn: real files, several threads, several processes."""

import json
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from accounts import turns
from tests.waiting import until

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 20  # seconds
LOCKED = "database is locked"
IMMEDIATE = "BEGIN IMMEDIATE"
# What a process of its own begins with.
PROCESS = """
import json, os, sys, threading
import django
from django.conf import settings
settings.configure(DATABASES={"default": json.loads(sys.argv[1])})
django.setup()
from django.db import connection, transaction
from accounts import turns
"""
HOLD = """
with transaction.atomic():
    connection.cursor().execute("INSERT INTO said VALUES ('unfinished')")
    print("begun", flush=True)
    sys.stdin.read()
"""
# Reads what it is about to write: one that is not alone would lose another's.
COUNT = """
failed = []
def count():
    try:
        for _ in range(10):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT number FROM counted")
                (found,) = cursor.fetchone()
                cursor.execute("UPDATE counted SET number = %s", [found + 1])
            connection.cursor().execute("UPDATE counted SET number = number + 1")
    except BaseException as error:
        failed.append(error)
threads = [threading.Thread(target=count) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
sys.exit(str(failed) if failed else 0)
"""
FORK = """
with turns.of("file").turn(0):
    if not (child := os.fork()):
        with turns.of("file").turn(0):
            os._exit(7)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.fixture(autouse=True)
def _databases(django_db_blocker):
    """The files of these tests, and no other database."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "db.sqlite3"
    with closing(plain(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE said (word TEXT)")
        connection.execute("CREATE TABLE counted (number INTEGER)")
        connection.execute("INSERT INTO counted VALUES (0)")
    return path


def plain(path):
    """A program that knows nothing of turns."""
    return sqlite3.connect(path, isolation_level=None, timeout=3 * PATIENCE)


def described(path, patience=PATIENCE):
    options = {"transaction_mode": "IMMEDIATE", "timeout": patience}
    return {"ENGINE": "config.sqlite3", "NAME": str(path), "OPTIONS": options}


def connected(path, patience=PATIENCE):
    """Django's connection: another one for each call."""
    handler = ConnectionHandler({"default": described(path, patience)})
    return closing(handler["default"])


def process(code, path):
    return subprocess.Popen(
        [sys.executable, "-c", PROCESS + code, json.dumps(described(path))],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def say(path, word, patience=PATIENCE, begin=IMMEDIATE):
    with connected(path, patience) as connection, connection.cursor() as cursor:
        if begin:
            cursor.execute(begin)
        cursor.execute("INSERT INTO said VALUES (%s)", [word])
        connection.commit()


def said(path):
    with closing(plain(path)) as connection:
        return [word for (word,) in connection.execute("SELECT word FROM said")]


def test_threads_write_as_they_came(file):
    words = [str(n) for n in range(8)]
    threads = [
        threading.Thread(
            target=say, args=(file, word), kwargs={"begin": IMMEDIATE * (n % 2)}
        )
        for n, word in enumerate(words)
    ]
    with closing(plain(file)) as other:
        other.execute(IMMEDIATE)
        for n, thread in enumerate(threads, 1):
            thread.start()
            until(lambda n=n: len(turns.of(str(file))) == n)
        other.execute("COMMIT")
    for thread in threads:
        thread.join()

    assert said(file) == words


def test_process_that_is_killed_in_the_middle_leaves_the_lock_to_others(file):
    holder = process(HOLD, file)
    assert holder.stdout.readline() == "begun\n"
    waiting = threading.Thread(target=say, args=(file, "after"))
    waiting.start()
    until(lambda: len(turns.of(str(file))) == 1)

    holder.kill()
    holder.communicate()
    waiting.join()

    assert said(file) == ["after"]


def test_processes_and_threads_lose_no_write(file):
    processes = [process(COUNT, file) for _ in range(4)]
    with closing(plain(file)) as other:
        for _ in range(10):
            other.execute("UPDATE counted SET number = number + 1")
    ends = [(one.communicate()[1], one.returncode) for one in processes]

    assert ends == [("", 0)] * 4
    with closing(plain(file)) as other:
        (found,) = other.execute("SELECT number FROM counted").fetchone()
    assert found == 4 * 4 * 2 * 10 + 10


@pytest.mark.parametrize("begin", [IMMEDIATE, "BEGIN EXCLUSIVE", ""])
def test_whoever_waits_too_long_is_told_what_django_tells(file, begin):
    with closing(plain(file)) as other:
        other.execute(IMMEDIATE)

        with pytest.raises(OperationalError, match=LOCKED):
            say(file, "late", patience=0.1, begin=begin)

    say(file, "in time", begin=begin)
    assert said(file) == ["in time"]


def test_whoever_waits_too_long_behind_another_is_told_so(file):
    first = threading.Thread(target=say, args=(file, "first"))
    with closing(plain(file)) as other:
        other.execute(IMMEDIATE)
        first.start()
        until(lambda: len(turns.of(str(file))) == 1)

        with pytest.raises(OperationalError, match=LOCKED):
            say(file, "late", patience=0.1)
        assert len(turns.of(str(file))) == 1
    first.join()

    assert said(file) == ["first"]


def test_reader_and_writer_in_transaction_do_not_wait(file):
    with connected(file) as connection, connection.cursor() as cursor:
        cursor.execute(IMMEDIATE)
        with turns.of(str(file)).turn(0):
            cursor.execute("INSERT INTO said VALUES ('under way')")
            cursor.execute("SELECT word FROM said")
            assert cursor.fetchall() == [("under way",)]
            connection.commit()
            cursor.execute("SELECT word FROM said")
            assert cursor.fetchall() == [("under way",)]


def test_connection_keeps_its_patience_for_all_else(file):
    with connected(file, patience=7) as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO said VALUES ('soon')")

        assert cursor.execute("PRAGMA busy_timeout").fetchone() == (7_000,)


def test_process_that_is_forked_has_turns_of_its_own(file):
    forked = process(FORK, file)

    assert (forked.communicate()[1], forked.returncode) == ("", 7)


def test_database_in_memory_has_no_turns():
    with (
        connected(":memory:") as connection,
        connection.cursor() as cursor,
        closing(connection.connection),
        turns.of(":memory:").turn(0),
    ):
        cursor.execute("CREATE TABLE said (word TEXT)")
        cursor.execute("INSERT INTO said VALUES ('alone')")
