"""HTTP around the protocol: addresses, threads, bytes."""

from __future__ import annotations

import json
import re
import sys
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings

from accounts import numbers
from accounts.sandbox import consent, people
from accounts.sandbox.desk import Desk
from accounts.sandbox.services import SERVICES, Client, Service
from accounts.sandbox.wire import Call, Refused, Reply

MOST_BYTES = 100_000
LOOPBACK = {"127.0.0.1", "localhost"}
_PICTURE = re.compile(r"/pictures/([a-z]+)(?:_normal|_bigger)?\.png")


class NotOnThisMachine(Exception):
    """The sandbox listens to this machine alone."""


class Sandbox(ThreadingHTTPServer):
    """The three services at one address; ``issued_tokens`` is what they gave out."""

    daemon_threads = True  # with the event below: a slow answer never delays the end
    block_on_close = False

    def __init__(self, origin: str):
        address = urlsplit(origin)
        if address.hostname not in LOOPBACK or not address.port:
            raise NotOnThisMachine(origin)
        self.desk = Desk()
        self.services = {
            kind.id: kind(
                origin, settings.SIGN_IN_PROVIDERS[kind.id], _client(kind), self.desk
            )
            for kind in SERVICES
        }
        super().__init__((address.hostname, address.port), Handler)

    @property
    def issued_tokens(self) -> list[str]:
        return self.desk.issued

    def answer(self, call: Call) -> Reply:
        if match := _PICTURE.fullmatch(call.path):
            return self._picture(match[1])
        service_id, _, rest = call.path.lstrip("/").partition("/")
        service = self.services.get(service_id)
        if service is None:
            return Reply(status=404, body=b"The sandbox has no such page.")
        return self._ask(service, rest, call)

    def server_close(self):
        self.desk.stopping.set()
        super().server_close()

    def handle_error(self, request, client_address):
        # A client that gave up waiting is what “Slow” is for.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def _ask(self, service: Service, rest: str, call: Call) -> Reply:
        if rest == "authorize":
            act = consent.answer if call.method == "POST" else consent.ask
            try:
                return act(service, call)
            except Refused as refused:
                words = f"<!DOCTYPE html><title>Refused</title><p>{escape(refused.why)}"
                return Reply(status=refused.status, body=words.encode())
        try:
            act_on = service.calls[call.method, rest]
        except KeyError:
            return Reply(status=404, body=b"The sandbox has no such call.")
        try:
            return act_on(call)
        except Refused as refused:
            body = service.refusal(refused)
            return Reply(refused.status, body, "application/json")

    def _picture(self, key: str) -> Reply:
        person = people.PEOPLE.get(key)
        if person is None:
            return Reply(status=404, body=b"Nobody has this picture.")
        return Reply(body=people.picture(person), content_type="image/png")


class Handler(BaseHTTPRequestHandler):
    """Bytes to a Call, a Reply to bytes."""

    server: Sandbox
    timeout = 30  # seconds for a client to say what it wants

    def do_GET(self):
        self._serve({})

    def do_POST(self):
        length = numbers.read(self.headers.get("Content-Length"))
        if length is None or length > MOST_BYTES:
            self.send_error(413)
            return
        sent = self.rfile.read(length).decode(errors="replace")
        self._serve(dict(parse_qsl(sent, keep_blank_values=True)))

    def log_message(self, format, *args):  # noqa: A002 - http.server's word
        """Addresses here hold codes and secrets: nothing is logged."""

    def _serve(self, form: dict[str, str]) -> None:
        address = urlsplit(self.path)
        call = Call(
            method=self.command,
            path=address.path,
            query=dict(parse_qsl(address.query, keep_blank_values=True)),
            form=form,
            authorization=self.headers.get("Authorization", ""),
        )
        self._send(self.server.answer(call))

    def _send(self, reply: Reply) -> None:
        body = reply.body
        content = json.dumps(body).encode() if isinstance(body, dict) else body
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Frame-Options", "DENY")
        self.send_header("Referrer-Policy", "no-referrer")
        if reply.location:
            self.send_header("Location", reply.location)
        self.end_headers()
        self.wfile.write(content)


def _client(kind: type[Service]) -> Client:
    app = settings.SOCIALACCOUNT_PROVIDERS[kind.id]["APPS"][0]
    return Client(app["client_id"], app["secret"])
