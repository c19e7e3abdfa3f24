"""The archive by year and month, and what to read after an article."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Count
from django.utils import timezone

from articles import neighbours
from articles.models import Article, Tag
from tests.articles.test_search import make_many
from tests.factories import make_article, make_comment, make_section

pytestmark = pytest.mark.django_db


def on(year, month, day, **fields):
    return make_article(
        published_at=datetime(year, month, day, 9, tzinfo=UTC), **fields
    )


def headlines(page):
    return [article.headline for article in page.context["page_obj"]]


def test_archive_counts_the_months_in_which_something_public_appeared(client):
    on(2018, 2, 5)
    on(2018, 2, 7)
    on(2020, 1, 1)
    on(2019, 1, 1, status="draft")

    months = client.get("/archive/").context["months"]

    assert [(f"{m['month']:%Y-%m}", m["count"]) for m in months] == [
        ("2020-01", 1),
        ("2018-02", 2),
    ]


def test_year_and_month_have_their_articles_newest_first(client):
    made = [on(2018, 2, 5), on(2018, 2, 7), on(2018, 3, 1), on(2019, 1, 1)]
    on(2018, 2, 6, status="unpublished")

    year, month = client.get("/2018/"), client.get("/2018/02/")

    assert headlines(year) == [a.headline for a in (made[2], made[1], made[0])]
    assert headlines(month) == [made[1].headline, made[0].headline]
    assert 'href="/2018/03/"' in month.content.decode()
    assert 'href="/2019/"' in year.content.decode()


@pytest.mark.parametrize("address", ["/2017/", "/2018/01/", "/2018/13/", "/0000/"])
def test_times_without_articles_are_not_found(client, address):
    on(2018, 2, 5)
    on(2017, 1, 1, status="draft")

    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/9999/", "/9999/12/"])
def test_the_end_of_time_is_not_found(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("address", "queries"),
    # The edition's two (its number; its masthead and next turn); on the front page how
    # many, articles, bylines, most discussed.
    [("/", 6), ("/2026/", 9), ("/archive/", 3), ("section", 6)],
)
@pytest.mark.parametrize("size", [3, 1_000])
def test_lists_cost_the_same_queries(
    client, django_assert_num_queries, address, queries, size
):
    section = make_many(size)
    if address == "section":
        address = section.get_absolute_url()
    elif address == "/2026/":
        address = f"/{timezone.now():%Y}/"

    with django_assert_num_queries(queries):
        page = client.get(address)

    assert page.status_code == 200


def test_neighbours_are_the_public_ones_before_and_after():
    made = [on(2018, 2, day) for day in (1, 3, 5)]
    on(2018, 2, 2, status="draft")
    on(2018, 2, 4, status="unpublished")

    around = [neighbours.of(article) for article in made]

    assert [(n.previous, n.next) for n in around] == [
        (None, made[1]),
        (made[0], made[2]),
        (made[1], None),
    ]


def test_neighbours_of_one_moment_are_ordered_too():
    moment = datetime(2018, 2, 5, 9, tzinfo=UTC)
    first, second, third = [make_article(published_at=moment) for _ in range(3)]

    around = neighbours.of(second)

    assert (around.previous, around.next) == (first, third)


def test_related_share_a_tag_before_they_share_the_section():
    section, river = make_section(), Tag.objects.create(name="River", slug="river")
    tagged = on(2015, 1, 1, headline="tagged")
    hidden = on(2015, 1, 2, section=section, status="draft")
    same_section = on(2016, 1, 1, section=section, headline="same section")
    on(2017, 1, 1, headline="before")
    article = on(2018, 1, 1, section=section)
    on(2019, 1, 1, headline="after")
    for one in (tagged, hidden, article):
        one.tags.add(river)

    found = neighbours.of(Article.objects.for_reading().get(pk=article.pk))

    assert found.related == [tagged, same_section]


def test_draft_has_no_neighbours(django_assert_num_queries):
    with django_assert_num_queries(0):
        around = neighbours.of(Article(status="draft"))

    assert around == neighbours.Neighbours()


@pytest.mark.parametrize("size", [3, 1_000])
def test_neighbours_cost_one_query(django_assert_num_queries, size):
    section = make_many(size)
    article = Article.objects.for_reading().filter(section=section)[1]

    with django_assert_num_queries(1):
        around = neighbours.of(article)

    assert len(around.related) == min(size - 3, neighbours.MOST_RELATED)


def test_article_leads_on(client):
    before, article = on(2018, 2, 1), on(2018, 2, 3)

    page = client.get(article.get_absolute_url()).content.decode()

    assert f'rel="prev" href="{before.get_absolute_url()}"' in page
    assert 'rel="next"' not in page
    assert "mailto:?subject=" in page


def test_front_page_names_what_is_discussed_most(client):
    quiet, loud = make_article(), make_article()
    hidden = make_article(commenting="hidden")
    gone = make_article(status="unpublished")
    for article, count in ((quiet, 1), (loud, 2), (hidden, 3), (gone, 3)):
        for _ in range(count):
            make_comment(article=article)
    stale = make_comment().article
    stale.discussion.last_activity_at = timezone.now() - timedelta(days=60)
    stale.discussion.save()

    page = client.get("/").content.decode()
    shown = page[page.index('id="most-discussed-title"') :]

    assert shown.index(loud.headline) < shown.index(f"{quiet.headline}</a> <a")
    for article in (hidden, gone, stale):
        assert f"{article.get_absolute_url()}#comments" not in page


def plan(articles):
    """How the database would go about it, were there many more."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("ANALYZE articles_article")
    return articles.explain()


def test_newest_are_found_and_counted_by_an_index():
    make_many(1_000)
    articles = Article.objects.published()

    lists = [articles.newest_first().for_cards()[:12], articles.values("pk")]

    assert ["article_newest_first" in plan(each) for each in lists] == [True, True]


@pytest.mark.skipif(
    connection.vendor != "sqlite",
    reason="PostgreSQL chooses among several, by how many articles a section has",
)
def test_sections_are_counted_by_an_index_of_their_own():
    make_many(1_000)
    section = make_section()
    Article.objects.filter(headline__endswith="1").update(section=section)

    found = section.articles.published().order_by().values("status")

    assert "article_newest_of_section" in plan(found.annotate(n=Count("pk")))
