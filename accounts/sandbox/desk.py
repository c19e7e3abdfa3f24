"""The desk where codes and tokens are handed out and taken back."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass

from accounts.sandbox.people import Person
from accounts.sandbox.wire import Refused

SLOW_SECONDS = 15  # longer than any client of ours waits


@dataclass(frozen=True)
class Consent:
    """What a person allowed, on which terms: a code stands for it, then a token."""

    service: str
    client_id: str
    redirect_uri: str
    scope: frozenset[str]
    challenge: str  # PKCE's, empty without
    person: Person
    name: str
    email: str
    answer: str  # allow, error, slow or strange


class Desk:
    """Shared by all threads of the server."""

    def __init__(self) -> None:
        self.issued: list[str] = []  # every code and token that ever went out
        self.stopping = threading.Event()
        self._codes: dict[str, Consent] = {}
        self._tokens: dict[str, Consent] = {}
        self._lock = threading.Lock()

    def give_code(self, consent: Consent) -> str:
        return self._give(self._codes, consent)

    def give_token(self, consent: Consent) -> str:
        return self._give(self._tokens, consent)

    def note(self, secret: str) -> str:
        """Count ``secret`` among the issued too."""
        with self._lock:
            self.issued.append(secret)
        return secret

    def redeem(
        self, code: str, *, service: str, client_id: str, redirect_uri: str
    ) -> Consent:
        """The consent behind ``code``, once; a failed attempt uses it up as well."""
        with self._lock:
            consent = self._codes.pop(code, None)
        if consent is None:
            raise Refused("invalid_grant", "This code is unknown or was used.")
        if (consent.service, consent.client_id) != (service, client_id):
            raise Refused("invalid_grant", "This code was given to another client.")
        if consent.redirect_uri != redirect_uri:
            raise Refused("redirect_uri_mismatch", "The redirect_uri is not the same.")
        return consent

    def consent_of(self, token: str, *, service: str) -> Consent:
        with self._lock:
            consent = self._tokens.get(token)
        if consent is None or consent.service != service:
            raise Refused("invalid_token", "No such access token.", status=401)
        return consent

    def act_out(self, consent: Consent) -> None:
        """Be as broken or as slow as the person asked for on the page."""
        if consent.answer == "error":
            raise Refused("server_error", "Something went wrong.", status=500)
        if consent.answer == "slow":
            self.stopping.wait(SLOW_SECONDS)

    def _give(self, kind: dict[str, Consent], consent: Consent) -> str:
        secret = secrets.token_urlsafe(32)
        with self._lock:
            kind[secret] = consent
            self.issued.append(secret)
        return secret


def check_pkce(consent: Consent, verifier: str) -> None:
    """RFC 7636, S256; a consent without a challenge wants no verifier."""
    digest = hashlib.sha256(verifier.encode()).digest()
    answer = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if consent.challenge and not hmac.compare_digest(answer, consent.challenge):
        raise Refused("invalid_grant", "The code_verifier does not fit the challenge.")
