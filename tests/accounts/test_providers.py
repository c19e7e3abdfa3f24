"""What a person's coming by each of the three services makes of accounts here."""

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.urls import reverse

from accounts.models import User
from accounts.sandbox.people import PEOPLE
from tests.factories import make_article, make_user
from tests.sandbox import come_back, decide, walk_to_provider

pytestmark = pytest.mark.django_db

ALL = pytest.mark.parametrize("provider", ["google", "twitter_oauth2", "facebook"])
WITH_EMAIL = pytest.mark.parametrize("provider", ["google", "facebook"])
NARY = PEOPLE["nary"]


def signed_in(client):
    return User.objects.get(pk=client.session["_auth_user_id"])


def connect(client, provider, **person):
    """What the page of connected services does."""
    address = reverse(f"{provider}_login")
    sent = client.post(f"{address}?process=connect")
    return come_back(client, decide(sent["Location"], **person))


@ALL
def test_first_sign_in_makes_an_account_with_the_name(client, sandbox, provider):
    page = walk_to_provider(client, sandbox, make_article(), provider)

    user = User.objects.get()
    assert page.status_code == 200
    assert signed_in(client) == user
    assert (user.display_name, user.has_usable_password()) == ("Nary Keo", False)
    assert SocialAccount.objects.get(user=user).provider == provider
    assert not SocialToken.objects.exists()


@ALL
def test_reader_lands_in_the_reply_without_any_form_between(client, sandbox, provider):
    article = make_article()

    page = walk_to_provider(client, sandbox, article, provider)

    assert page.redirect_chain == [(f"{article.get_absolute_url()}#respond", 302)]
    assert page.context["identity"].state == "connected"
    assert page.context["form"]["comment"].value() == "Half a thought"


@ALL
def test_second_sign_in_is_the_same_account(client, sandbox, provider):
    for browser in (client, type(client)()):
        walk_to_provider(browser, sandbox, make_article(), provider)
        assert signed_in(browser) == User.objects.get()


@ALL
def test_two_people_of_one_name_are_two_accounts(client, sandbox, provider):
    for person in ("nary", "tomas"):
        walk_to_provider(
            type(client)(), sandbox, make_article(), provider, person=person, name="Sok"
        )

    assert [user.display_name for user in User.objects.all()] == ["Sok", "Sok"]


@ALL
def test_name_changed_at_the_provider_is_followed(client, sandbox, provider):
    walk_to_provider(client, sandbox, make_article(), provider)

    walk_to_provider(
        type(client)(), sandbox, make_article(), provider, name="Nary Keo-Brandt"
    )

    assert User.objects.get().display_name == "Nary Keo-Brandt"


def test_name_changed_here_stays(client, sandbox):
    walk_to_provider(client, sandbox, make_article(), "google")
    client.post("/profile/", {"display_name": "N. K."})

    walk_to_provider(client, sandbox, make_article(), "google", name="Somebody")

    assert User.objects.get().display_name == "N. K."


def test_name_follows_the_first_of_several_services(client, sandbox):
    walk_to_provider(client, sandbox, make_article(), "google")
    connect(client, "facebook", name="Nary on Facebook")

    walk_to_provider(
        type(client)(), sandbox, make_article(), "facebook", name="Still another"
    )

    assert User.objects.get().display_name == "Nary Keo"


def test_name_is_tidied_and_never_too_long(client, sandbox):
    name = "\u202eevil\u202c " + "x" * 150

    walk_to_provider(client, sandbox, make_article(), "facebook", name=name)

    assert User.objects.get().display_name == "evil " + "x" * 75


def test_username_tells_nothing_about_the_person(client, sandbox):
    walk_to_provider(client, sandbox, make_article(), "twitter_oauth2")

    username = User.objects.get().username
    assert username.startswith("reader-")
    assert "nary" not in username


def test_google_vouches_for_the_address_and_facebook_does_not(client, sandbox):
    for provider, person in (("google", "nary"), ("facebook", "tomas")):
        walk_to_provider(
            type(client)(), sandbox, make_article(), provider, person=person
        )

    known = EmailAddress.objects.order_by("pk").values_list("email", "verified")
    assert list(known) == [(NARY.email, True), (PEOPLE["tomas"].email, False)]
    users = User.objects.order_by("pk").values_list("email", flat=True)
    assert list(users) == [NARY.email, PEOPLE["tomas"].email]


def test_google_with_an_id_token_is_the_same_person(client, sandbox, settings):
    walk_to_provider(type(client)(), sandbox, make_article(), "google")
    providers = settings.SOCIALACCOUNT_PROVIDERS
    google = providers["google"] | {"SCOPE": ["openid", "profile", "email"]}
    settings.SOCIALACCOUNT_PROVIDERS = providers | {"google": google}

    page = walk_to_provider(client, sandbox, make_article(), "google")

    assert page.context["identity"].state == "connected"
    assert signed_in(client) == User.objects.get()


@WITH_EMAIL
def test_person_without_an_address_has_an_account_all_the_same(
    client, sandbox, provider
):
    walk_to_provider(client, sandbox, make_article(), provider, without_email=1)

    assert signed_in(client).email == ""
    assert not EmailAddress.objects.exists()


def test_x_tells_a_website_and_no_address(client, sandbox):
    walk_to_provider(client, sandbox, make_article(), "twitter_oauth2")

    user = signed_in(client)
    assert (user.website, user.email) == (NARY.website, "")


@WITH_EMAIL
@pytest.mark.parametrize("is_verified", [True, False])
def test_address_of_another_account_is_not_taken_over(
    client, sandbox, provider, is_verified
):
    owner = make_user(email=NARY.email)
    EmailAddress.objects.create(user=owner, email=NARY.email, verified=is_verified)

    page = walk_to_provider(client, sandbox, make_article(), provider)

    assert page.context["identity"].state == "connected"
    assert signed_in(client) != owner
    assert signed_in(client).email == ""
    assert EmailAddress.objects.get().user == owner


def test_address_is_not_taken_over_in_other_capitals(client, sandbox):
    owner = make_user(email=NARY.email.upper())
    EmailAddress.objects.create(user=owner, email=NARY.email, verified=True)

    walk_to_provider(client, sandbox, make_article(), "google")

    assert signed_in(client).email == ""


def test_one_person_connects_several_services(client, sandbox):
    walk_to_provider(client, sandbox, make_article(), "google")

    for provider in ("twitter_oauth2", "facebook"):
        connect(client, provider)

    user = User.objects.get()
    for provider in ("google", "twitter_oauth2", "facebook"):
        browser = type(client)()
        walk_to_provider(browser, sandbox, make_article(), provider)
        assert signed_in(browser) == user


def test_service_of_another_account_cannot_be_connected(client, sandbox):
    walk_to_provider(type(client)(), sandbox, make_article(), "facebook")
    owner = User.objects.get()
    walk_to_provider(client, sandbox, make_article(), "google")

    connect(client, "facebook")

    assert SocialAccount.objects.get(provider="facebook").user == owner


def test_no_token_is_kept_while_a_password_is_asked_again(client, sandbox):
    """To connect a service, staff show their password once more."""
    client.force_login(make_user(is_staff=True))

    page = connect(client, "facebook")

    assert page.redirect_chain[-1][0] == reverse("account_reauthenticate")
    kept = str(dict(client.session))
    assert not [token for token in sandbox.issued_tokens if token in kept]


def test_account_that_was_switched_off_stays_out(client, sandbox):
    walk_to_provider(type(client)(), sandbox, make_article(), "google")
    User.objects.update(is_active=False)

    walk_to_provider(client, sandbox, make_article(), "google")

    assert "_auth_user_id" not in client.session


def test_nobody_signs_up_with_a_password(client):
    data = {"username": "sok", "password1": "xkcd-936!", "password2": "xkcd-936!"}

    page = client.post(reverse("account_signup"), data)

    assert page.status_code == 200
    assert not User.objects.exists()


def test_service_without_credentials_still_names_its_accounts(
    client, sandbox, settings
):
    walk_to_provider(client, sandbox, make_article(), "google")
    providers = settings.SOCIALACCOUNT_PROVIDERS
    settings.SOCIALACCOUNT_PROVIDERS = providers | {"google": {"APPS": []}}

    page = client.get(reverse("socialaccount_connections"))

    assert page.status_code == 200
