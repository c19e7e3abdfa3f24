"""A site behind the shipped nginx and gunicorn, for all tests of this folder."""

import os
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
import requests

from tests import servers

_number = count(1)


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(os.path.dirname(__file__)):
            item.add_marker(pytest.mark.servers)


@dataclass
class Front:
    """The front as a client sees it, and what reached the application behind it."""

    origin: str
    plain: str
    folder: Path
    log: Path
    master: int  # gunicorn's process

    def ask(self, path, method="GET", *, cookie="", **options):
        """One request, over a connection of its own, without cookies but this one."""
        headers = {"Accept-Encoding": "gzip"} | options.pop("headers", {})
        if cookie:
            headers["Cookie"] = cookie
        return requests.request(
            method,
            f"{self.origin}{path}",
            headers=headers,
            verify=str(self.folder / "fullchain.pem"),
            allow_redirects=False,
            timeout=30,
            **options,
        )

    def said(self, path, **options):
        """What the cache had to do with an answer: HIT, MISS, PASS, …"""
        return self.ask(path, **options).headers["X-Cache"]

    def reached_origin(self, path="/"):
        """How many requests for this path the application has answered."""
        wanted = path.partition("?")[0]
        lines = self.log.read_text().splitlines()
        return sum(line.split()[-4] == wanted for line in lines)

    def settle(self):
        """Until all that former tests have asked for is written down."""
        size = -1
        while (now := self.log.stat().st_size) != size:
            size = now
            time.sleep(0.3)


@pytest.fixture(scope="session")
def static(tmp_path_factory):
    return servers.collect_static(tmp_path_factory.mktemp("static"))


@pytest.fixture(scope="session")
def front(tmp_path_factory, static):
    folder = tmp_path_factory.mktemp("front")
    http, https = servers.free_port(), servers.free_port()
    origin = f"https://localhost:{https}"
    environment = servers.site(folder, origin, WEB_WORKERS="2")
    servers.prepare(environment, static)
    log = folder / "gunicorn.log"
    with (
        servers.gunicorn(environment, bind=f"unix:{folder}/web.sock", log=log) as web,
        servers.nginx(folder, http=http, https=https),
    ):
        yield Front(
            origin,
            f"http://localhost:{http}",
            folder,
            Path(f"{log}.access"),
            web.pid,
        )


@pytest.fixture
def cold(front):
    """The address of the article as nobody has asked for it yet."""
    front.settle()
    return f"{servers.ARTICLE}?cold={next(_number)}"
