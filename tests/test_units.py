"""The systemd units name what there is to run."""

import runpy
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

UNITS = Path(settings.BASE_DIR) / "deploy/systemd"
PROGRAM = "ExecStart=/srv/marginalia/.venv/bin/"


def starts(unit):
    lines = (UNITS / unit).read_text().splitlines()
    return [line.removeprefix(PROGRAM) for line in lines if line.startswith(PROGRAM)]


@pytest.mark.parametrize(
    "unit", ["marginalia-worker.service", "marginalia-daily.service"]
)
def test_units_run_commands_that_exist(unit):
    commands = [line.split()[2] for line in starts(unit)]

    assert commands
    assert set(commands) <= set(get_commands())


def test_web_unit_serves_with_the_shipped_configuration():
    (start,) = starts("marginalia-web.service")

    assert start == "gunicorn -c deploy/gunicorn.conf.py config.wsgi"
    assert (Path(settings.BASE_DIR) / "deploy/gunicorn.conf.py").exists()


def test_version_that_does_not_start_is_not_reloaded():
    unit = (UNITS / "marginalia-web.service").read_text().splitlines()

    before, reload = [line for line in unit if line.startswith("ExecReload=")]

    assert before == "ExecReload=/srv/marginalia/.venv/bin/python manage.py check"
    assert reload == "ExecReload=/bin/kill -HUP $MAINPID"


@pytest.mark.parametrize(
    ("told", "threads"),
    [
        ({"WEB_WORKERS": "1"}, 32),
        ({"WEB_WORKERS": "2"}, 16),
        ({"WEB_WORKERS": "16"}, 8),
        ({"WEB_WORKERS": "2", "WEB_THREADS": "3"}, 3),
    ],
)
def test_workers_share_threads_and_have_enough(told, threads, monkeypatch):
    monkeypatch.delenv("WEB_THREADS", raising=False)
    for name, value in told.items():
        monkeypatch.setenv(name, value)

    conf = runpy.run_path(str(Path(settings.BASE_DIR) / "deploy/gunicorn.conf.py"))

    assert conf["threads"] == threads
