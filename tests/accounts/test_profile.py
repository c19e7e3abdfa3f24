"""The page on which people say who they are here."""

import pytest
from allauth.socialaccount.models import SocialAccount
from django.urls import reverse

from tests.factories import make_user

pytestmark = pytest.mark.django_db

PROFILE = reverse("accounts:profile")


@pytest.fixture
def user(client):
    """A signed-in reader."""
    user = make_user(display_name="Dara Chan", website="https://dara.example/")
    client.force_login(user)
    return user


def save(client, **fields):
    return client.post(PROFILE, fields)


def test_profile_is_for_those_signed_in(client):
    page = client.get(PROFILE)

    assert (page.status_code, page["Location"]) == (
        302,
        f"{reverse('account_login')}?next={PROFILE}",
    )


def test_profile_shows_what_is_known_and_where_to_go(client, user):
    SocialAccount.objects.create(user=user, provider="twitter_oauth2", uid="1")

    page = client.get(PROFILE)

    content = page.content.decode()
    assert [label for label, _ in page.context["connections"]] == ["Twitter"]
    assert 'value="Dara Chan"' in content
    assert 'value="https://dara.example/"' in content
    for name in ("socialaccount_connections", "account_email", "account_logout"):
        assert reverse(name) in content


def test_name_and_website_are_saved(client, user):
    page = save(client, display_name="Dara C.", website="example.org")

    user.refresh_from_db()
    assert (page.status_code, page["Location"]) == (302, PROFILE)
    assert (user.display_name, user.website) == ("Dara C.", "https://example.org")


def test_name_is_tidied(client, user):
    save(client, display_name=" \u202eDara\u202c \u200b Chan\x07 ", website="")

    user.refresh_from_db()
    assert (user.display_name, user.website) == ("Dara Chan", "")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"display_name": ""}, "display_name"),
        ({"display_name": "\u200b\u2060"}, "display_name"),
        ({"display_name": "x" * 81}, "display_name"),
        ({"display_name": "Dara", "website": "javascript:alert(1)"}, "website"),
        ({"display_name": "Dara", "website": "ftp://example.org/"}, "website"),
        ({"display_name": "Dara", "website": f"https://e.org/{'x' * 200}"}, "website"),
    ],
)
def test_invalid_profile_is_shown_again_and_not_saved(client, user, fields, wrong):
    page = save(client, **fields)

    user.refresh_from_db()
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [wrong]
    assert page.context["user"].display_name == "Dara Chan"
    assert (user.display_name, user.website) == ("Dara Chan", "https://dara.example/")


def test_profile_changes_nothing_else(client, user):
    save(client, display_name="Dara", is_staff="on", username="admin", email="a@b.org")

    user.refresh_from_db()
    assert (user.is_staff, user.email) == (False, "")
    assert user.username != "admin"


def test_profile_is_kept_by_no_cache(client, user):
    assert "private" in client.get(PROFILE)["Cache-Control"]
