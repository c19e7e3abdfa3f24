"""A piece's whole life: written, reviewed, scheduled, corrected, moved, taken back."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from articles.models import Article
from tests.articles.pictures import drawn
from tests.factories import make_editor, make_section, make_user

HEADLINE = "The lighthouse keeps its keeper"
PLACES = ["/", "/sections/harbour/", "/feed/", "/feed/atom/", "/sitemaps/news.xml"]
PLACES += ["/search/?q=lighthouse", "/sitemaps/articles/1.xml"]


@pytest.fixture
def chief(db):
    return make_editor(groups=["Chiefs"], display_name="Carla Chief")


@pytest.fixture
def clock():
    """Time passes, and the test may turn its hands."""
    with time_machine.travel(timezone.now(), tick=True) as moved:
        yield moved


def change(article):
    return reverse("admin:articles_article_change", args=[article.pk])


def where_it_is(reader):
    """By its slug, old or new: headlines have a no-break space in some places."""
    told = re.compile("lighthouse-(keeps|and)")
    return [p for p in PLACES if told.search(reader.request.get(p).text())]


def write(page, **fields):
    page.get_by_label("Headline:").fill(HEADLINE)
    body = page.locator(".tiptap.ProseMirror")
    body.click()
    body.press_sequentially("The lamp was lit by hand until last year.")
    for label, value in fields.items():
        page.get_by_label(label).select_option(label=value)
    page.get_by_role("button", name="Save and continue editing").click()


def upload_picture(page):
    page.goto(reverse("admin:articles_image_add"))
    picture = {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": drawn()}
    page.get_by_label("Picture").set_input_files(picture)
    page.get_by_label("Alternative text").fill("The lamp room at dusk")
    page.get_by_label("Credit").fill("Photograph: Wim")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was added successfully").wait_for()


def choose_picture(page):
    page.locator(".field-lead_image .select2-selection").click()
    page.get_by_role("searchbox").last.fill("lamp room")
    page.get_by_role("option", name="The lamp room at dusk").click()


def test_life_of_a_piece(desk, browser, live_server, chief, clock):
    make_section(name="Harbour", slug="harbour")
    writer = desk(make_user(groups=["Writers"], is_staff=True, display_name="Wim"))
    reader = browser.new_context(base_url=live_server.url)
    upload_picture(writer)
    writer.goto(reverse("admin:articles_article_add"))
    choose_picture(writer)
    write(writer, Section="Harbour")
    article = Article.objects.get()
    writer.get_by_role("button", name="Send to review").click()
    writer.get_by_text("In review: it waits for an editor.").wait_for()

    page = desk(chief, viewport={"width": 1280, "height": 900})
    page.goto(change(article))
    page.get_by_text("Nobody is credited.").wait_for()
    page.get_by_role("link", name="Preview on a phone").click()
    phone = page.frame_locator("iframe.phone")
    phone.get_by_role("heading", name=HEADLINE, exact=True).wait_for()
    assert phone.locator("html").evaluate("e => e.clientWidth") in range(370, 391)

    page.goto(change(article))
    soon = timezone.localtime() + timedelta(minutes=2)
    page.get_by_label("Appear at").fill(f"{soon:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Schedule", exact=True).click()
    page.get_by_text("Scheduled: readers will see it from").wait_for()
    article.refresh_from_db()
    here = article.get_absolute_url()
    assert (where_it_is(reader), reader.request.get(here).status) == ([], 404)

    clock.move_to(article.published_at + timedelta(seconds=1))
    assert where_it_is(reader) == PLACES
    seen = reader.new_page()
    assert seen.goto(here).status == 200
    picture = seen.get_by_role("img", name="The lamp room at dusk")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    assert "Photograph: Wim" in seen.locator("figure").inner_text()

    correct_move_and_take_back(page, reader, article, here)


def correct_move_and_take_back(page, reader, article, here):
    page.goto(change(article))
    page.get_by_label("Correction").fill("The lamp was lit by hand until 2019.")
    page.get_by_role("button", name="Publish the correction").click()
    page.get_by_text("Done.").wait_for()
    for place in (here, "/feed/", "/corrections/"):
        assert "until 2019" in reader.request.get(place).text()

    slug = page.locator(f"form[action$='/{article.pk}/move/'] input[name=slug]")
    slug.fill("lighthouse-and-keeper")
    page.get_by_role("button", name="Move", exact=True).click()
    page.get_by_text("Done.").wait_for()
    answer = reader.request.get(here, max_redirects=0)
    there = answer.headers["location"]
    assert (answer.status, there.split("/")[-2]) == (301, "lighthouse-and-keeper")

    page.get_by_role("button", name="Unpublish").click()
    page.get_by_text("Unpublished: readers have seen it").wait_for()
    assert [reader.request.get(place).status for place in (here, there)] == [410, 410]
    assert where_it_is(reader) == []


def test_two_editors_and_one_article(desk, chief, assert_accessible):
    article = Article.objects.create(
        headline="Opened", slug="opened", body="<p>The ferry is late.</p>"
    )
    first, second = desk(chief), desk(make_editor(display_name="Omar"))
    first.goto(change(article))
    second.goto(change(article))
    second.get_by_text("Carla Chief has this article open too").wait_for()
    first.get_by_label("Headline:").fill("Theirs")
    first.get_by_role("button", name="Save", exact=True).click()
    second.get_by_label("Headline:").fill("Mine")
    second.get_by_role("button", name="Save", exact=True).click()

    second.get_by_text("Somebody saved this article while you were writing").wait_for()
    assert second.get_by_label("Headline:").input_value() == "Mine"
    second.get_by_role("button", name="Save mine over theirs").click()
    second.goto(reverse("admin:articles_article_revisions", args=[article.pk]))
    second.get_by_role("button", name="Compare").click()

    second.get_by_text("From revision 2 to revision 3").wait_for()
    assert second.locator("del").first.text_content() == "Theirs"
    assert_accessible(second, "revisions")


def test_typing_survives_a_crash(desk, chief):
    article = Article.objects.create(
        headline="Opened", slug="opened", body="<p>The ferry is late.</p>"
    )
    page = desk(chief)
    page.goto(change(article))
    page.get_by_label("Headline:").fill("Typed and never saved")
    page.get_by_text("What you type is kept apart").wait_for()

    page.goto(change(article))
    page.get_by_role("link", name="Put it into the form").click()

    assert page.get_by_label("Headline:").input_value() == "Typed and never saved"
    article.refresh_from_db()
    assert article.headline == "Opened"


def test_who_is_signed_out_while_typing_is_told_and_loses_nothing(desk, chief, as_user):
    article = Article.objects.create(
        headline="Opened", slug="opened", body="<p>The ferry is late.</p>"
    )
    page = desk(chief)
    page.goto(change(article))
    page.context.clear_cookies()
    page.get_by_label("Headline:").fill("Typed while signed out")
    page.get_by_text("What you type is not kept").wait_for()

    as_user(page.context, chief)
    page.get_by_text("What you type is kept apart").wait_for()
    page.get_by_role("button", name="Save", exact=True).click()

    page.get_by_text("was changed successfully").wait_for()
    article.refresh_from_db()
    assert article.headline == "Typed while signed out"


@pytest.mark.parametrize("leave", ["Publish now", "View site"])
def test_nobody_leaves_unsaved_words_unasked(leave, desk, chief):
    article = Article.objects.create(
        headline="Opened", slug="opened", body="<p>The ferry is late.</p>"
    )
    page, asked = desk(chief), []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.goto(change(article))
    page.get_by_label("Headline:").fill("Not saved")

    page.get_by_text(leave, exact=True).first.click(no_wait_after=True)
    page.wait_for_timeout(500)

    assert asked == ["beforeunload"]
    assert page.get_by_label("Headline:").input_value() == "Not saved"
    article.refresh_from_db()
    assert article.status == "draft"
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was changed successfully").wait_for()
    assert asked == ["beforeunload"]


def test_nobody_leaves_a_new_article_unasked(desk, chief):
    page, asked = desk(chief), []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.goto(reverse("admin:articles_article_add"))
    page.get_by_label("Headline:").fill("Not saved")

    page.get_by_text("View site", exact=True).click(no_wait_after=True)
    page.wait_for_timeout(500)

    assert asked == ["beforeunload"]
    assert page.get_by_label("Headline:").input_value() == "Not saved"


def test_slug_follows_a_headline_of_any_script(desk, chief):
    page = desk(chief)
    page.goto(reverse("admin:articles_article_add"))
    slug = page.get_by_label("Slug:")

    page.get_by_label("Headline:").press_sequentially("កម្ពុជា 65")
    expect(slug).to_have_value("kmpocha-65")
    slug.fill("my-own")
    page.get_by_label("Headline:").press_sequentially(" ឆ្នាំ")
    page.wait_for_timeout(600)

    expect(slug).to_have_value("my-own")
