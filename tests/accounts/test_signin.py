"""The way to a provider and back, above all when it goes wrong."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from accounts import signin
from accounts.models import ProviderPause, User
from tests.factories import make_article, make_user
from tests.posting import post_reply
from tests.sandbox import come_back, decide, walk_to_provider

pytestmark = pytest.mark.django_db

IDS = ["google", "twitter_oauth2", "facebook"]
LABELS = {"google": "Google", "twitter_oauth2": "Twitter", "facebook": "Facebook"}
ALL = pytest.mark.parametrize("provider", IDS)
WORDS = {
    "deny": "You did not sign in with {}; nothing was lost.",
    "error": "Signing in with {} went wrong",
    "slow": "{} did not answer in time",
    "strange": "Signing in with {} went wrong",
}


@pytest.fixture
def no_credentials(settings):
    settings.SOCIALACCOUNT_PROVIDERS = {
        name: options | {"APPS": []}
        for name, options in settings.SOCIALACCOUNT_PROVIDERS.items()
    }


def set_off(client, article, provider):
    """The address at the provider to which the reply form's button leads."""
    sent = post_reply(client, article, comment="Half a thought", connect=provider)
    return sent["Location"]


def swap(address, **values):
    """``address`` with other values in its query."""
    parts = urlsplit(address)
    query = {name: found[0] for name, found in parse_qs(parts.query).items()}
    return parts._replace(query=urlencode(query | values)).geturl()


def value(address, name):
    return parse_qs(urlsplit(address).query)[name][0]


def assert_back_as_a_guest(page, client):
    assert page.context["identity"].state == "guest"
    assert page.context["form"]["comment"].value() == "Half a thought"
    assert page.context["sign_in_problem"]
    assert "_auth_user_id" not in client.session
    assert not User.objects.exists()


def test_providers_stand_in_our_order_under_our_labels(django_assert_num_queries):
    with django_assert_num_queries(1):
        found = signin.providers()

    assert [(p.id, p.label) for p in found] == list(LABELS.items())


def test_no_credentials_no_provider_no_query(no_credentials, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert signin.providers() == []


def test_paused_provider_has_no_button(client):
    article = make_article()
    ProviderPause.objects.create(provider="facebook")

    page = client.get(article.get_absolute_url())
    own = client.get(reverse("account_login")).content.decode()

    assert [p.id for p in page.context["providers"]] == IDS[:2]
    assert reverse("google_login") in own
    assert reverse("facebook_login") not in own


@pytest.mark.parametrize("provider", ["facebook", "myspace", ""])
def test_unavailable_provider_is_said_in_the_form(client, provider):
    ProviderPause.objects.create(provider="facebook")

    page = post_reply(client, make_article(), comment="Half", connect=provider or "?")

    assert page.status_code == 503
    assert page.context["form"]["comment"].value() == "Half"
    assert page.context["form"].non_field_errors()


@ALL
def test_paused_provider_is_shut_at_every_address(client, provider):
    ProviderPause.objects.create(provider=provider)

    page = client.post(reverse(f"{provider}_login"), follow=True)

    assert page.redirect_chain == [(reverse("account_login"), 302)]


@ALL
def test_provider_without_credentials_is_shut_too(client, no_credentials, provider):
    page = client.post(reverse(f"{provider}_login"), follow=True)

    assert page.redirect_chain == [(reverse("account_login"), 302)]


def test_provider_paused_on_the_way_brings_the_reader_back(client, sandbox):
    address = decide(set_off(client, make_article(), "google"))
    ProviderPause.objects.create(provider="google")

    page = come_back(client, address)

    assert_back_as_a_guest(page, client)
    assert "not possible at the moment" in page.context["sign_in_problem"]


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "x"]
)
def test_sign_in_returns_to_our_own_pages_only(elsewhere):
    with pytest.raises(ValueError, match="path of ours"):
        signin.begin(RequestFactory().get("/"), "google", return_to=elsewhere)


@ALL
@pytest.mark.parametrize("answer", WORDS)
def test_failure_is_told_once_and_keeps_the_reply(
    client, sandbox, settings, provider, answer
):
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 0.5
    article = make_article()

    page = walk_to_provider(client, sandbox, article, provider, answer=answer)

    assert page.redirect_chain == [(f"{article.get_absolute_url()}#respond", 302)]
    assert_back_as_a_guest(page, client)
    expected = WORDS[answer].format(LABELS[provider])
    assert page.context["sign_in_problem"].startswith(expected)
    again = client.get(article.get_absolute_url())
    assert again.context["sign_in_problem"] == ""
    assert again.context["form"]["comment"].value() == "Half a thought"


def test_failure_after_all_and_then_success_leaves_no_word(client, sandbox):
    article = make_article()
    address = decide(set_off(client, article, "google"), answer="deny")
    parts = urlsplit(address)
    client.get(f"{parts.path}?{parts.query}")  # and the page is never looked at

    page = walk_to_provider(client, sandbox, article, "google")

    assert page.context["identity"].state == "connected"
    assert page.context["sign_in_problem"] == ""


def test_each_of_two_tabs_comes_back_to_its_own_article(client, sandbox):
    first, second = make_article(), make_article()
    first_address = decide(set_off(client, first, "google"), answer="deny")
    set_off(client, second, "google")

    page = come_back(client, first_address)

    assert page.redirect_chain[-1][0] == f"{first.get_absolute_url()}#respond"


def test_failure_of_a_sign_in_from_allauths_page_stays_there(client, sandbox):
    sent = client.post(reverse("google_login"))

    page = come_back(client, decide(sent["Location"], answer="deny"))

    assert page.redirect_chain[-1][0] == reverse("socialaccount_login_cancelled")


@ALL
def test_wrong_state_is_refused(client, sandbox, provider):
    address = decide(set_off(client, make_article(), provider))

    page = come_back(client, swap(address, state="made-up"))

    assert_back_as_a_guest(page, client)


@ALL
def test_another_browsers_answer_is_refused(client, sandbox, provider):
    address = decide(set_off(type(client)(), make_article(), provider))

    page = come_back(client, address)

    assert page.status_code == 401
    assert not User.objects.exists()


@ALL
def test_code_is_good_once(client, sandbox, provider):
    other = type(client)()
    used = decide(set_off(other, make_article(), provider))
    come_back(other, used)
    User.objects.all().delete()
    own = set_off(client, make_article(), provider)

    page = come_back(client, swap(used, state=value(own, "state")))

    assert_back_as_a_guest(page, client)


@pytest.mark.parametrize("provider", IDS[:2])
def test_code_of_another_browser_fails_for_want_of_its_verifier(
    client, sandbox, provider
):
    stolen = decide(set_off(type(client)(), make_article(), provider))
    own = set_off(client, make_article(), provider)

    page = come_back(client, swap(stolen, state=value(own, "state")))

    assert_back_as_a_guest(page, client)


@pytest.mark.parametrize(
    ("given_by", "shown_to"),
    [(one, other) for one in IDS for other in IDS if one != other],
)
def test_code_of_one_provider_is_refused_by_another(
    client, sandbox, given_by, shown_to
):
    foreign = decide(set_off(client, make_article(), given_by))
    own = decide(set_off(client, make_article(), shown_to))

    page = come_back(client, swap(own, code=value(foreign, "code")))

    assert_back_as_a_guest(page, client)


def test_reply_outlives_a_change_from_one_account_to_another(client, sandbox):
    other = make_user()
    client.force_login(other)

    page = walk_to_provider(client, sandbox, make_article(), "google")

    assert client.session["_auth_user_id"] != str(other.pk)
    assert page.context["identity"].name == "Nary Keo"
    assert page.context["form"]["comment"].value() == "Half a thought"


def test_reply_outlives_a_sign_in_over_an_account_that_is_gone(client, sandbox):
    """Django empties a session that names somebody else, even somebody deleted."""
    other = make_user()
    client.force_login(other)
    other.delete()

    page = walk_to_provider(client, sandbox, make_article(), "google")

    assert page.context["form"]["comment"].value() == "Half a thought"


def test_reply_outlives_a_password_sign_in(client):
    article, user = make_article(), make_user()
    set_off(client, article, "google")

    data = {"login": user.username, "password": "a password"}
    client.post(reverse("account_login"), data)

    page = client.get(article.get_absolute_url())
    assert page.context["identity"].name == "Dara Chan"
    assert page.context["form"]["comment"].value() == "Half a thought"


def test_sign_out_leaves_nothing_behind(client, sandbox):
    walk_to_provider(client, sandbox, make_article(), "google")

    client.post(reverse("account_logout"))

    kept = dict(client.session)
    assert not [key for key in kept if key.startswith(signin.KEPT)]


@ALL
def test_session_knows_its_service(client, sandbox, provider):
    page = walk_to_provider(client, sandbox, make_article(), provider)

    assert page.context["identity"].service == LABELS[provider]


def test_password_is_no_service(client):
    user = make_user()
    data = {"login": user.username, "password": "a password"}
    client.post(reverse("account_login"), data)

    page = client.get(make_article().get_absolute_url())

    assert page.context["identity"].state == "connected"
    assert page.context["identity"].service == ""


@pytest.mark.usefixtures("no_cache")
@pytest.mark.parametrize("name", ["account_login", "account_reset_password"])
def test_attempt_that_cannot_be_counted_is_not_made(client, mailoutbox, name):
    user = make_user(email="dara@example.org")
    data = {"login": user.username, "password": "a password", "email": user.email}

    answer = client.post(reverse(name), data)

    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "Sign-in and reports are unavailable for a moment" in answer.text
    assert "no-store" in answer["Cache-Control"]
    assert "_auth_user_id" not in client.session
    assert mailoutbox == []


@pytest.mark.parametrize("address", ["dara@example.org", "nobody@example.org"])
def test_reset_is_answered_as_usual_while_no_mail_can_be_sent(
    client, settings, caplog, address
):
    make_user(email="dara@example.org")
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    options = {"host": "127.0.0.1", "port": 1}
    settings.MAILERS = {"default": {"BACKEND": smtp, "OPTIONS": options}}

    answer = client.post(reverse("account_reset_password"), {"email": address})

    assert answer["Location"] == reverse("account_reset_password_done")
    (said,) = [line for line in caplog.messages if "mail" in line]
    assert said.startswith("No mail was sent (account/email/")
    assert said.endswith(": ConnectionRefusedError")
    assert address not in caplog.text


def test_reset_sends_a_link_at_once_and_leaves_it_in_no_row(
    client, settings, mailoutbox
):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    user = make_user(email="dara@example.org")

    client.post(reverse("account_reset_password"), {"email": user.email})

    (mail,) = mailoutbox
    assert "/accounts/password/reset/key/" in mail.body
    assert not DBTaskResult.objects.exists()


@ALL
@pytest.mark.usefixtures("no_cache")
def test_provider_signs_in_without_the_cache(client, sandbox, provider):
    page = walk_to_provider(client, sandbox, make_article(), provider)

    assert page.context["identity"].service == LABELS[provider]


def test_admin_signs_in_with_us_and_comes_back(client):
    user = make_user(is_staff=True)

    page = client.get("/admin/", follow=True)
    address = page.redirect_chain[-1][0]
    data = {"login": user.username, "password": "a password", "next": "/admin/"}
    inside = client.post(reverse("account_login"), data, follow=True)

    assert urlsplit(address).path == reverse("account_login")
    assert value(address, "next") == "/admin/"
    assert inside.request["PATH_INFO"] == "/admin/"
    assert inside.status_code == 200
