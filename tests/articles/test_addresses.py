"""An article may move; every address it had leads to it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles import publishing
from articles.addresses import move
from articles.desk import AddressTaken, AppearedAlready
from articles.models import FormerAddress
from tests.factories import make_article, make_editor, make_user

pytestmark = pytest.mark.django_db

FEBRUARY = datetime(2018, 2, 5, 9, tzinfo=UTC)


def test_old_address_leads_to_the_new_one(client):
    article = make_article(slug="old", published_at=FEBRUARY)

    assert move(article, by=make_editor(), slug="new")

    answer = client.get("/2018/02/05/old/")
    assert (answer.status_code, answer["Location"]) == (301, "/2018/02/05/new/")
    assert client.get("/2018/02/05/new/").status_code == 200


def test_every_address_leads_to_the_last_one_in_one_step(client):
    article = make_article(slug="a", published_at=FEBRUARY)

    move(article, by=None, slug="b")
    move(article, by=None, slug="c", at=FEBRUARY + timedelta(days=1))

    answers = [client.get(f"/2018/02/05/{slug}/") for slug in "ab"]
    assert [(a.status_code, a["Location"]) for a in answers] == [
        (301, "/2018/02/06/c/"),
        (301, "/2018/02/06/c/"),
    ]
    assert article.published_on == date(2018, 2, 6)


def test_article_may_return_to_where_it_was(client):
    article = make_article(slug="a", published_at=FEBRUARY)

    move(article, by=None, slug="b")
    move(article, by=None, slug="a")

    assert client.get("/2018/02/05/a/").status_code == 200
    assert client.get("/2018/02/05/b/")["Location"] == "/2018/02/05/a/"


def test_move_to_where_it_stands_is_nothing():
    article = make_article(slug="a")

    assert not move(article, by=None, slug="a")
    assert not FormerAddress.objects.exists()


def test_moment_that_a_form_sends_back_in_minutes_is_no_new_one():
    moment = FEBRUARY.replace(second=43)
    article = make_article(slug="a", published_at=moment)

    move(article, by=None, slug="b", at=FEBRUARY)

    assert (article.slug, article.published_at) == ("b", moment)


def test_address_that_is_anothers_or_was_is_refused():
    first = make_article(slug="one", published_at=FEBRUARY)
    move(first, by=None, slug="two")
    other = make_article(slug="other", published_at=FEBRUARY)

    for slug in ("one", "two"):
        with pytest.raises(AddressTaken, match=slug):
            move(other, by=None, slug=slug)

    other.refresh_from_db()
    assert other.slug == "other"


def test_new_article_is_not_published_where_another_was():
    moved = make_article(slug="one", published_at=FEBRUARY)
    move(moved, by=None, slug="two")
    draft = make_article(
        slug="one", status="draft", published_at=None, published_on=None
    )

    with pytest.raises(AddressTaken):
        publishing.publish(draft, by=None, at=FEBRUARY)


def test_schedule_leaves_no_address_behind():
    article = make_article(published_at=timezone.now() + timedelta(days=1))

    move(article, by=None, slug="another")

    assert not FormerAddress.objects.exists()


def test_date_in_the_future_is_no_move():
    with pytest.raises(AppearedAlready):
        move(make_article(), by=None, at=timezone.now() + timedelta(days=1))


def test_old_address_of_what_was_taken_back_says_so(client):
    article = make_article(slug="old", published_at=FEBRUARY)
    move(article, by=None, slug="new")
    publishing.unpublish(article, by=None)

    addresses = ["/2018/02/05/old/", "/2018/02/05/new/"]
    assert [client.get(a).status_code for a in addresses] == [410, 410]


def test_move_button_moves_and_writers_have_none(client):
    article = make_article(slug="old", published_at=FEBRUARY)
    address = reverse("admin:articles_article_move", args=[article.pk])

    client.force_login(make_user(groups=["Writers"], is_staff=True))
    refused = client.post(address, {"slug": "new"})
    client.force_login(make_editor())
    answer = client.post(address, {"slug": "new", "at": "2018-02-05T09:00"})

    article.refresh_from_db()
    assert (refused.status_code, answer.status_code) == (403, 302)
    assert (article.slug, article.published_at) == ("new", FEBRUARY)
