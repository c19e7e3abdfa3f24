"""Write first, sign in later: through the sandbox, as a person goes."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from articles.models import Article
from comments.models import Comment
from tests.factories import make_article, make_comment, make_commenter

pytestmark = pytest.mark.usefixtures("sandbox")

SERVICES = list(settings.SIGN_IN_PROVIDERS.values())
TEXT = "Half a thought, to be finished"


def to_the_service(page, service, text=TEXT):
    page.get_by_role("textbox", name="Comment").fill(text)
    page.get_by_role("button", name=f"Login via {service}").click()
    expect(page.get_by_role("heading", name="Sandbox")).to_be_visible()


def sign_in(page, service, text=TEXT):
    to_the_service(page, service, text)
    page.get_by_role("button", name="Allow").click()


@pytest.mark.parametrize("service", SERVICES)
def test_sign_in_from_a_half_written_reply_comes_back_with_it(open_page, service):
    comment = make_comment(commenter=make_commenter(name="Pieter"))
    page = open_page(comment.article.get_absolute_url())
    page.get_by_role("link", name="Reply to Pieter").click()

    sign_in(page, service)

    sentence = page.get_by_text(f"You are commenting using your {service} account.")
    expect(sentence).to_be_visible()
    expect(page.get_by_role("heading", name="Leave a Reply to Pieter")).to_be_visible()
    expect(page.get_by_role("textbox", name="Comment")).to_have_value(TEXT)
    expect(page.get_by_role("textbox", name="Email")).to_have_count(0)
    page.locator("#comment-submit").click()
    expect(page.get_by_text("Your comment is awaiting moderation.")).to_be_visible()
    reply = Comment.objects.get(parent=comment)
    assert (reply.body, reply.commenter.is_guest) == (TEXT, False)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("answer", "words"),
    [("Deny", "You did not sign in with"), ("Error", "Signing in with")],
)
def test_failed_sign_in_keeps_the_text_and_says_what_happened(
    open_page, service, answer, words
):
    page = open_page(make_article().get_absolute_url())
    to_the_service(page, service)

    page.get_by_role("button", name=answer).click()

    expect(page.get_by_role("alert")).to_contain_text(f"{words} {service}")
    expect(page.get_by_role("textbox", name="Comment")).to_have_value(TEXT)
    expect(page.get_by_role("textbox", name="Email")).to_be_visible()


def test_back_from_the_consent_page_finds_the_text(open_page):
    page = open_page(make_article().get_absolute_url())
    to_the_service(page, "Google")

    page.go_back()

    expect(page.get_by_role("textbox", name="Comment")).to_have_value(TEXT)
    expect(page.get_by_role("button", name="Login via Google")).to_be_visible()


def test_change_and_log_out_keep_the_text(open_page):
    page = open_page(make_article().get_absolute_url())
    sign_in(page, "Google")
    connected = page.get_by_text("You are commenting using your Google account.")
    expect(connected).to_be_visible()

    page.get_by_role("button", name="Change").click()
    expect(page.get_by_role("textbox", name="Email")).to_be_visible()
    expect(page.get_by_role("textbox", name="Comment")).to_have_value(TEXT)
    page.get_by_role("button", name="Login via Google").click()
    page.get_by_role("button", name="Allow").click()
    expect(connected).to_be_visible()

    page.get_by_role("button", name=re.compile(r"Log\sOut")).click()
    expect(page.get_by_role("textbox", name="Email")).to_have_value("")
    expect(page.get_by_role("textbox", name="Comment")).to_have_value(TEXT)
    expect(connected).to_be_hidden()


def test_service_without_an_address_explains_the_boxes(open_page):
    page = open_page(make_article().get_absolute_url())
    sign_in(page, "Twitter")

    box = page.get_by_role("checkbox", name="Notify me of new comments via email.")
    expect(box).to_be_disabled()
    expect(page.get_by_text("Twitter gave us no email address")).to_be_visible()
    expect(page.get_by_role("link", name="Add one")).to_be_visible()


def test_sign_in_works_without_javascript(browser, live_server):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}{make_article().get_absolute_url()}")

    sign_in(page, "Facebook")

    sentence = page.get_by_text("You are commenting using your Facebook account.")
    expect(sentence).to_be_visible()
    expect(page.get_by_role("textbox", name="Comment")).to_have_value(TEXT)


CANCEL_WHEN_CONNECTING = """
const panel = document.getElementById("comment-form-load-service");
new MutationObserver((_, observer) => {
  observer.disconnect();
  window.said = panel.querySelector("p").innerText;
  setTimeout(() => panel.querySelector("button").click(), 500);
}).observe(panel, {attributes: true});
"""


def test_connecting_is_said_and_can_be_cancelled(open_page, page):
    open_page(make_article().get_absolute_url())
    page.get_by_role("textbox", name="Comment").fill(TEXT)
    page.route(re.compile("/comments/$"), lambda route: None)  # no answer ever
    # Playwright itself waits for navigations: the page has to press its own button.
    page.evaluate(CANCEL_WHEN_CONNECTING)

    page.get_by_role("button", name="Login via Google").click(no_wait_after=True)

    expect(page.get_by_role("textbox", name="Email")).to_be_visible()
    expect(page.get_by_role("textbox", name="Comment")).to_have_value(TEXT)
    assert page.evaluate("window.said") == "Connecting to Google"
    assert page.url.endswith(Article.objects.get().get_absolute_url())
