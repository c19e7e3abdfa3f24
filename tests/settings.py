"""The settings of the tests: the real ones, told by the environment where to store."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault(
    "SECRET_KEY", "a key for the tests alone, worth nothing elsewhere"
)
os.environ["SITE_ORIGIN"] = "http://localhost:8000"
# A port of its own for each of pytest-xdist's workers: gw0, gw1, ...
_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
os.environ["SIGN_IN_SANDBOX"] = f"http://127.0.0.1:{8931 + int(_worker)}"
os.environ.setdefault("TASKS_BACKEND", "immediate")
os.environ.setdefault("COMMENT_FLOOD_SECONDS", "0")  # its own tests set it to 15
os.environ.setdefault("LOG_LEVEL", "ERROR")
os.environ.setdefault("VAR_DIR", str(ROOT / "var" / "tests"))

from config.settings import *  # noqa: E402, F403
from config.settings import (  # noqa: E402
    CACHES,
    DATABASES,
    MEDIA_ROOT,
    STATIC_ROOT,
    STORAGES,
    VAR_DIR,
)

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # and with it VAR_DIR
WHITENOISE_USE_FINDERS = True
DATABASES["default"]["CONN_MAX_AGE"] = 0  # the live server's threads end with a test
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in production: WAL and several processes need one.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
if CACHES["default"]["BACKEND"].endswith("RedisCache"):
    # A database of its own for each worker: tests empty their cache.
    server = CACHES["default"]["LOCATION"].rpartition("/")[0]
    CACHES["default"]["LOCATION"] = f"{server}/{1 + int(_worker)}"
    CACHES["pages"]["LOCATION"] = CACHES["default"]["LOCATION"]
else:
    CACHES["pages"]["LOCATION"] = VAR_DIR / f"pages-{_worker}"
    PAGE_LOCKS_DIR = VAR_DIR / f"pages-{_worker}.locks"

ALLOWED_HOSTS = ["*"]
MEDIA_ROOT = MEDIA_ROOT / "tests"
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
