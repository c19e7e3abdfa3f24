"""The three services for the tests, and the walk that a person takes through them."""

from threading import Thread
from urllib.parse import urlsplit

import pytest
import requests
from django.conf import settings

from accounts.sandbox import Sandbox
from tests.posting import post_reply


@pytest.fixture(scope="session")
def sandbox():
    """The server that `make demo` runs, on a port of this process's own."""
    with Sandbox(settings.SIGN_IN_SANDBOX) as server:
        Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        yield server
        server.shutdown()


def decide(authorize_url, *, answer="allow", person="nary", **fields):
    """Fill in the consent page as a person does; the address it then leads to.

    Fields are ``name``, for another name, and ``without_email``.
    """
    page = requests.get(authorize_url, timeout=10)
    assert page.status_code == 200, page.text
    form = fields | {"person": person, "answer": answer}
    sent = requests.post(authorize_url, form, timeout=10, allow_redirects=False)
    assert sent.status_code == 302, sent.text
    return sent.headers["Location"]


def come_back(client, address):
    """Follow the provider's redirect, and all of ours after it."""
    parts = urlsplit(address)
    return client.get(f"{parts.path}?{parts.query}", follow=True)


def walk_to_provider(client, sandbox, article, provider, *, answer="allow", **person):
    """From the reply form to the provider and back; the page where that ends."""
    sent = post_reply(client, article, comment="Half a thought", connect=provider)
    assert sent.status_code == 302, sent.content.decode()
    address = decide(sent["Location"], answer=answer, **person)
    return come_back(client, address)
