"""The window that finds an article to link to."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles import addresses, rendering
from tests.factories import make_article, make_editor, make_moderator, make_user

pytestmark = pytest.mark.django_db

PICKER = reverse("admin:articles_article_picker")


def offered(client, **query):
    page = client.get(PICKER, query).content.decode()
    return re.findall(r'data-url="([^"]+)"', page)


@pytest.fixture
def editor(client):
    client.force_login(make_editor())
    return client


def test_picker_offers_what_readers_can_reach_or_will(editor):
    soon = timezone.now() + timedelta(hours=1)
    old = make_article()
    new = make_article(published_at=soon)
    for status in ("draft", "review", "unpublished"):
        make_article(status=status)
    make_article(expires_at=timezone.now() - timedelta(minutes=1))

    assert offered(editor) == [new.get_absolute_url(), old.get_absolute_url()]
    assert "· scheduled" in editor.get(PICKER).content.decode()


def test_picker_finds_by_all_words_of_the_headline(editor):
    tide = make_article(headline="What the Tide gauges remember")
    make_article(headline="The tide", body="<p>Gauges.</p>")

    assert offered(editor, q="gauges tide") == [tide.get_absolute_url()]
    assert offered(editor, q="50%") == []


def test_picker_gives_an_address_without_an_origin_that_lives_on(editor):
    article = make_article(slug="before")
    [address] = offered(editor)

    addresses.move(article, by=None, slug="after")

    assert address.startswith("/2026/")
    assert editor.get(address).headers["location"] == article.get_absolute_url()


def test_picker_shows_headlines_as_text(editor):
    make_article(headline="1 < 2 & <b>")

    assert "1 &lt; 2 &amp; &lt;b&gt;" in editor.get(PICKER).content.decode()


def test_picker_answers_the_editor_that_opened_it(editor):
    page = editor.get(PICKER, {"CKEditorFuncNum": "3"}).content.decode()

    assert 'name="CKEditorFuncNum" value="3"' in page


def test_picker_is_the_newsrooms(client):
    assert client.get(PICKER).status_code == 302
    client.force_login(make_moderator())
    assert client.get(PICKER).status_code == 403
    client.force_login(make_user(groups=["Writers"], is_staff=True))
    assert client.get(PICKER).status_code == 200


def test_editor_knows_where_the_picker_is():
    assert rendering.BODY_EXTENSIONS["Link"]["pickerUrl"] == PICKER
