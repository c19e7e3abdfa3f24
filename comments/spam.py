"""External scorers: services that say how likely a text is spam.

A scorer is asked in a task, while the comment waits. It gets the text, and of the rest
only the fields named in COMMENT_SCORER_FIELDS. Nothing that is sent is logged.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Protocol

import requests
from django.conf import settings
from django.utils.module_loading import import_string

FIELDS = ("address", "agent", "name", "email")
_LONGEST_ANSWER = 200  # bytes; the answers are words


class Unavailable(Exception):
    """No score. ``failure`` says how: late, wrong or unreachable."""

    def __init__(self, failure: str):
        super().__init__(failure)
        self.failure = failure


@dataclass(frozen=True)
class Score:
    """From 0, surely fine, to 1, surely not; with the scorer's own words for it."""

    value: float
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Context:
    """What may be said of a comment beside its text; empty where it may not."""

    address: str = ""
    agent: str = ""
    name: str = ""
    email: str = ""

    def minimised(self) -> Context:
        allowed = set(settings.COMMENT_SCORER_FIELDS)
        return Context(**{k: v for k, v in asdict(self).items() if k in allowed})


class Scorer(Protocol):
    name: str

    def score(self, text: str, context: Context) -> Score:
        """Raises Unavailable, within COMMENT_SCORER_TIMEOUT seconds or so."""


def scorers() -> dict[str, Scorer]:
    """The scorers that are set up, by name. A scorer's name is its screen's."""
    made = [import_string(path)() for path in settings.COMMENT_SCORERS]
    return {scorer.name: scorer for scorer in made}


def classify(name: str, text: str, context: Context) -> Score:
    """Ask one scorer. Raises Unavailable."""
    return scorers()[name].score(text, context.minimised())


class Akismet:
    """Akismet's protocol, ``comment-check``: a form goes out, a word comes back."""

    name = "akismet"
    SPAM, DISCARD, HAM = 0.9, 1.0, 0.0

    def score(self, text: str, context: Context) -> Score:
        answer, advice = self._ask("comment-check", text, context)
        if answer == "false":
            return Score(self.HAM)
        if answer != "true":  # "invalid", or an error's page
            raise Unavailable("wrong")
        if advice == "discard":
            return Score(self.DISCARD, ("spam", "discard"))
        return Score(self.SPAM, ("spam",))

    def _ask(self, call: str, text: str, context: Context) -> tuple[str, str]:
        fields = {
            "api_key": settings.AKISMET_KEY,
            "blog": settings.SITE_ORIGIN,
            "comment_type": "comment",
            "comment_content": text,
            "user_ip": context.address,
            "user_agent": context.agent,
            "comment_author": context.name,
            "comment_author_email": context.email,
        }
        sent = {name: value for name, value in fields.items() if value}
        return _post(f"{settings.AKISMET_URL.rstrip('/')}/{call}", sent)


def _post(address: str, fields: dict[str, str]) -> tuple[str, str]:
    """The answer's first bytes and its advice; no redirect is followed."""
    limit = settings.COMMENT_SCORER_TIMEOUT
    deadline = time.monotonic() + limit
    body = b""
    try:
        with requests.post(
            address, fields, timeout=limit, allow_redirects=False, stream=True
        ) as response:
            for byte in response.iter_content(1):
                body += byte
                if time.monotonic() > deadline:
                    raise Unavailable("late")
                if len(body) > _LONGEST_ANSWER:
                    raise Unavailable("wrong")
    except requests.Timeout as error:
        raise Unavailable("late") from error
    except requests.RequestException as error:
        raise Unavailable("unreachable") from error
    if response.status_code != 200:
        raise Unavailable("wrong")
    advice = response.headers.get("X-akismet-pro-tip", "")
    return body.decode("ascii", "replace").strip(), advice
