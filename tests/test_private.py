"""What is one reader's own is in no page that another could be given: every view, as
everybody it is shown to."""

import re

import pytest
from backports import zstd
from django.conf import settings
from django.test import Client

from comments import shelf
from comments.models import Comment
from tests.articles.test_hidden import addresses, make_piece
from tests.factories import make_comment, make_commenter, make_editor, make_user
from tests.posting import post_reply

pytestmark = pytest.mark.django_db

OWN = "Zephyrine"  # the reader's name
PENDING = "Words that wait"
SECRETS = [OWN, PENDING, "csrfmiddlewaretoken"]
# Our files, the same whoever asks.
EVERYBODYS = re.compile(r"/(media/images|static|pictures)/")


def stranger(article):
    return Client()


def guest(article):
    client = Client()
    posted = post_reply(client, article, name=OWN, comment=PENDING, remember="on")
    assert posted.status_code == 302
    return client


def signed_in(article):
    user = make_user(display_name=OWN)
    voice = make_commenter(user=user)
    make_comment(
        article=article, commenter=voice, body=PENDING, status=Comment.Status.PENDING
    )
    return signed_in_as(user)


def staff(article):
    user = make_editor(display_name=OWN)
    make_comment(article=article, body=PENDING, status=Comment.Status.PENDING)
    return signed_in_as(user)


def signed_in_as(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def article():
    """With one public comment: its address under every pattern is known."""
    return make_piece()


@pytest.fixture
def asked(article):
    return list(addresses(article))


@pytest.mark.parametrize("reader", [guest, signed_in, staff])
def test_answer_to_a_known_browser_is_never_stored(article, asked, reader):
    client, shown = reader(article), []

    for address in asked:
        answer = client.get(address)
        if EVERYBODYS.match(address):
            continue
        told = answer.get("Cache-Control", "")
        assert "public" not in told, address
        if answer.status_code == 200:
            assert "private" in told or "no-store" in told, address
            shown.append(answer.content.decode())

    assert list(shelf.at_hand) == []
    assert any(OWN in page for page in shown)


@pytest.mark.parametrize("reader", [guest, signed_in, staff])
def test_pages_kept_for_strangers_hold_nothing_of_a_reader(article, asked, reader):
    """In either order: the reader first, and the stranger."""
    client = reader(article)
    for address in asked:
        client.get(address)
        stranger(article).get(address)
        client.get(address)

    kept = {key: shelf.at_hand.get(key) for key in shelf.at_hand}
    assert any(article.get_absolute_url() in key for key in kept)
    assert len(kept) >= 15
    for key, page in kept.items():
        text = zstd.decompress(page.body).decode() + str(page.headers)
        for secret in SECRETS:
            assert secret not in text, key
        assert "public" in page.headers["Cache-Control"]
        assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize("reader", [guest, signed_in, staff])
def test_known_browser_is_shown_its_own_though_a_page_is_kept(article, reader):
    client = reader(article)
    kept = stranger(article).get(article.get_absolute_url())
    assert list(shelf.at_hand)

    own = client.get(article.get_absolute_url())

    assert own.content != kept.content
    assert "private" in own["Cache-Control"]
    assert PENDING not in kept.content.decode()


@pytest.mark.parametrize(
    "cookie",
    [
        settings.SESSION_COOKIE_NAME,
        settings.COMMENTER_COOKIE_NAME,
        settings.CSRF_COOKIE_NAME,
    ],
)
def test_cookie_of_ours_keeps_out_of_the_kept_pages_whatever_it_holds(article, cookie):
    client = Client()
    client.cookies[cookie] = "anything"

    client.get(article.get_absolute_url())

    assert list(shelf.at_hand) == []


def test_answer_that_sets_a_cookie_is_kept_by_nobody(article, asked):
    for address in asked:
        answer = stranger(article).get(address)
        if answer.cookies:
            assert "public" not in answer.get("Cache-Control", ""), address


def test_authorization_keeps_out_of_the_kept_pages(article):
    stranger(article).get(
        article.get_absolute_url(), headers={"authorization": "Basic eDp5"}
    )

    assert list(shelf.at_hand) == []
