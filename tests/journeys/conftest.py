"""A real Chromium, and the ways through the pages that several journeys share."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# With its fonts, or Axe takes an icon for the word that stands for it.
SETTLED = """() => Promise.all([
    document.fonts.ready, ...document.getAnimations().map(each => each.finished),
])"""


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(os.path.dirname(__file__)):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Debian's Chromium, never a test tool's own download."""
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    return browser_type_launch_args | {"executable_path": path, "args": FLAGS}


@pytest.fixture
def page(page):
    """A page that fails its test on an error in our script, or a broken promise of
    our Content-Security-Policy."""
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console",
        lambda said: (
            wrong.append(said.text) if "Content Security Policy" in said.text else None
        ),
    )
    yield page
    assert wrong == []


@pytest.fixture
def open_page(page, live_server):
    """Go to an address of ours."""

    def go(address):
        page.goto(f"{live_server.url}{address}")
        return page

    return go


@pytest.fixture
def as_user(live_server, client):
    """Sign a browser's context in as a user, by the session's cookie."""

    def sign_in(context, user):
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value}
        context.add_cookies([cookie | {"url": live_server.url}])

    return sign_in


@pytest.fixture
def desk(browser, live_server):
    """A window of a newsroom member's own browser."""
    windows = []

    def open_window(user, **options):
        context = browser.new_context(base_url=live_server.url, **options)
        client, name = Client(), settings.SESSION_COOKIE_NAME
        client.force_login(user)
        cookie = {"name": name, "value": client.cookies[name].value}
        context.add_cookies([cookie | {"url": live_server.url}])
        windows.append(context)
        return context.new_page()

    yield open_window
    for context in windows:
        context.close()


@pytest.fixture
def assert_accessible():
    """axe finds nothing on the page as it stands, light and dark, ``but`` in parts that
    are not ours."""

    def check(page, state="", but=()):
        looked_at = {"exclude": [[part] for part in but]} if but else None
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.evaluate(SETTLED)  # the admin's colours take a moment, too
            found = Axe().run(page, looked_at)
            report = found.generate_report() if found.violations_count else ""
            assert found.violations_count == 0, f"{state} {scheme}: {report}"
        page.emulate_media(color_scheme="light")

    return check


def fill_reply(page, text="I was there when it opened.", name="Sok"):
    page.get_by_role("textbox", name="Comment").fill(text)
    page.get_by_role("textbox", name="Email").fill("sok@example.org")
    page.get_by_role("textbox", name="Name").fill(name)
