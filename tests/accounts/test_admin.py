"""Accounts and paused providers in the admin."""

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import ProviderPause, User
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    """A signed-in administrator."""
    user = make_user(is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def test_people_are_found_by_their_shown_name(client, administrator):
    make_user(display_name="Sokha Meas")

    page = client.get(reverse("admin:accounts_user_changelist"), {"q": "Sokha"})

    assert [user.display_name for user in page.context["cl"].result_list] == [
        "Sokha Meas"
    ]


def test_account_is_added_and_changed(client, administrator):
    data = {"username": "edith", "display_name": "Edith", "usable_password": "true"}
    data |= {"password1": "xkcd-936!", "password2": "xkcd-936!"}

    client.post(reverse("admin:accounts_user_add"), data)

    edith = User.objects.get(username="edith")
    page = client.get(reverse("admin:accounts_user_change", args=[edith.pk]))
    assert edith.check_password("xkcd-936!")
    assert 'value="Edith"' in page.content.decode()


def test_pause_takes_the_button_away_and_gives_it_back(client, administrator):
    address = make_article().get_absolute_url()
    data = {"provider": "google", "reason": "Google is down."}

    def labels():
        page = type(client)().get(address)
        return [provider.label for provider in page.context["providers"]]

    client.post(reverse("admin:accounts_providerpause_add"), data)
    paused = labels()
    pause = ProviderPause.objects.get()
    delete = reverse("admin:accounts_providerpause_delete", args=[pause.pk])
    client.post(delete, {"post": "yes"})

    assert paused == ["Twitter", "Facebook"]
    assert labels() == ["Google", "Twitter", "Facebook"]


def test_credentials_and_tokens_have_no_page():
    names = {model.__name__ for model in admin.site._registry}

    assert "SocialAccount" in names
    assert not names & {"SocialApp", "SocialToken"}
