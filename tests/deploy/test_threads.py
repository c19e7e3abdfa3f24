"""gunicorn's threads, of which one only leads: docs/adr/0021-leaders.md."""

import socket
import time
from contextlib import ExitStack
from http.client import HTTPResponse
from urllib.parse import urlencode

import pytest
import requests

from tests import servers
from tests.posting import GUEST

SECONDS = 10


@pytest.fixture
def port(tmp_path):
    """Where a process with two threads serves the demonstration."""
    port = servers.free_port()
    environment = servers.site(
        tmp_path, f"http://127.0.0.1:{port}", WEB_WORKERS="1", WEB_THREADS="2"
    )
    servers.prepare(environment, servers.collect_static(tmp_path / "collected"))
    bind = f"127.0.0.1:{port}"
    with servers.gunicorn(environment, bind=bind, log=tmp_path / "log"):
        yield port


def begin(stack, port, words):
    """A reply of which the browser has sent all but the end; and that."""
    body = urlencode(GUEST | {"comment": words}).encode()
    head = [
        f"POST {servers.ARTICLE}comments/ HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Origin: http://127.0.0.1:{port}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
    ]
    caller = stack.enter_context(socket.create_connection(("127.0.0.1", port), SECONDS))
    caller.sendall("\r\n".join([*head, "", ""]).encode() + body[:-1])
    return caller, body[-1:]


def answer(caller):
    """Its status, once all of it has come."""
    came = HTTPResponse(caller)
    came.begin()
    came.read()
    return came.status


def test_kept_page_is_answered_while_all_others_wait_for_slow_browsers(port):
    address = f"http://127.0.0.1:{port}{servers.ARTICLE}"
    again = f"GET {servers.ARTICLE} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
    assert requests.get(address, timeout=SECONDS).status_code == 200
    with ExitStack() as stack:
        slow = [begin(stack, port, f"Said slowly, {n}.") for n in range(5)]

        kept = requests.get(address, timeout=SECONDS)
        assert kept.headers["Cache-Status"] == "marginalia; hit"

        silent = stack.enter_context(
            socket.create_connection(("127.0.0.1", port), SECONDS)
        )
        time.sleep(0.3)  # it is looked at, has asked for nothing, and asks then
        silent.sendall(again.encode())
        assert answer(silent) == 200

        for caller, rest in slow:
            caller.sendall(rest)
        assert [answer(caller) for caller, _rest in slow] == [302] * 5
        for caller, _rest in slow:  # which are as they were for what comes next
            caller.sendall(again.encode())
        assert [answer(caller) for caller, _rest in slow] == [200] * 5
