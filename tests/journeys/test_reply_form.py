"""The lines of the reply form's check list that need a browser, by their numbers."""

import pytest
from playwright.sync_api import expect

from comments.models import Comment
from tests.factories import make_article, make_comment, make_commenter
from tests.journeys.conftest import fill_reply


def text_box(page):
    return page.get_by_role("textbox", name="Comment")


def test_line_02_first_focus_unfolds(open_page):
    page = open_page(make_article().get_absolute_url())
    expect(page.locator("#comment-submit")).to_be_hidden()

    text_box(page).focus()

    expect(page.locator("#comment-submit")).to_be_visible()
    expect(page.get_by_role("textbox", name="Email")).to_be_visible()
    page.keyboard.press("Escape")
    text_box(page).blur()
    expect(page.locator("#comment-submit")).to_be_visible()


def test_line_08_errors_stand_in_the_form_before_anything_is_sent(open_page):
    page = open_page(make_article().get_absolute_url())
    text_box(page).focus()

    page.locator("#comment-submit").click()

    for words in (
        "Please enter a comment",
        "Please enter your email address here",
        "Please enter your name here",
    ):
        expect(page.get_by_text(words)).to_be_visible()
    expect(text_box(page)).to_be_focused()
    page.get_by_role("textbox", name="Email").fill("sok@")
    page.locator("#comment-submit").click()
    expect(page.get_by_text("Invalid email address")).to_be_visible()
    assert not Comment.objects.exists()


def test_line_08_a_refusal_stands_in_the_form_with_the_text(open_page):
    article = make_article()
    page = open_page(article.get_absolute_url())
    for _ in range(2):
        fill_reply(page, "Said twice.")
        page.locator("#comment-submit").click()
        page.wait_for_load_state()

    expect(page.get_by_role("alert")).to_contain_text("Duplicate comment detected")
    expect(text_box(page)).to_have_value("Said twice.")


def test_line_08_whatever_else_is_wrong_is_said_first_and_has_the_focus(open_page):
    page = open_page(make_article().get_absolute_url())
    fill_reply(page)
    page.get_by_role("textbox", name="Website").fill("not a url at all")

    page.locator("#comment-submit").click()

    expect(page.get_by_role("alert")).to_contain_text("Not posted yet")
    expect(page.get_by_role("textbox", name="Website")).to_be_focused()


def test_line_08_boxes_stay_side_by_side_where_one_is_wrong(open_page):
    page = open_page(make_article().get_absolute_url())
    boxes = [page.get_by_role("textbox", name=name) for name in ("Email", "Name")]
    fill_reply(page)
    boxes[0].fill("sok@")

    page.locator("#comment-submit").click()

    expect(page.get_by_text("Invalid email address")).to_be_visible()
    email, name = [box.bounding_box()["y"] for box in boxes]
    assert email == name


def test_line_11_form_moves_below_the_comment_and_comes_back(open_page):
    comment = make_comment(commenter=make_commenter(name="Pieter"))
    other = make_comment(
        article=comment.article, commenter=make_commenter(name="Ratha")
    )
    page = open_page(comment.article.get_absolute_url())
    inside = page.locator(f"#comment-{comment.pk} #respond")

    page.get_by_role("link", name="Reply to Pieter").click()
    expect(inside).to_be_visible()
    expect(page.get_by_role("heading", name="Leave a Reply to Pieter")).to_be_visible()
    expect(text_box(page)).to_be_focused()
    text_box(page).fill("Half a thought")

    page.get_by_role("link", name="Reply to Ratha").click()
    expect(page.locator(f"#comment-{other.pk} #respond")).to_be_visible()
    expect(inside).to_have_count(0)

    page.get_by_role("link", name="Cancel reply").click()
    expect(page.locator("#comments > #respond")).to_be_visible()
    heading = page.get_by_role("heading", name="Leave a Reply", exact=True)
    expect(heading).to_be_visible()
    expect(text_box(page)).to_have_value("Half a thought")
    expect(page.get_by_role("link", name="Reply to Ratha")).to_be_focused()


@pytest.mark.parametrize("key", ["Control+Enter", "Meta+Enter"])
def test_ctrl_enter_sends(open_page, key):
    page = open_page(make_article().get_absolute_url())
    fill_reply(page, "Sent by keyboard.")
    text_box(page).press(key)

    expect(page.get_by_text("Your comment is awaiting moderation.")).to_be_visible()


def test_double_click_is_one_comment(open_page):
    page = open_page(make_article().get_absolute_url())
    fill_reply(page)

    page.locator("#comment-submit").dblclick()

    expect(page.get_by_text("Your comment is awaiting moderation.")).to_be_visible()
    assert Comment.objects.count() == 1


def test_text_survives_leaving_the_page(open_page, page):
    article = make_article()
    open_page(article.get_absolute_url())
    text_box(page).fill("Not finished yet")

    open_page("/")
    open_page(article.get_absolute_url())

    expect(text_box(page)).to_have_value("Not finished yet")


def test_half_a_reply_is_one_after_leaving_the_page(open_page, page):
    comment = make_comment(commenter=make_commenter(name="Pieter"))
    open_page(comment.article.get_absolute_url())
    page.get_by_role("link", name="Reply to Pieter").click()
    text_box(page).fill("Half a thought")

    open_page("/")
    open_page(comment.article.get_absolute_url())

    reply = page.locator(f"#comment-{comment.pk} #respond")
    expect(reply.get_by_role("heading", name="Leave a Reply to Pieter")).to_be_visible()
    expect(text_box(page)).to_have_value("Half a thought")
    expect(page.locator("#comment_parent")).to_have_value(str(comment.pk))


@pytest.mark.parametrize("cancels", [False, True])
def test_half_a_reply_answers_the_same_after_a_crash(open_page, page, cancels):
    comment = make_comment(commenter=make_commenter(name="Pieter"))
    open_page(comment.article.get_absolute_url())
    page.get_by_role("link", name="Reply to Pieter").click()
    text_box(page).fill("Half a thought")
    if cancels:
        page.get_by_role("link", name="Cancel reply").click()

    with page.expect_popup() as opened:  # with what is kept, and nobody has left
        page.evaluate("window.open(location.pathname)")

    expect(text_box(opened.value)).to_have_value("Half a thought")
    parent = "" if cancels else str(comment.pk)
    expect(opened.value.locator("#comment_parent")).to_have_value(parent)


def test_posted_text_does_not_come_back(open_page, page):
    article = make_article()
    open_page(article.get_absolute_url())
    fill_reply(page, "Done and sent.")
    page.locator("#comment-submit").click()
    expect(page.get_by_text("Your comment is awaiting moderation.")).to_be_visible()

    open_page(article.get_absolute_url())

    expect(text_box(page)).to_have_value("")


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_page_is_wider_than_its_window(open_page, page, width):
    parent = None
    for _ in range(7):
        parent = make_comment(
            parent=parent,
            body="Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten "
            * 2
            + "https://example.org/"
            + "very-long-address-" * 8,
            **({} if parent else {"article": make_article(headline="W" * 60)}),
        )
    page.set_viewport_size({"width": width, "height": 800})

    open_page(f"{parent.article.get_absolute_url()}?replytocom={parent.root_id}")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
