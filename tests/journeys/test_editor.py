"""What the bar over the text makes: tables, links to our own articles, notes."""

import re
from contextlib import suppress

import pytest
from django.urls import reverse
from playwright.sync_api import Error, expect

from articles.models import Article
from tests.articles.test_pasted import CLEAN, clipboard
from tests.factories import make_article, make_editor

TEXT = ".tiptap.ProseMirror"


@pytest.fixture
def window(desk):
    """An editor's window, at a new article."""
    page = desk(make_editor(), viewport={"width": 1280, "height": 1000})
    page.goto(reverse("admin:articles_article_add"))
    page.get_by_label("Headline:").fill("The lighthouse")
    page.locator(TEXT).click()
    return page


def save(page):
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_text("was added successfully").wait_for()
    return Article.objects.latest("pk")


def insert_table(page):
    page.get_by_role("button", name="Insert table").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Rows").fill("2")
    dialog.get_by_label("Columns").fill("2")
    dialog.get_by_label("Include header row").select_option("Yes")
    dialog.get_by_role("button", name="Insert Table").click()
    for words in ("Year", "Ships", "2019"):
        page.keyboard.type(words)
        page.keyboard.press("Tab")
    page.keyboard.type("41")


def link_first_word(page, search):
    """Once it is selected by the keyboard alone, in both windows."""
    first = page.locator(f"{TEXT} p").first
    first.dblclick(position={"x": 20, "y": 12})
    link = page.get_by_role("button", name="insert link")
    expect(link).not_to_have_class(re.compile("disabled"))  # it has seen the selection
    page.keyboard.press("Control+k")
    expect(page.get_by_label("URL")).to_be_focused()
    page.keyboard.press("Tab")
    with page.expect_popup() as opened:
        page.keyboard.press("Enter")
    picker = opened.value
    expect(picker.get_by_role("searchbox")).to_be_focused()
    picker.keyboard.type(search)
    picker.keyboard.press("Enter")
    picker.wait_for_url(re.compile("q="))
    expect(picker.get_by_role("searchbox")).to_be_focused()
    picker.keyboard.press("Tab")
    picker.keyboard.press("Tab")
    with picker.expect_event("close"), suppress(Error):  # gone before it can answer
        picker.keyboard.down("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(f"{TEXT} a")).to_be_visible()


PASTE = """(element, [kind, text]) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData(kind, text);
  const event = new ClipboardEvent("paste", { clipboardData, bubbles: true });
  element.dispatchEvent(event);
}"""


@pytest.mark.parametrize("name", CLEAN)
def test_pasting_from_elsewhere_stores_what_was_meant(window, name):
    window.locator(TEXT).evaluate(PASTE, ["text/html", clipboard(name)])
    expect(window.locator(TEXT)).to_contain_text("The end.")

    assert save(window).body == CLEAN[name]


def test_table_link_and_note_reach_the_reader(window, browser, live_server):
    make_article(headline="Another piece")
    linked = make_article(headline="What the tide gauges remember")
    page = window
    page.keyboard.type("Earlier it was lit by hand^[Until 2019.], then by gas.")
    page.keyboard.press("Enter")
    insert_table(page)
    link_first_word(page, "tide")

    article = save(page)
    Article.objects.filter(pk=article.pk).update(
        status="published", published_at="2026-11-02T09:00Z", published_on="2026-11-02"
    )

    here = linked.get_absolute_url()
    text = "it was lit by hand<small>Until 2019.</small>, then by gas."
    assert article.body.startswith(f'<p><a href="{here}">Earlier</a> {text}</p><table>')
    reader = browser.new_page(base_url=live_server.url)
    article.refresh_from_db()
    reader.goto(article.get_absolute_url())
    table = reader.get_by_role("region", name="Table 1")
    expect(table.get_by_role("columnheader", name="Ships")).to_be_visible()
    expect(table.get_by_role("cell", name="41")).to_be_visible()
    reader.get_by_role("link", name="Earlier").click()
    assert reader.url.endswith(here)
    reader.go_back()
    reader.locator("a[href='#note-1']").click()
    expect(reader.locator("#note-1:target")).to_contain_text("Until 2019.")
    reader.get_by_role("link", name="Back to note 1 in the text").click()
    assert reader.url.endswith("#note-1-ref")


def test_note_begins_and_ends_by_key_and_button(window):
    button = window.get_by_role("button", name="note: it gets its number")
    window.keyboard.type("One")
    window.keyboard.press("Control+Alt+f")
    expect(button).to_have_class(re.compile("active"))
    window.keyboard.type("first")
    button.click()
    expect(button).not_to_have_class(re.compile("active"))
    window.keyboard.type(", two")

    assert save(window).body == "<p>One<small>first</small>, two</p>"


def test_pasted_address_of_a_film_is_stored_as_a_link(window):
    film = "https://www.youtube.com/watch?v=a"
    window.keyboard.type("One.")
    window.keyboard.press("Enter")
    window.locator(TEXT).evaluate(PASTE, ["text/plain", film])
    expect(window.locator(f"{TEXT} a")).to_have_text(film)

    assert save(window).body == f'<p>One.</p><p><a href="{film}">{film}</a></p>'


# Django's own: fields that search, and the inline table's empty head.
DJANGOS = [".select2-container", "th.original"]


def test_editor_is_accessible(desk, assert_accessible):
    article = make_article(body=CLEAN["word"])
    page = desk(make_editor())
    for name in ("articles_article_add", "articles_article_picker"):
        page.goto(reverse(f"admin:{name}"))
        assert_accessible(page, name, but=DJANGOS)
    page.goto(reverse("admin:articles_article_change", args=[article.pk]))
    page.locator(f"{TEXT} td").first.click()
    expect(page.get_by_role("textbox", name="Body")).to_be_focused()
    assert_accessible(page, "in a table", but=DJANGOS)
    page.get_by_role("button", name="Insert table").click()
    assert_accessible(page, "table dialog", but=DJANGOS)
    page.keyboard.press("Escape")
    page.locator(f"{TEXT} a").first.click()
    page.get_by_role("button", name="insert link").click()
    assert_accessible(page, "link dialog", but=DJANGOS)


def test_wide_table_scrolls_in_its_own_place(open_page):
    cells = "<td><p>1,234,567</p></td>" * 9
    table = f"<table><tbody><tr>{cells}</tr></tbody></table>"
    page = open_page("/")
    page.set_viewport_size({"width": 360, "height": 740})
    open_page(make_article(body=table).get_absolute_url())

    table = page.get_by_role("region", name="Table 1")
    table.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)  # it glides

    assert table.evaluate("e => e.scrollLeft") > 0
    wide = "e => e.scrollWidth > e.clientWidth"
    assert table.evaluate(wide)
    assert not page.locator("html").evaluate(wide)
