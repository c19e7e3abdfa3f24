"""What the paper got wrong is said, dated, wherever the article is read."""

from datetime import UTC, datetime

import feedparser
import pytest
import time_machine
from django.urls import reverse

from articles import publishing
from articles.models import Correction
from tests.factories import make_article, make_editor, make_user

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
WORDS = "The ferry seats 240 people, not 420."


def correct(article, text=WORDS, at=NOON):
    with time_machine.travel(at, tick=False):
        return publishing.correct(article, by=None, text=text)


def test_correction_is_on_the_page_and_the_text_stays(client):
    article = make_article()

    correction = correct(article)

    page = client.get(article.get_absolute_url()).content.decode()
    assert f'id="correction-{correction.pk}"' in page
    assert (
        f'<time datetime="2026-11-24T12:00:00+0000">24 November 2026</time>: {WORDS}'
        in page
    )
    article.refresh_from_db()
    assert (article.body, article.revised_at) == (
        "<p>First paragraph.</p><p>Second paragraph.</p>",
        None,
    )


@pytest.mark.parametrize("address", ["/feed/", "/feed/atom/"])
def test_correction_is_in_feeds_and_makes_the_entry_new(client, address):
    correct(make_article())

    feed = feedparser.parse(client.get(address).content)

    [entry] = feed.entries
    assert not feed.bozo
    assert WORDS in entry.content[0].value
    if "atom" in address:
        assert entry.updated.startswith("2026-11-24T12:00:00")


def test_corrections_page_has_the_newest_first_and_of_public_articles_alone(client):
    articles = [make_article(), make_article(), make_article()]
    for day, article in enumerate(articles, start=1):
        correct(article, f"Number {day}.", NOON.replace(day=day))
    publishing.unpublish(articles[2], by=None)

    page = client.get(reverse("articles:corrections"))

    assert [c.text for c in page.context["page_obj"]] == ["Number 2.", "Number 1."]


@pytest.mark.parametrize("count", [1, 3])
def test_corrections_page_costs_the_same(client, django_assert_num_queries, count):
    for _ in range(count):
        correct(make_article())

    with django_assert_num_queries(
        5
    ):  # the edition's two, count, corrections, masthead
        client.get(reverse("articles:corrections"))


def test_text_of_a_correction_is_escaped(client):
    article = make_article()
    correct(article, "Not <b>bold</b>.")

    for address in (article.get_absolute_url(), reverse("articles:corrections")):
        assert "Not &lt;b&gt;bold&lt;/b&gt;." in client.get(address).content.decode()


def test_button_publishes_a_correction_with_its_editor(client):
    article, editor = make_article(), make_editor()
    client.force_login(editor)
    address = reverse("admin:articles_article_correction", args=[article.pk])

    answer = client.post(address, {"text": WORDS})
    empty = client.post(address, {"text": " "})

    assert (answer.status_code, empty.status_code) == (302, 422)
    [correction] = Correction.objects.all()
    assert (correction.text, correction.by) == (WORDS, editor)


def test_only_publishers_correct(client):
    client.force_login(make_user(groups=["Writers"], is_staff=True))
    address = reverse("admin:articles_article_correction", args=[make_article().pk])

    assert client.post(address, {"text": WORDS}).status_code == 403


@pytest.mark.parametrize("status", ["draft", "unpublished"])
def test_what_is_not_public_is_not_corrected(status):
    article = make_article(status=status)

    with pytest.raises(publishing.NotPublic):
        publishing.correct(article, by=None, text=WORDS)

    assert not Correction.objects.exists()
