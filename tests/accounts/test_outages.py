"""Where the database is away readers are told so, and the log in a line."""

import sqlite3
from contextlib import closing

import pytest
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.db.utils import ConnectionHandler
from django.test import Client

from accounts import turns
from accounts.outages import is_outage
from comments import shelf
from tests.factories import make_article
from tests.posting import post_reply

pytestmark = pytest.mark.django_db
TEXT = "I was there.\n</textarea><b>And</b> I write."
postgresql_alone = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="PostgreSQL's own"
)


@pytest.fixture
def article():
    """Asked for before the database is away."""
    return make_article()


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


def says_so(answer):
    """The page, if it is the one that says that the database is away."""
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


@pytest.mark.parametrize("address", ["/", "/search/?q=a", "/admin/", "/nowhere/"])
def test_reader_is_told_to_come_back(client, log, out_of_reach, address):
    client.cookies[settings.SESSION_COOKIE_NAME] = "anything"

    page = says_so(client.get(address))

    assert "We cannot answer just now" in page
    assert "textarea" not in page
    (line,) = log.getvalue().splitlines()
    assert " ERROR django.request No database (" in line
    assert line.endswith(f"): {address.partition('?')[0]}")


def test_stranger_whose_page_is_kept_is_told_too(client, log, article, request):
    client.get(article.get_absolute_url())
    assert list(shelf.at_hand)
    request.getfixturevalue("out_of_reach")

    says_so(client.get(article.get_absolute_url()))

    assert len(log.getvalue().splitlines()) == 1


def test_reply_is_shown_to_keep(client, log, article, out_of_reach):
    page = says_so(post_reply(client, article, comment=TEXT))

    assert (
        "I was there.\n&lt;/textarea&gt;&lt;b&gt;And&lt;/b&gt; I write.</text" in page
    )
    assert len(log.getvalue().splitlines()) == 1


def test_form_that_cannot_be_read_is_no_other_failure(client, log, out_of_reach):
    client.cookies[settings.SESSION_COOKIE_NAME] = "anything"
    kind = "application/x-www-form-urlencoded; charset=latin-1"

    says_so(client.post("/profile/", "comment=a", content_type=kind))

    assert len(log.getvalue().splitlines()) == 1


def test_mistake_of_ours_is_an_error_with_its_traceback(client, log, article):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE articles_section RENAME TO elsewhere")

    answer = client.get("/sections/culture/")

    assert answer.status_code == 500
    assert b"Something broke on our side" in answer.content
    assert "Traceback (most recent call last):" in log.getvalue()


def problem_of(ours, *statements):
    """Of the last, which is refused."""
    with ours.cursor() as cursor:
        for statement in statements[:-1]:
            cursor.execute(statement)
        with pytest.raises(DatabaseError) as caught:
            cursor.execute(statements[-1])
    return caught.value


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT nothing FROM nowhere",
        "SELECT 1 FROM",
        "INSERT INTO articles_tag DEFAULT VALUES",
    ],
)
def test_mistake_is_no_outage(statement):
    assert not is_outage(problem_of(connection, statement))


@pytest.mark.parametrize("problem", [None, OSError(), OperationalError("by hand")])
def test_what_no_database_has_said_is_no_outage(problem):
    assert not is_outage(problem)


@postgresql_alone
@pytest.mark.parametrize(
    "statements",
    [
        ("SET statement_timeout = 10", "SELECT pg_sleep(5)"),
        ("SELECT pg_terminate_backend(pg_backend_pid())",),
    ],
)
def test_statement_too_slow_and_connection_lost_are_outages(statements):
    with closing(connection.copy()) as ours:
        assert is_outage(problem_of(ours, *statements))


@postgresql_alone
def test_lock_that_does_not_come_is_an_outage():
    reading = "SET lock_timeout = 10", "SELECT * FROM articles_tag"
    with closing(connection.copy()) as ours, closing(connection.copy()) as other:
        other.cursor().execute("BEGIN")
        other.cursor().execute("LOCK TABLE articles_tag")

        assert is_outage(problem_of(ours, *reading))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "db.sqlite3"


@pytest.fixture
def ours(file):
    """A connection to it that waits for a tenth of a second."""
    options = {"transaction_mode": "IMMEDIATE", "timeout": 0.1}
    told = {"ENGINE": "config.sqlite3", "NAME": str(file), "OPTIONS": options}
    with closing(ConnectionHandler({"default": told})["default"]) as ours:
        yield ours


@pytest.mark.parametrize(
    "statement", ["BEGIN IMMEDIATE", "SELECT * FROM sqlite_master"]
)
def test_sqlite_that_another_has_is_an_outage(ours, file, statement):
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")

        assert is_outage(problem_of(ours, statement))


def test_turn_that_does_not_come_is_an_outage(ours, file):
    with turns.of(str(file)).turn(0):
        assert is_outage(problem_of(ours, "BEGIN IMMEDIATE"))
