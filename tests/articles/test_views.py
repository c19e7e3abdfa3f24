"""The pages readers read, and what the newsroom sees of them earlier."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from articles.models import Contributor, Tag
from articles.views import ArticleView
from tests.factories import (
    make_article,
    make_editor,
    make_moderator,
    make_section,
    make_user,
)

pytestmark = pytest.mark.django_db

NBSP = "\u00a0"


def make_draft(**fields):
    times = {"status": "draft", "published_at": None, "published_on": None}
    return make_article(**times | fields)


def make_scheduled(**fields):
    return make_article(published_at=timezone.now() + timedelta(days=1), **fields)


def make_full_article(**fields):
    article = make_article(section=make_section(), **fields)
    for n in range(3):
        name = f"Person {n} of {article.pk}"
        slug = f"person-{n}-of-{article.pk}"
        article.tags.add(Tag.objects.create(name=name, slug=slug))
        contributor = Contributor.objects.create(name=name, slug=slug)
        article.bylines.create(contributor=contributor, position=9 - n)
    return article


def headlines(page):
    return [article.headline for article in page.context["page_obj"]]


def test_article_stands_at_its_day_and_slug(client):
    article = make_article(
        slug="a-slug", published_at=datetime(2018, 2, 5, 9, tzinfo=UTC)
    )

    page = client.get("/2018/02/05/a-slug/")

    assert page.status_code == 200
    assert page.context["article"] == article
    assert not page.context["is_preview"]
    assert "<p>First paragraph.</p>" in page.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/2018/02/05/other/",
        "/2018/02/06/a-slug/",
        "/2018/13/45/a-slug/",
        "/0000/01/01/a/",
    ],
)
def test_other_addresses_are_not_found(client, address):
    make_article(slug="a-slug", published_at=datetime(2018, 2, 5, 9, tzinfo=UTC))

    assert client.get(address).status_code == 404


def test_no_break_space_is_in_the_heading_alone(client):
    article = make_article(headline="After 65 Years & More", section=make_section())
    addresses = [article.get_absolute_url(), "/", article.section.get_absolute_url()]

    for address in addresses:
        page = html.unescape(client.get(address).content.decode())
        heading = re.search(r"<h[12]>(?:<a [^>]+>)?(After.*?)</", page)[1]
        assert heading == f"After 65 Years &{NBSP}More"
        assert NBSP not in page[: page.index("</head>")]
    assert "<title>After 65 Years & More –" in html.unescape(
        client.get(addresses[0]).content.decode()
    )


def test_scheduled_article_is_hidden_from_readers_until_its_moment(client):
    article = make_scheduled(section=make_section())
    addresses = [article.get_absolute_url(), article.section.get_absolute_url()]

    before = [client.get(address).status_code for address in addresses]
    hidden = headlines(client.get("/"))
    with time_machine.travel(article.published_at + timedelta(seconds=1)):
        after = [client.get(address).status_code for address in addresses]
        shown = headlines(client.get("/"))

    assert (before, hidden) == ([404, 404], [])
    assert (after, shown) == ([200, 200], [article.headline])


@pytest.mark.parametrize("make", [make_draft, make_scheduled])
def test_newsroom_sees_what_is_not_public_yet_marked_as_such(client, make):
    article = make()
    client.force_login(make_editor())

    page = client.get(article.get_absolute_url())

    assert page.status_code == 200
    assert page.context["is_preview"]
    assert 'content="noindex"' in page.content.decode()
    assert "private" in page["Cache-Control"]


def test_newsroom_sees_an_unpublished_article_at_its_address(client):
    article = make_article(status="unpublished")
    client.force_login(make_editor())

    page = client.get(article.get_absolute_url())

    assert page.context["is_preview"]


@pytest.mark.parametrize("make_visitor", [None, make_user, make_moderator])
@pytest.mark.parametrize("make", [make_draft, make_scheduled])
def test_nobody_else_sees_what_is_not_public_yet(client, make, make_visitor):
    article = make()
    if make_visitor:
        client.force_login(make_visitor())

    addresses = [
        article.get_absolute_url(),
        reverse("articles:draft", args=[article.pk]),
    ]

    assert [client.get(address).status_code for address in addresses] == [404, 404]


def test_draft_address_leads_to_the_published_article(client):
    article = make_article()
    client.force_login(make_editor())

    response = client.get(reverse("articles:draft", args=[article.pk]))

    assert (response.status_code, response["Location"]) == (
        302,
        article.get_absolute_url(),
    )


def test_reading_opens_no_session(client):
    article = make_article()

    page = client.get(article.get_absolute_url())

    assert not page.cookies
    assert not page.has_header("Vary") or "Cookie" not in page["Vary"]


def test_unchanged_page_is_not_sent_again(client):
    address = make_article().get_absolute_url()
    etag = client.get(address)["ETag"]

    again = client.get(address, headers={"if-none-match": etag})

    assert (again.status_code, again.content) == (304, b"")


def test_front_page_has_the_published_newest_first(client):
    older = make_article(published_at=datetime(2026, 1, 1, tzinfo=UTC))
    newer = make_article(published_at=datetime(2026, 2, 1, tzinfo=UTC))
    make_draft()
    make_scheduled()

    page = client.get("/")

    assert headlines(page) == [newer.headline, older.headline]
    assert list(page.context["articles"]) == [newer, older]


def test_front_page_goes_on_after_twelve(client):
    for _ in range(13):
        make_article()

    assert len(headlines(client.get("/"))) == 12
    assert len(headlines(client.get("/", {"page": 2}))) == 1


@pytest.mark.parametrize("number", ["0", "2", "-1", "x"])
def test_page_out_of_range_is_not_found(client, number):
    article = make_article(section=make_section())

    for address in ("/", article.section.get_absolute_url()):
        assert client.get(address, {"page": number}).status_code == 404


def test_empty_front_page_is_a_page(client):
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("kind", ["section", "tag", "contributor"])
def test_subject_has_its_articles_alone_and_names_its_feeds(client, kind):
    article, other = make_full_article(), make_full_article()
    subject = {
        "section": article.section,
        "tag": article.tags.first(),
        "contributor": article.contributors.first(),
    }[kind]

    page = client.get(subject.get_absolute_url())

    assert subject.get_absolute_url() == f"/{kind}s/{subject.slug}/"
    assert headlines(page) == [article.headline]
    assert (page.context["subject"], page.context["kind"]) == (subject, kind)
    assert page.context["rss_url"] == f"/{kind}s/{subject.slug}/feed/"
    assert page.context["atom_url"] == f"/{kind}s/{subject.slug}/feed/atom/"
    assert other.headline not in page.content.decode()


@pytest.mark.parametrize("kind", ["section", "tag", "contributor"])
def test_subject_that_only_the_newsroom_knows_is_not_found(client, kind):
    article = make_full_article(status="draft")
    subject = {
        "section": article.section,
        "tag": article.tags.first(),
        "contributor": article.contributors.first(),
    }[kind]

    assert client.get(subject.get_absolute_url()).status_code == 404
    assert client.get(f"{subject.get_absolute_url()}feed/").status_code == 404


def test_sections_with_anything_to_read_are_in_the_masthead_once(client):
    used, empty = make_section(name="Used"), make_section(name="Empty")
    make_article(section=used)
    make_article(section=used)
    make_draft(section=empty)

    page = client.get("/")

    assert list(page.context["sections"]) == [used]


@pytest.mark.parametrize("articles", [1, 3])
def test_lists_cost_the_same_queries(client, django_assert_num_queries, articles):
    made = [make_full_article() for _ in range(articles)]
    section = made[0].section
    type(made[0]).objects.update(section=section)

    # The edition's two, count, articles, bylines, most discussed; once the edition is
    # known, neither its turn nor the masthead is asked for again.
    with django_assert_num_queries(6):
        front = client.get("/")
    with django_assert_num_queries(5):
        listed = client.get(section.get_absolute_url())

    assert len(headlines(front)) == len(headlines(listed)) == articles


@pytest.mark.parametrize("names", [1, 3])
def test_article_costs_three_queries(django_assert_num_queries, rf, names):
    article = make_full_article()
    for byline in article.bylines.all()[names:]:
        byline.delete()
    year, month, day = f"{article.published_on:%Y %m %d}".split()
    view = ArticleView()
    view.setup(rf.get("/"), year=year, month=month, day=day, slug=article.slug)

    with django_assert_num_queries(3):  # article and section, bylines, tags
        found = view.get_object()
        assert found.noted == []
        shown = [str(byline) for byline in found.bylines.all()]
        assert (found.section.name, len(found.tags.all())) == (article.section.name, 3)

    assert len(shown) == names


def test_bylines_stand_in_their_order(client):
    article = make_full_article()

    page = client.get(article.get_absolute_url()).content.decode()

    names = re.findall(r'rel="author">(Person \d)', page)
    assert names == ["Person 2", "Person 1", "Person 0"]
