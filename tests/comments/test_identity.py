import uuid

import pytest
from django.conf import settings
from django.core import signing
from django.http import HttpResponse
from django.test import RequestFactory

from comments import identity
from comments.identity import NOBODY, Reader
from tests.factories import make_commenter, make_user

pytestmark = pytest.mark.django_db


def request_with(cookie=None):
    request = RequestFactory().get("/")
    if cookie is not None:
        request.COOKIES[settings.COMMENTER_COOKIE_NAME] = cookie
    return request


def cookie_for(*guests, consent=True):
    """The cookie a browser has after speaking as ``guests``, the last one newest."""
    value = None
    for guest in guests:
        response = HttpResponse()
        identity.remember(response, request_with(value), guest, consent=consent)
        value = response.cookies[settings.COMMENTER_COOKIE_NAME].value
    return value


def test_browser_without_cookies_is_nobody(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert identity.reader(request_with()) == NOBODY


def test_cookie_brings_back_the_voices_newest_first():
    first, second = make_commenter(), make_commenter()

    reader = identity.reader(request_with(cookie_for(first, second)))

    assert reader == Reader(guests=(second, first), is_remembered=True)


@pytest.mark.parametrize(
    "cookie",
    ["", "forged", "a:b:c", signing.dumps({"keys": []})],
    ids=["empty", "forged", "of another shape", "of another purpose"],
)
def test_forged_cookie_is_nobody(cookie):
    assert identity.reader(request_with(cookie)) == NOBODY


def test_cookie_never_opens_an_accounts_voice():
    voice = make_commenter(user=make_user())

    assert identity.reader(request_with(cookie_for(voice))).voices == frozenset()


def test_unknown_key_is_passed_over():
    gone = make_commenter()
    gone.key = uuid.uuid4()

    assert identity.reader(request_with(cookie_for(gone))).guest is None


@pytest.mark.parametrize(("consent", "max_age"), [(True, 30_000_000), (False, "")])
def test_cookie_is_out_of_scripts_reach_and_as_long_as_agreed(consent, max_age):
    response = HttpResponse()

    identity.remember(response, request_with(), make_commenter(), consent=consent)

    cookie = response.cookies[settings.COMMENTER_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert cookie["max-age"] == max_age


def test_cookie_keeps_so_many_voices():
    guests = [make_commenter() for _ in range(identity.MOST_VOICES + 2)]

    reader = identity.reader(request_with(cookie_for(*guests)))

    assert reader.guests == tuple(reversed(guests[2:]))


@pytest.mark.parametrize("changed", ["name", "email", "website"])
def test_other_details_are_another_voice(changed):
    guest = make_commenter(name="Sok", email="s@example.org", website="")
    details = {"name": "Sok", "email": "s@example.org", "website": ""}
    reader = Reader(guests=(guest,))

    assert reader.as_guest(**details) == guest
    assert reader.as_guest(**details | {changed: "other"}).pk is None
