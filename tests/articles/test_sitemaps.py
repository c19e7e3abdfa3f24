"""Sitemaps and robots.txt: the published schemas' facts, and only what is public."""

import re
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema
from django.conf import settings
from django.utils import timezone

from articles import sitemaps
from tests.articles.test_search import make_many
from tests.factories import make_article, make_section

pytestmark = pytest.mark.django_db

SITE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
SCHEMA = Path(settings.BASE_DIR) / "node_modules/sitemap/schema/sitemap.xsd"
W3C_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")


def read(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/xml"
    assert "Last-Modified" not in answer
    return ElementTree.fromstring(answer.content)


def locations(tree):
    return [place.text for place in tree.iter(f"{SITE}loc")]


def test_index_names_every_sitemap_and_they_exist(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "PAGE_SIZE", 2)
    make_many(3)

    index = read(client, "/sitemap.xml")

    assert index.tag == f"{SITE}sitemapindex"
    assert {child.tag for child in index} == {f"{SITE}sitemap"}
    home = "http://localhost:8000"
    assert locations(index) == [
        f"{home}/sitemaps/articles/1.xml",
        f"{home}/sitemaps/articles/2.xml",
        f"{home}/sitemaps/lists.xml",
        f"{home}/sitemaps/news.xml",
    ]
    for place in locations(index):
        assert read(client, place.removeprefix(home)).tag == f"{SITE}urlset"
    assert client.get("/sitemaps/articles/3.xml").status_code == 404
    assert client.get("/sitemaps/articles/0.xml").status_code == 404


def test_articles_stand_once_with_the_time_of_their_text(client):
    revised = timezone.now() - timedelta(minutes=5)
    article = make_article(revised_at=revised, headline="A & b")
    make_article(status="draft")
    make_article(status="unpublished")
    make_article(published_at=timezone.now() + timedelta(hours=1))
    make_article(expires_at=timezone.now() - timedelta(hours=1))

    tree = read(client, "/sitemaps/articles/1.xml")

    assert locations(tree) == [f"http://localhost:8000{article.get_absolute_url()}"]
    (url,) = tree
    # As the schema has it: loc, then lastmod, in that order and once.
    assert [child.tag for child in url] == [f"{SITE}loc", f"{SITE}lastmod"]
    assert url[1].text == revised.isoformat(timespec="seconds")


needs_schema = pytest.mark.skipif(
    not SCHEMA.exists(), reason="needs `npm install sitemap`, which .ci/run brings"
)


@needs_schema
@pytest.mark.parametrize("has_articles", [True, False])
@pytest.mark.parametrize("name", ["articles/1", "lists", "news"])
def test_sitemaps_follow_the_published_schema(client, name, has_articles):
    """Google's part of the news is left out: no registry has its schema."""
    if has_articles:
        now = timezone.now()
        make_article(section=make_section(), headline="A & b", published_at=now)
    schema = xmlschema.XMLSchema(SCHEMA)
    tree = read(client, f"/sitemaps/{name}.xml")
    for url in tree:
        for news in url.findall(f"{NEWS}news"):
            url.remove(news)

    schema.validate(tree)
    with pytest.raises(xmlschema.XMLSchemaException):
        schema.validate(f'<urlset xmlns="{SITE[1:-1]}"><loc>/</loc></urlset>')
    with pytest.raises(xmlschema.XMLSchemaException):
        schema.validate(f'<urlset xmlns="{SITE[1:-1]}"></urlset>')


@needs_schema
def test_index_follows_the_published_schema(client):
    """The index's own is in no registry; it differs from that of a map by two names."""
    index = read(client, "/sitemap.xml")
    index.tag = f"{SITE}urlset"
    for each in index:
        assert each.tag == f"{SITE}sitemap"
        each.tag = f"{SITE}url"

    xmlschema.XMLSchema(SCHEMA).validate(index)


def test_news_are_two_days_old_at_most_and_a_thousand(client, monkeypatch):
    now = timezone.now()
    old = make_article(published_at=now - timedelta(days=2, minutes=1))
    make_article(published_at=now + timedelta(minutes=1))
    new = make_article(published_at=now - timedelta(days=1), headline="A & b \x01")

    tree = read(client, "/sitemaps/news.xml")

    assert locations(tree) == [f"http://localhost:8000{new.get_absolute_url()}"]
    news = tree[0].find(f"{NEWS}news")
    assert [child.tag.removeprefix(NEWS) for child in news] == [
        "publication",
        "publication_date",
        "title",
    ]
    publication = {child.tag.removeprefix(NEWS): child.text for child in news[0]}
    assert publication == {"name": "Marginalia", "language": "en"}
    assert W3C_TIME.fullmatch(news[1].text)
    assert news[2].text == "A & b "
    assert old.is_published
    monkeypatch.setattr(sitemaps, "MOST_NEWS", 2)
    make_many(3)
    assert len(locations(read(client, "/sitemaps/news.xml"))) == 2


def test_sitemap_without_articles_has_the_front_page(client):
    """Robots know both addresses: a 404 would be a fault to them, as no page at all."""
    for name in ("news", "articles/1"):
        found = locations(read(client, f"/sitemaps/{name}.xml"))
        assert found == ["http://localhost:8000/"]


def test_lists_have_what_readers_find_something_under(client):
    used, unused = make_section(), make_section()
    make_article(section=used)
    make_article(section=unused, status="draft")

    found = locations(read(client, "/sitemaps/lists.xml"))

    assert found == [
        f"http://localhost:8000{address}"
        for address in ("/", "/archive/", used.get_absolute_url())
    ]


def test_addresses_are_our_own_whatever_name_the_request_came_by(client, settings):
    settings.SITE_ORIGIN = "https://news.example.org"
    make_article()

    for address in ("/sitemap.xml", "/sitemaps/articles/1.xml", "/robots.txt"):
        content = client.get(address, headers={"host": "evil.example"}).content
        assert b"https://news.example.org/" in content
        assert b"evil" not in content


@pytest.mark.parametrize("size", [3, 1_000])
def test_sitemap_costs_the_same_queries(client, django_assert_num_queries, size):
    make_many(size)

    with django_assert_num_queries(4):  # the edition's two; how many, those of the page
        tree = read(client, "/sitemaps/articles/1.xml")

    assert len(locations(tree)) == size


def test_robots_are_told_of_the_sitemaps_and_kept_from_accounts(client):
    answer = client.get("/robots.txt")

    assert answer["Content-Type"].startswith("text/plain")
    assert answer.content.decode() == (
        "User-agent: *\n"
        "Disallow: /admin/\n"
        "Disallow: /accounts/\n"
        "Disallow: /profile/\n"
        "\n"
        "Sitemap: http://localhost:8000/sitemap.xml\n"
        "Sitemap: http://localhost:8000/sitemaps/news.xml\n"
    )
