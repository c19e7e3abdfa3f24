"""The stand-in for the three services refuses what they refuse."""

import signal
import socket
from threading import Thread
from time import sleep
from urllib.parse import parse_qs, urlsplit

import html5lib
import pytest
import requests
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

from accounts.sandbox import Sandbox
from tests import servers
from tests.sandbox import decide

IDS = ["google", "twitter_oauth2", "facebook"]
ALL = pytest.mark.parametrize("provider", IDS)
SCOPES = {
    "google": "profile email",
    "twitter_oauth2": "users.read tweet.read",
    "facebook": "email",
}


class Client:
    """A client of a service, written after the documents and not after allauth."""

    def __init__(self, sandbox, provider):
        self.base = f"{django_settings.SIGN_IN_SANDBOX}/{provider}"
        self.provider = provider
        pkce = generate_code_challenge()
        self.verifier = pkce.pop("code_verifier")
        self.back = f"http://localhost:8000/accounts/{provider}/login/callback/"
        self.terms = {
            "client_id": "sandbox",
            "redirect_uri": self.back,
            "response_type": "code",
            "scope": SCOPES[provider],
            "state": "a state",
            **({} if provider == "facebook" else pkce),
        }

    def authorize(self, **terms):
        query = {k: v for k, v in (self.terms | terms).items() if v is not None}
        return requests.Request("GET", f"{self.base}/authorize", params=query)

    def code(self, **person):
        address = decide(self.authorize().prepare().url, **person)
        return parse_qs(urlsplit(address).query)["code"][0]

    def token(self, code, **changed):
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.back,
            "code_verifier": self.verifier,
            "client_id": "sandbox",
            "client_secret": "sandbox",
        } | changed
        if self.provider == "facebook":
            address = f"{self.base}/graph/oauth/access_token"
            return requests.get(address, fields, timeout=10)
        pair = None
        if self.provider == "twitter_oauth2":
            pair = (fields.pop("client_id"), fields.pop("client_secret"))
        return requests.post(f"{self.base}/token", fields, auth=pair, timeout=10)


@pytest.fixture
def service(sandbox, provider):
    return Client(sandbox, provider)


@ALL
def test_code_becomes_a_token_once(service, provider):
    code = service.code()

    first, second = service.token(code), service.token(code)

    assert (first.status_code, second.status_code) == (200, 400)
    assert first.json()["access_token"]
    assert "access_token" not in second.text


@ALL
@pytest.mark.parametrize(
    "changed",
    [
        {"client_secret": "wrong"},
        {"client_id": "wrong"},
        {"redirect_uri": "http://localhost:8000/elsewhere/"},
        {"code": "wrong"},
        {"grant_type": "password"},
    ],
)
def test_token_call_with_one_thing_wrong_is_refused(service, provider, changed):
    answer = service.token(**({"code": service.code()} | changed))

    assert answer.status_code in {400, 401}
    assert "access_token" not in answer.text


@pytest.mark.parametrize("provider", IDS[:2])
@pytest.mark.parametrize("verifier", ["", "wrong"])
def test_verifier_has_to_fit_the_challenge(service, provider, verifier):
    assert service.token(service.code(), code_verifier=verifier).status_code == 400


def test_x_takes_its_secret_in_the_header_only(sandbox):
    service = Client(sandbox, "twitter_oauth2")
    fields = {"grant_type": "authorization_code", "code": service.code()}
    fields |= {"redirect_uri": service.back, "code_verifier": service.verifier}
    fields |= {"client_id": "sandbox", "client_secret": "sandbox"}

    answer = requests.post(f"{service.base}/token", fields, timeout=10)

    assert answer.status_code == 401


@ALL
@pytest.mark.parametrize(
    "terms",
    [
        {"client_id": "wrong"},
        {"redirect_uri": "https://evil.example/accounts/google/login/callback/"},
        {"redirect_uri": "http://localhost:8000/elsewhere/"},
        {"redirect_uri": None},
        {"response_type": "token"},
    ],
)
def test_consent_page_refuses_a_wrong_request(service, provider, terms):
    answer = requests.get(service.authorize(**terms).prepare().url, timeout=10)

    assert answer.status_code in {400, 401}
    assert "<form" not in answer.text


@pytest.mark.parametrize("provider", IDS[:2])
@pytest.mark.parametrize(
    "terms", [{"code_challenge": None}, {"code_challenge_method": "plain"}]
)
def test_consent_page_wants_a_challenge(service, provider, terms):
    answer = requests.get(service.authorize(**terms).prepare().url, timeout=10)

    assert answer.status_code == 400


@ALL
def test_consent_page_says_what_it_is(service, provider):
    page = requests.get(service.authorize().prepare().url, timeout=10).text

    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree = parser.parse(page)
    label = django_settings.SIGN_IN_PROVIDERS[provider]
    assert tree.find(".//h1").text == f"Sandbox: this is not {label}"
    people = tree.findall(".//input[@type='radio']")
    assert [one.get("value") for one in people] == ["nary", "tomas", "haruka"]
    answers = [one.get("value") for one in tree.findall(".//button")]
    assert answers == ["allow", "deny", "error", "slow", "strange"]
    assert not tree.findall(".//script")


@ALL
def test_state_is_given_back_as_it_came(service, provider):
    for answer in ("allow", "deny"):
        address = decide(service.authorize().prepare().url, answer=answer)
        assert parse_qs(urlsplit(address).query)["state"] == ["a state"]


@pytest.mark.parametrize("provider", IDS[:2])
def test_profile_wants_a_token(service, provider):
    place = {"google": "userinfo", "twitter_oauth2": "users/me"}[provider]

    for headers in ({}, {"Authorization": "Bearer wrong"}):
        answer = requests.get(f"{service.base}/{place}", headers=headers, timeout=10)
        assert answer.status_code == 401


def test_token_of_one_service_opens_no_other(sandbox):
    google, x = Client(sandbox, "google"), Client(sandbox, "twitter_oauth2")
    token = google.token(google.code()).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}

    own = requests.get(f"{google.base}/userinfo", headers=headers, timeout=10)
    other = requests.get(f"{x.base}/users/me", headers=headers, timeout=10)

    assert (own.status_code, other.status_code) == (200, 401)


@pytest.mark.parametrize("proof", [None, "wrong"])
def test_facebook_wants_a_proof_of_the_secret(sandbox, proof):
    service = Client(sandbox, "facebook")
    token = service.token(service.code()).json()["access_token"]
    query = {"access_token": token, "appsecret_proof": proof}

    answer = requests.get(f"{service.base}/graph/me", query, timeout=10)

    assert answer.status_code == 400
    assert "Nary" not in answer.text


def test_all_that_was_issued_is_listed(sandbox):
    service = Client(sandbox, "google")
    code = service.code()
    token = service.token(code).json()["access_token"]

    assert {code, token} <= set(sandbox.issued_tokens)


@pytest.mark.parametrize("path", ["/", "/myspace/authorize", "/google/x", "/pictures/"])
def test_other_addresses_are_404(sandbox, path):
    answer = requests.get(f"{django_settings.SIGN_IN_SANDBOX}{path}", timeout=10)

    assert answer.status_code == 404


def test_command_refuses_where_no_sandbox_is_set(settings):
    settings.SIGN_IN_SANDBOX = ""

    with pytest.raises(CommandError, match="real services"):
        call_command("sandbox")


@pytest.mark.parametrize("origin", ["http://0.0.0.0:8931", "http://192.0.2.1:8931"])
def test_command_serves_this_machine_alone(settings, origin):
    settings.SIGN_IN_SANDBOX = origin

    with pytest.raises(CommandError, match=r"127\.0\.0\.1"):
        call_command("sandbox")


@pytest.mark.parametrize(
    ("site", "words"),
    [
        ({"SITE_ORIGIN": "https://news.example"}, "is empty"),
        (
            {
                "SITE_ORIGIN": "https://news.example",
                "SIGN_IN_SANDBOX": "http://127.0.0.1:9",
            },
            "signs in anybody",
        ),
        (
            {
                "SITE_ORIGIN": "https://localhost",
                "SIGN_IN_SANDBOX": "http://127.0.0.1:9",
            },
            "signs in anybody",
        ),
    ],
)
def test_production_has_no_sandbox(site, words):
    with servers.command("sandbox", **site) as command:
        said, _ = command.communicate(timeout=30)

    assert command.returncode == 1
    assert words in said


def free_origin():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def test_slow_answer_does_not_delay_the_end(settings):
    settings.SIGN_IN_SANDBOX = free_origin()
    with Sandbox(settings.SIGN_IN_SANDBOX) as server:
        Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        service = Client(server, "google")
        code = service.code(answer="slow")
        waiting = Thread(target=service.token, args=[code])
        waiting.start()
        while code in server.desk._codes:  # till the call has arrived
            sleep(0.01)
        server.shutdown()

    waiting.join(timeout=5)
    assert not waiting.is_alive()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_command_stops_at_once_when_told(number):
    origin = free_origin()

    with servers.command(
        "sandbox", PYTHONUNBUFFERED="1", SIGN_IN_SANDBOX=origin
    ) as command:
        assert origin in command.stdout.readline()
        command.send_signal(number)
        said, _ = command.communicate(timeout=10)

    assert (command.returncode, "has stopped" in said) == (0, True)
