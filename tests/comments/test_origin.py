import pytest
from django.test import RequestFactory

from comments import origin


def is_ours(**headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return origin.is_ours(RequestFactory().post("/", headers=headers))


OURS = "http://testserver"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": OURS},
        {"origin": OURS, "sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "same-origin"},
        {"origin": "http://localhost:8000"},
    ],
)
def test_post_from_our_pages_is_ours(headers):
    assert is_ours(**headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "https://evil.example"},
        {"origin": "http://testserver.evil.example"},
        {"origin": "https://testserver"},
        {"origin": OURS, "sec_fetch_site": "cross-site"},
        {"origin": OURS, "sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {"referer": f"{OURS}/"},
    ],
)
def test_post_from_elsewhere_is_not(headers):
    assert not is_ours(**headers)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_sender_keeps_an_address_or_a_household(address, kept):
    request = RequestFactory(REMOTE_ADDR=address).get("/")
    request.reader = origin.identity.NOBODY

    assert origin.sender(request).address == kept
