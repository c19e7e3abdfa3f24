"""A local server that speaks Akismet's protocol, well and badly.

The text of a comment says what it is to be answered; ``meanwhile`` happens before.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

LATE = 0.4  # seconds; twice the timeout in the tests


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        form = parse_qs(self.rfile.read(length).decode())
        fields = {name: values[0] for name, values in form.items()}
        self.server.asked.append((self.path, fields))
        self.server.meanwhile()
        answer = self.server.answers.get(fields["comment_content"], "false")
        getattr(self, f"say_{answer}")()

    def say(self, body, status=200, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        with suppress(OSError):  # whoever asked may have gone
            self.wfile.write(body.encode())

    def say_false(self):
        self.say("false")

    def say_true(self):
        self.say("true")

    def say_discard(self):
        self.say("true", X_akismet_pro_tip="discard")

    def say_invalid(self):
        self.say("invalid", X_akismet_debug_help="Empty key")

    def say_page(self):
        self.say("<html>" + "x" * 5_000)

    def say_error(self):
        self.say("true", 500)

    def say_elsewhere(self):
        self.say("", 302, Location=f"{self.server.address}/elsewhere")

    def say_late(self):
        time.sleep(LATE)
        self.say("false")

    def say_slowly(self):
        self.send_response(200)
        self.end_headers()
        with suppress(OSError):
            for letter in "false and more":
                self.wfile.write(letter.encode())
                time.sleep(LATE / 8)

    def say_nothing(self):
        self.close_connection = True

    def log_message(self, *args):
        """Keep the tests' output to themselves."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, str] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.meanwhile: Callable[[], object] = lambda: None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def akismet(settings) -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        settings.AKISMET_KEY = "a-key"
        settings.AKISMET_URL = f"{server.address}/1.1"
        settings.COMMENT_SCORERS = ["comments.spam.Akismet"]
        settings.COMMENT_SCORER_TIMEOUT = LATE / 2
        yield server
        server.shutdown()
        thread.join()
