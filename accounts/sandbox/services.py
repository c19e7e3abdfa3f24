"""What is particular to each of the three services, as their clients see it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from accounts.sandbox.desk import Consent, Desk, check_pkce
from accounts.sandbox.wire import Call, Refused, Reply

TOKEN_SECONDS = 3600
JSON = "application/json"


@dataclass(frozen=True)
class Client:
    id: str
    secret: str


class Service(ABC):
    """What the three have in common; ``calls`` are its addresses for the client."""

    id: ClassVar[str]
    uses_pkce: ClassVar[bool] = True
    scope_delimiter: ClassVar[str] = " "
    knows_email: ClassVar[bool] = True

    def __init__(self, origin: str, label: str, client: Client, desk: Desk):
        self.origin, self.label, self.client, self.desk = origin, label, client, desk

    @property
    @abstractmethod
    def calls(self) -> dict[tuple[str, str], Callable[[Call], Reply]]:
        """What answers at which (method, path)."""

    def refusal(self, refused: Refused) -> dict:
        return {"error": refused.error, "error_description": refused.why}

    def check_client(self, client_id: str, secret: str) -> None:
        given = (client_id.encode(), secret.encode())
        known = (self.client.id.encode(), self.client.secret.encode())
        if not all(map(hmac.compare_digest, given, known)):
            raise Refused("invalid_client", "Wrong client or secret.", status=401)

    def redeem(self, fields) -> Consent:
        """The consent for the code in ``fields``; the client was checked before."""
        if fields.get("grant_type") != "authorization_code":
            raise Refused("unsupported_grant_type", "Only codes are taken.")
        consent = self.desk.redeem(
            fields.get("code", ""),
            service=self.id,
            client_id=self.client.id,
            redirect_uri=fields.get("redirect_uri", ""),
        )
        check_pkce(consent, fields.get("code_verifier", ""))
        self.desk.act_out(consent)
        return consent

    def bearer_token(self, consent: Consent) -> dict:
        return {
            "access_token": self.desk.give_token(consent),
            "token_type": "bearer",
            "expires_in": TOKEN_SECONDS,
        }

    def known_by(self, consent: Consent, name: str = "id") -> dict:
        """The person's key, another one at every service; a strange one has none."""
        if consent.answer == "strange":
            return {}
        return {name: f"{len(self.id)}{consent.person.number}"}

    def picture(self, consent: Consent, size: str = "") -> str:
        return f"{self.origin}/pictures/{consent.person.key}{size}.png"


class Google(Service):
    """Secret in the body, PKCE, userinfo; an id_token when openid is asked for."""

    id = "google"

    @property
    def calls(self):
        return {("POST", "token"): self.token, ("GET", "userinfo"): self.userinfo}

    def token(self, call: Call) -> Reply:
        secret = call.form.get("client_secret", "")
        self.check_client(call.form.get("client_id", ""), secret)
        consent = self.redeem(call.form)
        given = self.bearer_token(consent) | {"scope": " ".join(consent.scope)}
        if "openid" in consent.scope:
            given["id_token"] = self.desk.note(self._id_token(consent))
        return Reply(body=given, content_type=JSON)

    def userinfo(self, call: Call) -> Reply:
        consent = self.desk.consent_of(call.bearer, service=self.id)
        known = self.known_by(consent) | self._claims(consent, "verified_email")
        return Reply(body=known, content_type=JSON)

    def _claims(self, consent: Consent, verified: str) -> dict:
        claims: dict = {}
        if "profile" in consent.scope:
            claims |= {"name": consent.name, "picture": self.picture(consent)}
        if "email" in consent.scope and consent.email:
            claims |= {"email": consent.email, verified: True}
        return claims

    def _id_token(self, consent: Consent) -> str:
        now = int(time.time())
        claims = self._claims(consent, "email_verified") | self.known_by(consent, "sub")
        claims |= {
            "iss": self.origin,
            "aud": self.client.id,
            "azp": self.client.id,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
        }
        return jwt.encode(claims, self._key, algorithm="RS256")

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class X(Service):
    """Secret by HTTP Basic, PKCE always, no e-mail, the profile under ``data``."""

    id = "twitter_oauth2"
    knows_email = False

    @property
    def calls(self):
        return {("POST", "token"): self.token, ("GET", "users/me"): self.me}

    def token(self, call: Call) -> Reply:
        kind, _, encoded = call.authorization.partition(" ")
        try:
            pair = base64.b64decode(encoded, validate=True).decode()
        except ValueError:
            pair = ""
        client_id, _, secret = pair.partition(":")
        self.check_client(client_id if kind.lower() == "basic" else "", secret)
        given = self.bearer_token(self.redeem(call.form))
        return Reply(body=given, content_type=JSON)

    def me(self, call: Call) -> Reply:
        consent = self.desk.consent_of(call.bearer, service=self.id)
        if not {"users.read", "tweet.read"} <= consent.scope:
            raise Refused("forbidden", "The scope is too narrow.", status=403)
        person = consent.person
        always = self.known_by(consent) | {
            "name": consent.name,
            "username": person.username,
        }
        on_request: dict = {"profile_image_url": self.picture(consent, "_normal")}
        if person.website:
            long_form = {"url": "https://t.co/x", "expanded_url": person.website}
            on_request |= {
                "url": "https://t.co/x",
                "entities": {"url": {"urls": [long_form]}},
            }
        fields = call.query.get("user.fields", "").split(",")
        asked = {name: on_request[name] for name in fields if name in on_request}
        return Reply(body={"data": always | asked}, content_type=JSON)


class Facebook(Service):
    """All in the query, a proof with the secret for each call, no PKCE."""

    id = "facebook"
    uses_pkce = False
    scope_delimiter = ","

    @property
    def calls(self):
        return {
            ("GET", "graph/oauth/access_token"): self.token,
            ("GET", "graph/me"): self.me,
        }

    def refusal(self, refused: Refused) -> dict:
        error = {"message": refused.why, "type": "OAuthException", "code": 100}
        return {"error": error}

    def token(self, call: Call) -> Reply:
        secret = call.query.get("client_secret", "")
        self.check_client(call.query.get("client_id", ""), secret)
        given = self.bearer_token(self.redeem(call.query))
        return Reply(body=given, content_type=JSON)

    def me(self, call: Call) -> Reply:
        token = call.query.get("access_token", "") or call.bearer
        consent = self.desk.consent_of(token, service=self.id)
        proof = hmac.digest(
            self.client.secret.encode(), token.encode(), hashlib.sha256
        ).hex()
        if not hmac.compare_digest(proof, call.query.get("appsecret_proof", "")):
            raise Refused("invalid_proof", "Invalid appsecret_proof.", status=400)
        known = self.known_by(consent) | {"name": consent.name}
        if "email" in consent.scope and consent.email:
            known["email"] = consent.email
        picture = {"url": self.picture(consent), "is_silhouette": False}
        known["picture"] = {"data": picture}
        fields = call.query.get("fields", "id,name").split(",")
        asked = {field.partition(".")[0] for field in fields} | {"id"}
        body = {name: value for name, value in known.items() if name in asked}
        return Reply(body=body, content_type=JSON)


SERVICES: list[type[Service]] = [Google, X, Facebook]
