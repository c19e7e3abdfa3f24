"""Asking other people's servers: a few hops, each of them allowed, never for long."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urljoin

import requests

PATIENCE = 5  # seconds without a byte
LONGEST = 15  # seconds in all


class Refused(Exception):
    """Not asked, or not heard out: a wrong host, too many hops, too much, too late."""


@contextmanager
def answered(
    session: requests.Session,
    url: str,
    *,
    may: Callable[[str], bool],
    hops: int = 3,
    method: str = "GET",
) -> Iterator[requests.Response]:
    """The answer at the end of its redirects; every address on the way ``may`` be."""
    for _ in range(hops):
        if not may(url):
            raise Refused
        with session.request(
            method, url, stream=True, timeout=PATIENCE, allow_redirects=False
        ) as answer:
            if not answer.is_redirect:
                yield answer
                return
            url = urljoin(url, answer.headers["Location"])
    raise Refused


def read(answer: requests.Response, most: int) -> bytes:
    """The body, if it is at most so many bytes and here in time."""
    deadline = time.monotonic() + LONGEST
    body = bytearray()
    for chunk in answer.iter_content(16_384):
        body += chunk
        if len(body) > most or time.monotonic() > deadline:
            raise Refused
    return bytes(body)
