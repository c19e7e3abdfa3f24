"""A guest replies, a moderator decides, everybody reads."""

import re

from playwright.sync_api import expect

from comments.models import Comment
from tests.factories import make_article, make_comment, make_moderator
from tests.journeys.conftest import fill_reply

TEXT = "I was there when it opened."


def test_guest_reply_is_held_approved_and_read_by_all(
    open_page, browser, live_server, as_user
):
    article = make_article(headline="The bridge")
    page = open_page(article.get_absolute_url())
    fill_reply(page, TEXT)
    page.locator("#comment-submit").click()

    expect(page.get_by_text("Your comment is awaiting moderation.")).to_be_visible()
    expect(page.get_by_text(TEXT)).to_be_visible()
    expect(page.get_by_role("heading", name="No thoughts on")).to_be_visible()

    desk = browser.new_context()
    as_user(desk, make_moderator())
    queue = desk.new_page()
    queue.goto(f"{live_server.url}/admin/comments/comment/")
    expect(queue.locator("#result_list").get_by_text("first comment")).to_be_visible()
    queue.get_by_role("link", name="At the desk").click()
    queue.get_by_role("button", name="Approve").click()
    expect(queue.get_by_text("Nothing here matches.")).to_be_visible()

    stranger = browser.new_context().new_page()
    stranger.goto(f"{live_server.url}{article.get_absolute_url()}")
    expect(stranger.get_by_text(TEXT)).to_be_visible()
    heading = stranger.get_by_role("heading", name="One thought on “The bridge”")
    expect(heading).to_be_visible()


def test_guest_mends_and_withdraws(open_page):
    page = open_page(make_article().get_absolute_url())
    fill_reply(page, "Frist!")
    page.locator("#comment-submit").click()

    page.get_by_role("link", name="Edit").click()
    page.get_by_role("textbox", name="Comment").fill("First!")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("First!", exact=True)).to_be_visible()
    expect(page.get_by_text("Frist!")).to_have_count(0)
    assert [r.body for r in Comment.objects.get().revisions.all()] == [
        "Frist!",
        "First!",
    ]

    page.get_by_role("link", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw").click()
    expect(page).to_have_url(re.compile("#comments$"))
    expect(page.get_by_text("First!")).to_have_count(0)


def test_reader_reports_a_comment(open_page):
    comment = make_comment()
    page = open_page(comment.article.get_absolute_url())

    page.get_by_role("link", name=re.compile("^Report")).click()
    page.get_by_label("It is abusive or hateful").check()
    page.get_by_role("button", name="Report").click()

    expect(page.get_by_text("Thank you for your report.")).to_be_visible()
    assert comment.flags.get().reason == "abusive"


def test_form_works_without_javascript(browser, live_server):
    comment = make_comment()
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}{comment.article.get_absolute_url()}")

    page.get_by_role("link", name=re.compile("^Reply to")).click()
    title = page.get_by_role("heading", name="Leave a Reply to")
    expect(title).to_be_visible()
    fill_reply(page, "An answer without a script.")
    page.locator("#comment-submit").click()

    expect(page.get_by_text("Your comment is awaiting moderation.")).to_be_visible()
    reply = Comment.objects.get(parent=comment)
    assert reply.body == "An answer without a script."


def test_whole_way_by_keyboard_alone(open_page):
    comment = make_comment()
    page = open_page(comment.article.get_absolute_url())
    focused = page.locator(":focus")

    press_until(
        page, lambda: "comment-reply-link" in (focused.get_attribute("class") or "")
    )
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Comment")).to_be_focused()
    page.keyboard.type("Typed, never clicked.")
    press_until(page, lambda: focused.get_attribute("name") == "email")
    page.keyboard.type("sok@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type("Sok")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Your comment is awaiting moderation.")).to_be_visible()
    assert Comment.objects.get(parent=comment).body == "Typed, never clicked."


def press_until(page, is_there, key="Tab"):
    for _ in range(60):
        page.keyboard.press(key)
        if is_there():
            return
    raise AssertionError("The keyboard does not get there.")
