"""Which database a model is read from; tests/deploy/ has the replica itself."""

import pytest
from django.contrib.sessions.models import Session
from django.db import router, transaction
from django.test import override_settings

from accounts import replicas
from accounts.models import User


@pytest.fixture(autouse=True)
def reading_from_a_replica():
    with override_settings(DATABASE_ROUTERS=["accounts.replicas.ReplicaRouter"]):
        token = replicas._reading_from.set("replica1")
        yield
        replicas._reading_from.reset(token)


@pytest.mark.django_db(transaction=True)
def test_pages_tables_are_read_from_the_replica_and_sessions_are_not():
    assert router.db_for_read(User) == "replica1"
    assert router.db_for_read(Session) == "default"


@pytest.mark.django_db(transaction=True)
def test_request_that_wrote_reads_from_the_primary():
    assert router.db_for_write(User) == "default"
    assert router.db_for_read(User) == "default"


@pytest.mark.django_db(transaction=True)
def test_transaction_reads_from_the_primary():
    with transaction.atomic():
        assert router.db_for_read(User) == "default"
    assert router.db_for_read(User) == "replica1"


def test_replicas_are_never_migrated():
    assert router.allow_migrate("default", "accounts")
    assert not router.allow_migrate("replica1", "accounts")


def test_site_without_replicas_reads_from_the_primary():
    assert replicas.Watch().choose() == "default"
