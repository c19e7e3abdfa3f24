"""PostgreSQL's connections are asked whether they live only where they may not."""

import os

import pytest
from django.db import OperationalError, connection

from tests import servers

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own"),
]


@pytest.fixture
def ours():
    """A connection of its own, as a thread of the web has."""
    ours = connection.copy()
    ours.settings_dict |= {"CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": 600}
    yield ours
    ours.close()


def request(ours):
    """What a request asks, between its two ends: which process answers."""
    ours.close_if_unusable_or_obsolete()
    try:
        with ours.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return cursor.fetchone()[0]
    finally:
        ours.close_if_unusable_or_obsolete()


def end(process):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
        assert cursor.fetchone() == (True,)


def test_connection_that_was_lost_in_a_pause_is_replaced(ours):
    process = request(ours)
    ours.answered_at -= 2  # seconds
    end(process)

    assert request(ours) != process


def test_connection_that_has_just_answered_is_taken_to_live(ours):
    process = request(ours)
    end(process)

    with pytest.raises(OperationalError):
        request(ours)

    assert request(ours) != process


@pytest.mark.parametrize(("threshold", "planned"), [(1, 1), (None, 0)])
def test_statement_is_planned_once_and_kept_where_that_is_wanted(
    ours, threshold, planned
):
    ours.settings_dict["OPTIONS"] = ours.settings_dict["OPTIONS"] | {
        "prepare_threshold": threshold
    }
    for number in range(3):
        with ours.prepared() as cursor:
            cursor.execute("SELECT %s + 1", [number])
            assert cursor.fetchone() == (number + 1,)
    with ours.cursor() as cursor:
        cursor.execute("SELECT 1 + %s", [1])
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone() == (planned,)


@pytest.fixture
def pooled():
    """A connection from a pool of four, which has to be at hand in a second."""
    other = connection.copy()
    told = other.settings_dict | {"CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": 0}
    told["OPTIONS"] |= {"pool": {"min_size": 4, "max_size": 4, "timeout": 0.9}}
    pooled = type(other)(told, "pooled")
    yield pooled
    pooled.close()
    pooled.close_pool()


def test_pool_whose_connections_were_all_lost_has_others_at_once(pooled):
    """By itself it pauses for a second before the third."""
    pooled.pool.open(wait=True)
    lent = [pooled.pool.getconn() for _ in range(4)]
    for each in lent:
        pooled.pool.putconn(each)
    for each in lent:
        end(each.info.backend_pid)

    assert request(pooled) not in [each.info.backend_pid for each in lent]


def test_pool_may_be_asked_for_in_the_address(tmp_path):
    address = f"{os.environ['DATABASE_URL']}?pool=true"
    environment = servers.site(tmp_path, "http://localhost", DATABASE_URL=address)

    assert "comments" in servers.manage(environment, "showmigrations")
