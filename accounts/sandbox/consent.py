"""The page on which one decides who to be, and how the sign-in is to end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from django.template import Context, Engine

from accounts.sandbox.desk import Consent
from accounts.sandbox.people import PEOPLE
from accounts.sandbox.services import Service
from accounts.sandbox.wire import Call, Refused, Reply

LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1", "testserver"}
_PAGES = Engine(dirs=[str(Path(__file__).parent)])


def ask(service: Service, call: Call) -> Reply:
    """The consent page for a request that the real service would show one for."""
    _check(service, call.query)
    context = Context(
        {
            "service": service,
            "people": list(PEOPLE.values()),
            "client_host": urlsplit(call.query["redirect_uri"]).netloc,
            "scope": sorted(_scope(service, call.query)),
            "address": f"{call.path}?{urlencode(call.query)}",
        }
    )
    return Reply(body=_PAGES.get_template("consent.html").render(context).encode())


def answer(service: Service, call: Call) -> Reply:
    """Back to the client, with a code or with what the service says instead."""
    _check(service, call.query)
    decision = call.form.get("answer", "")
    if decision == "deny":
        result = {"error": "access_denied"}
    elif decision in {"allow", "error", "slow", "strange"}:
        result = {"code": service.desk.give_code(_consent(service, call, decision))}
    else:
        raise Refused("invalid_request", "There is no such answer.")
    if "state" in call.query:
        result["state"] = call.query["state"]
    address = call.query["redirect_uri"]
    return Reply(status=302, location=f"{address}?{urlencode(result)}")


def _consent(service: Service, call: Call, decision: str) -> Consent:
    person = PEOPLE.get(call.form.get("person", ""))
    if person is None:
        raise Refused("invalid_request", "Nobody was chosen.")
    has_email = service.knows_email and "without_email" not in call.form
    return Consent(
        service=service.id,
        client_id=call.query["client_id"],
        redirect_uri=call.query["redirect_uri"],
        scope=_scope(service, call.query),
        challenge=call.query.get("code_challenge", ""),
        person=person,
        name=call.form.get("name", "").strip() or person.name,
        email=person.email if has_email else "",
        answer=decision,
    )


def _check(service: Service, query: Mapping[str, str]) -> None:
    """Refused here is shown to the person: the client's address cannot be trusted."""
    if query.get("client_id") != service.client.id:
        raise Refused("invalid_client", "There is no such client.", status=401)
    back = urlsplit(query.get("redirect_uri", ""))
    path = f"/accounts/{service.id}/login/callback/"
    if back.hostname not in LOCAL_HOSTS or (back.path, back.query) != (path, ""):
        raise Refused("redirect_uri_mismatch", "This redirect_uri is not registered.")
    if query.get("response_type") != "code":
        raise Refused("unsupported_response_type", "Only codes are given.")
    if not service.uses_pkce:
        return
    # X insists on it; Google does not, but our settings promise it.
    if not query.get("code_challenge") or query.get("code_challenge_method") != "S256":
        raise Refused("invalid_request", "A code_challenge by S256 is wanted.")


def _scope(service: Service, query: Mapping[str, str]) -> frozenset[str]:
    return frozenset(query.get("scope", "").split(service.scope_delimiter)) - {""}
