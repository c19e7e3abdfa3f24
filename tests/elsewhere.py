"""Another site, on this machine: its paths say how it answers whoever asks."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

LATE = 1.2  # seconds
STATUS = {"/gone": 404, "/taken-back": 410, "/forbidden": 403, "/broken": 503}
MOVED = {
    "/moved": "/fine",
    "/round": "/round",
    "/inside": "http://10.0.0.1/",
    "/metadata": "http://169.254.169.254/latest/",
    "/file": "file:///etc/passwd",
}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        kind, body = self.headers["Content-Type"], self.rfile.read(length).decode()
        self.server.told.append((self.path, kind, parse_qs(body)))
        self.answer()

    @property
    def place(self):
        return self.path.partition("?")[0]

    def do_HEAD(self):
        self.server.asked.append(("HEAD", self.path, dict(self.headers)))
        if self.place == "/cuts-heads":
            self.close_connection = True
        elif self.place == "/no-head":
            self.say(405)
        elif self.place == "/lies-to-heads":
            self.say(404)
        else:
            self.answer()

    def do_GET(self):
        self.server.asked.append(("GET", self.path, dict(self.headers)))
        self.answer()
        with suppress(OSError):
            self.wfile.write(b"words")

    def answer(self):
        if self.place == "/late":
            time.sleep(LATE)
        if self.place == "/trickle":
            self.trickle()
        elif self.place in MOVED:
            self.say(302, Location=MOVED[self.place])
        else:
            self.say(STATUS.get(self.place, 200))

    def say(self, status, **headers):
        with suppress(OSError):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

    def trickle(self):
        """Headers without end, each of them in time."""
        with suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for n in range(40):
                self.wfile.write(f"X-{n}: 1\r\n".encode())
                time.sleep(LATE / 20)

    def log_message(self, *args):
        """Keep the tests' output to themselves."""


class Site(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.told: list[tuple[str, str, dict[str, list[str]]]] = []
        self.asked: list[tuple[str, str, dict[str, str]]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def elsewhere() -> Iterator[Site]:
    with Site() as site:
        thread = threading.Thread(target=site.serve_forever, args=[0.01])
        thread.start()
        yield site
        site.shutdown()
        thread.join()
