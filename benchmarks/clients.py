"""Clients that ask, wait for the answer, and ask again: many in one thread.

They share the machine with what they measure, so they are to take little of it. One of
``http.client`` takes more than a kept page does; one of these, next to nothing, and it
knows of HTTP only what it needs: answers with a Content-Length.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from selectors import EVENT_READ, DefaultSelector
from typing import NamedTuple

TRUSTING = ssl._create_unverified_context()  # the certificate is our own
WOULD_WAIT = (BlockingIOError, ssl.SSLWantReadError)
MOST = 2**18  # bytes taken at once

# What a client is: an iterator over the connections it waits for.
Client = Iterator[socket.socket]


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]  # by their names in small letters
    took: float  # milliseconds, from before it was asked for


def run(clients: list[Client]) -> None:
    """Until all have ended."""
    selector = DefaultSelector()
    for client in clients:
        _go_on(client, selector)
    while selector.get_map():
        for key, _ in selector.select():
            _go_on(key.data, selector, waited_for=key.fileobj)


def _go_on(client: Client, selector, waited_for=None) -> None:
    wanted = next(client, None)
    if wanted is waited_for:
        return
    if waited_for is not None:
        selector.unregister(waited_for)
    if wanted is not None:
        selector.register(wanted, EVENT_READ, client)


def connect(port: int, address: str, *, with_tls: bool):
    """A generator of what is waited for; its value is a connection to ``localhost``.

    ``address`` is our own.
    """
    connection = socket.create_connection(
        ("127.0.0.1", port), timeout=60, source_address=(address, 0)
    )
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setblocking(False)
    if not with_tls:
        return connection
    secret = TRUSTING.wrap_socket(
        connection, server_hostname="localhost", do_handshake_on_connect=False
    )
    while True:
        try:
            secret.do_handshake()
        except WOULD_WAIT:
            yield secret
        else:
            return secret


def ask(connection: socket.socket, request: bytes, *, since: float = 0.0):
    """A generator of what is waited for; its value is the ``Answer``.

    ``since`` is when it began, by ``time.perf_counter``, if that was before. Raises
    ConnectionError where the answer does not come to its end.
    """
    began = since or time.perf_counter()
    if connection.send(request) != len(request):
        raise ConnectionError("The request is too long to be sent at once.")
    received, missing, status, headers = b"", 0, 0, {}
    while not status or missing > 0:
        try:
            more = connection.recv(MOST)
        except WOULD_WAIT:
            yield connection
            continue
        if not more:
            raise ConnectionError(f"Closed after {received[:200]!r}.")
        missing -= len(more)
        received = b"" if status else received + more
        if not status and b"\r\n\r\n" in received:
            head, _, body = received.partition(b"\r\n\r\n")
            status, headers = _read(head.decode("latin-1"))
            missing = int(headers["content-length"]) - len(body)
    return Answer(status, headers, (time.perf_counter() - began) * 1_000)


def _read(head: str) -> tuple[int, dict[str, str]]:
    first, *lines = head.split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    return int(first.split()[1]), {name.lower(): value for name, _, value in pairs}


def request(method: str, path: str, body: str, headers: Mapping[str, str]) -> bytes:
    """Of the same arguments as ``HTTPConnection.request``."""
    told = {**headers, **({"Content-Length": str(len(body))} if body else {})}
    lines = [f"{method} {path} HTTP/1.1", *(f"{n}: {v}" for n, v in told.items())]
    return "\r\n".join([*lines, "", body]).encode()
