"""The log tells what was asked for, without what opens anything."""

import logging
import runpy
import sys
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from gunicorn.config import Config

TOKENS = [
    "/accounts/confirm-email/",
    "/accounts/password/reset/key/",
    "/comments/own/",
    "/flags/",
    "/previews/",
]
GUNICORN = settings.BASE_DIR / "deploy/gunicorn.conf.py"


@pytest.mark.django_db
@pytest.mark.parametrize("address", TOKENS)
def test_log_of_a_refused_request_has_no_token(log, address):
    client = Client(enforce_csrf_checks=True)

    assert client.post(f"{address}1-secret/").status_code in {403, 404}

    assert log.getvalue().endswith(f": {address}...\n")
    assert "secret" not in log.getvalue()


@pytest.mark.parametrize("address", TOKENS)
def test_log_of_an_error_has_no_token_in_its_traceback(log, address):
    asked = f"https://news.example.org{address}1-secret/?next=/"
    try:
        raise ValueError(asked)
    except ValueError:
        logging.getLogger("django.request").exception("%s: %s", "Broken", address)

    assert f"ValueError: https://news.example.org{address}...\n" in log.getvalue()
    assert "secret" not in log.getvalue()


def test_log_has_all_other_addresses_whole(log):
    addresses = "/comments/7/flags/", "/search/?q=/flags/", "/previews/"

    for address in addresses:
        logging.getLogger("django.request").warning("Not Found: %s", address)

    said = log.getvalue().splitlines()
    assert [line.rpartition(" ")[2] for line in said] == [*addresses]


@pytest.mark.django_db
def test_unknown_host_is_one_line_of_the_log(log, settings, client):
    settings.ALLOWED_HOSTS = ["news.example.org"]

    assert client.get("/", headers={"host": "10.0.0.7"}).status_code == 400

    (line,) = log.getvalue().splitlines()
    assert "You may need to add '10.0.0.7' to ALLOWED_HOSTS." in line


@pytest.fixture
def gunicorn(monkeypatch):
    """Our configuration of it, without what it does to the whole process."""
    monkeypatch.setattr("ctypes.CDLL", lambda name: SimpleNamespace())
    interval = sys.getswitchinterval()
    yield SimpleNamespace(**runpy.run_path(str(GUNICORN)))
    sys.setswitchinterval(interval)


@pytest.mark.parametrize("address", TOKENS)
def test_what_gunicorn_writes_has_no_token(gunicorn, capsys, address):
    worker = SimpleNamespace(log=gunicorn.PrivateLogger(Config()))
    gunicorn.post_worker_init(worker)
    told = RequestFactory().get(f"{address}1-secret/").environ | {"RAW_URI": ""}
    answer = SimpleNamespace(status="200 OK", headers=[])

    worker.log.error("Error handling request %s", f"{address}1-secret/?a=b")
    atoms = worker.log.atoms(answer, answer, told, timedelta())

    assert f"Error handling request {address}...\n" in capsys.readouterr().err
    assert atoms["U"] == f"{address}..."
