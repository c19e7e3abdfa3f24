"""What every test stands on."""

import os

import pytest
from django.core.cache import cache

from articles import editions
from comments import shelf
from tests.elsewhere import elsewhere  # noqa: F401 - a fixture
from tests.sandbox import sandbox  # noqa: F401 - a fixture

# Playwright's own event loop makes Django think that it is called from async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The tests' database, with the table of the cache that is kept in it."""
    from django.core.management import call_command  # noqa: PLC0415

    with django_db_blocker.unblock():
        call_command("createcachetable")


@pytest.fixture
def no_cache(settings):
    """As with CACHE_URL, while Redis is down."""
    backend = "django.core.cache.backends.redis.RedisCache"
    down = {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:1"}
    settings.CACHES = {"default": down, "pages": down}
    settings.PAGE_LOCKS_DIR = None


@pytest.fixture(autouse=True)
def fresh_cache(request):
    """No test counts another's sign-ins and flags, or is shown another's pages."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        cache.clear()
        shelf.clear()
        editions.forget()
