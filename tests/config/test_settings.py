"""Settings that are wrong are refused in words, and say which they are."""

import pytest

from tests import servers

PUBLIC = {"SITE_ORIGIN": "https://news.example"}


def run(*arguments, **environment):
    """How the command ended, and what it said."""
    with servers.command(*arguments, **environment) as command:
        said, _ = command.communicate(timeout=30)
    return command.returncode, said


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SITE_ORIGIN", "news.example", "SITE_ORIGIN=news.example is no origin"),
        ("SITE_ORIGIN", "https://news.example/news", "give a scheme and a host"),
        ("SITE_ORIGIN", "http://news.example", "unencrypted"),
        ("TASKS_BACKEND", "redis", "Must be one of: database, immediate"),
        ("MAIL_URL", "nothing://mail", "begins with nothing that sends mail"),
        ("LOG_LEVEL", "loud", "Not a valid log level"),
    ],
)
def test_setting_that_is_wrong_is_named(name, value, words):
    status, said = run("check", **{name: value})

    assert status
    *_traceback, last = said.splitlines()
    assert name in last
    assert words in last


def test_log_level_may_be_in_small_letters():
    status, _said = run("check", LOG_LEVEL="warning")

    assert status == 0


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({}, (31_536_000, True, True)),
        ({"HSTS_SECONDS": "60", "HSTS_SUBDOMAINS": "no"}, (60, False, False)),
    ],
)
def test_paper_says_how_long_and_for_whom_browsers_insist_on_https(told, found):
    look = (
        "from django.conf import settings as s; print((s.SECURE_HSTS_SECONDS,"
        " s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_HSTS_PRELOAD))"
    )

    _status, said = run("shell", "--no-imports", "-c", look, **PUBLIC, **told)

    assert said == f"{found}\n"


def test_demonstration_is_not_loaded_where_the_public_is():
    status, said = run("load_demo", **PUBLIC)

    assert status
    assert "it makes an administrator" in said
