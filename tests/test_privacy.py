"""What people tell us in private stays private, in every public byte."""

import html
import re
from urllib.parse import unquote, urldefrag, urljoin

import pytest

from accounts.models import User
from comments.models import Commenter
from tests.factories import make_comment, make_commenter, make_section, make_user

pytestmark = pytest.mark.django_db

START = ["/", "/feed/", "/feed/atom/", "/accounts/login/"]
SECRETS = ["guest-secret", "holder-secret", "198.51.100.77", "SecretBrowser"]


def crawl(client):
    """Every page that links lead to from START, by its address."""
    queue, seen = list(START), {}
    while queue:
        address = queue.pop()
        if address in seen:
            continue
        seen[address] = answer = client.get(address)
        content = html.unescape(answer.content.decode(errors="replace"))
        links = re.findall(r'(?:href|action|src)="([^"]+)"', content)
        if answer.has_header("Location"):
            links.append(answer["Location"])
        for link in links:
            target = urldefrag(urljoin(f"http://testserver{address}", link))[0]
            target = re.sub(r"^http://(testserver|localhost:8000)", "", target)
            if target.startswith("/") and not target.startswith("/static/"):
                queue.append(target)
    return seen


def test_no_address_of_a_commenter_is_in_any_public_byte(client):
    guest = make_commenter(email="guest-secret@example.org")
    holder = make_commenter(user=make_user(email="holder-secret@example.org"))
    place = {"address": "198.51.100.77", "agent": "SecretBrowser/1.0"}
    comment = make_comment(commenter=guest, **place)
    make_comment(parent=comment, commenter=holder, **place)
    comment.article.section = make_section()
    comment.article.save()
    assert Commenter.objects.exclude(email="").exists()
    assert User.objects.exclude(email="").exists()

    pages = crawl(client)

    assert comment.article.get_absolute_url() in pages
    assert f"/comments/{comment.pk}/flags/" in pages
    for address, answer in pages.items():
        said = f"{answer.headers}{answer.content.decode(errors='replace')}"
        for form in (said, html.unescape(said), unquote(said)):
            for secret in SECRETS:
                assert secret not in form, address
