"""A balancer asks whether a machine can answer."""

import pytest

from comments import shelf

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def public(settings):
    """As the balancer does: by the address of the machine, without https."""
    settings.ALLOWED_HOSTS = ["news.example.org"]
    settings.SECURE_SSL_REDIRECT = True


def ask(client, method="GET"):
    return client.generic(method, "/health/", headers={"host": "10.0.0.7:8000"})


@pytest.mark.parametrize(("method", "words"), [("GET", b"ok"), ("HEAD", b"")])
def test_machine_that_reaches_its_database_is_well(
    client, django_assert_num_queries, method, words
):
    with django_assert_num_queries(1):
        answer = ask(client, method)

    assert (answer.status_code, answer.content) == (200, words)
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert list(shelf.at_hand) == []


def test_machine_that_does_not_reach_its_database_is_not(client, out_of_reach):
    answer = ask(client)

    assert (answer.status_code, answer.content) == (503, b"no database")
    assert answer["Cache-Control"] == "no-store"


def test_whose_sessions_it_is_asked_with_does_not_matter(
    client, django_assert_num_queries
):
    client.cookies["session"] = "anything"

    with django_assert_num_queries(1):
        assert ask(client).content == b"ok"


def test_nothing_can_be_sent_there(client):
    assert ask(client, "POST").status_code == 400
