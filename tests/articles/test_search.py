"""Search: what is found, in what order, for whom; and that no text breaks it."""

from datetime import timedelta

import feedparser
import pytest
from django.db import connection
from django.utils import timezone

from articles import search
from articles.models import Article
from articles.search import postgres
from tests.factories import make_article, make_comment, make_section

pytestmark = pytest.mark.django_db

ODD = [
    '"',
    '""',
    '"unclosed',
    "*",
    "a*",
    "NEAR(",
    "NEAR(a b, 3)",
    "a AND",
    "OR",
    "NOT a",
    "headline:a",
    "{a b}: c",
    "^a",
    "-a",
    "a & | ! <-> :*",
    "'; DROP TABLE articles_article; --",
    "\x00",
    "a\x00b",
    "\x02\x03",
    "%s %(x)s {0}",
    "(" * 50,
    "x" * 10_000,
    "a " * 5_000,
    "ភាសា",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
]


def found(query):
    keys = search.articles(query).keys
    return [Article.objects.get(pk=key).headline for key in keys]


def test_words_are_found_in_headline_standfirst_and_body():
    make_article(headline="The ferry returns")
    make_article(headline="B", standfirst="Nine winters without a ferry.")
    make_article(headline="C", body="<p>A <strong>fer</strong>ry at night</p>")
    make_article(headline="D", body="<p>Nothing of the kind.</p>")

    assert found("ferry") == ["The ferry returns", "B", "C"]


def test_every_word_has_to_be_there_and_a_phrase_in_its_order():
    make_article(headline="Night ferry")
    make_article(headline="A ferry by night")
    make_article(headline="A ferry by day")

    assert set(found("night ferry")) == {"Night ferry", "A ferry by night"}
    assert found('"night ferry"') == ["Night ferry"]


def test_markup_is_not_words():
    make_article(headline="A", body='<p><a href="https://example.org/moth">x</a></p>')

    assert (found("strong"), found("href"), found("moth")) == ([], [], [])


def test_stems_are_found():
    make_article(headline="Relations after 65 years", body="<p>He was building.</p>")

    assert len(found("relation")) == len(found("builds")) == 1


def test_scripts_without_spaces_are_found_letter_by_letter():
    make_article(headline="日本とカンボジアの関係", body="<p>សួស្តីពិភពលោក</p>")

    assert len(found("カンボジア")) == len(found("ពិភព")) == 1


def test_what_is_not_public_is_not_found(client):
    later = timezone.now() + timedelta(days=1)
    make_article(headline="Moth a", published_at=later)
    make_article(headline="Moth b", status="draft")
    make_article(headline="Moth c", status="unpublished")
    make_article(headline="Moth d", expires_at=timezone.now() - timedelta(hours=1))
    make_article(headline="Moth e")

    page = client.get("/search/?q=moth")

    assert found("moth") == ["Moth e"]
    assert [article.headline for article in page.context["articles"]] == ["Moth e"]


def test_words_follow_every_way_an_article_changes():
    article = make_article(headline="Heron")
    article.headline = "Egret"
    article.save()
    assert (found("heron"), found("egret")) == ([], ["Egret"])

    Article.objects.filter(pk=article.pk).update(body="<p>A bittern</p>")
    assert found("bittern") == ["Egret"]

    Article.objects.bulk_create([Article(headline="Stork", slug="stork", body="x")])
    Article.objects.filter(headline="Stork").update(
        status="published", published_at=timezone.now(), published_on="2026-11-01"
    )
    assert found("stork") == ["Stork"]

    article.delete()
    assert (found("egret"), found("bittern")) == ([], [])


def test_words_are_kept_again_after_a_migration_rebuilt_the_table():
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER article_words_added")
    make_article(headline="Heron")

    search.prepare("default")

    make_article(headline="Heron too")
    assert set(found("heron")) == {"Heron", "Heron too"}


@pytest.mark.parametrize("query", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("place", ["articles", "comments"])
def test_no_text_breaks_the_page_or_the_feed(client, query, place):
    make_comment(article=make_article(headline="A b"))

    page = client.get("/search/", {"q": query, "in": place})
    feed = client.get("/search/feed/", {"q": query})

    assert (page.status_code, feed.status_code) == (200, 200)
    assert not feedparser.parse(feed.content).bozo


def test_what_matched_is_marked_and_the_rest_is_text(client):
    make_article(body="<p>if a &lt; b &amp; c the \x02moth\x03 flies</p>")

    page = client.get('/search/?q=moth"><script>x()</script>').content.decode()
    shown = client.get("/search/?q=moth").content.decode()

    assert "<script>x" not in page
    assert "if a &lt; b &amp; c the <mark>moth</mark> flies" in shown


def test_search_is_not_for_other_search_engines(client):
    assert 'content="noindex"' in client.get("/search/?q=a").content.decode()


@pytest.mark.parametrize("number", ["-1", "0", "99999999999999999999", "x"])
def test_pages_are_bounded(client, number):
    make_article(headline="Moth")

    page = client.get("/search/", {"q": "moth", "page": number})

    assert page.status_code == 200
    assert page.context["page_obj"].number == 1


@pytest.mark.parametrize("size", [3, 1_000])
def test_search_costs_the_same_queries(client, django_assert_num_queries, size):
    make_many(size)

    with django_assert_num_queries(QUERIES):
        page = client.get("/search/?q=moth")

    assert page.context["page_obj"].paginator.count == min(size, search.MOST_FOUND)


# The match, which are public, the page's articles, their bylines, snippets, masthead.
QUERIES = 6


def make_many(size):
    now, section = timezone.now(), make_section()
    Article.objects.bulk_create(
        Article(
            headline=f"Moth {n}",
            slug=f"moth-{n}",
            body="<p>About moths.</p>",
            section=section,
            status="published",
            published_at=now - timedelta(hours=n),
            published_on=(now - timedelta(hours=n)).date(),
        )
        for n in range(size)
    )
    return section


def test_search_feed_has_the_newest_matches(client):
    make_many(3)
    make_article(headline="Other")

    for suffix in ("", "atom/"):
        feed = feedparser.parse(client.get(f"/search/feed/{suffix}?q=moth").content)
        assert [entry.title for entry in feed.entries] == ["Moth 0", "Moth 1", "Moth 2"]
        assert feed.feed.title == "“moth” – Marginalia"
        links = {link.rel: link.href for link in feed.feed.links}
        assert links["self"] == f"http://localhost:8000/search/feed/{suffix}?q=moth"


def test_comments_are_found_where_they_are_public(client):
    shown = make_comment(body="I saw a *moth* there")
    make_comment(body="moth", status="pending")
    make_comment(body="moth", status="rejected")
    make_comment(body="moth", article=make_article(status="unpublished"))
    make_comment(body="moth", article=make_article(commenting="hidden"))

    page = client.get("/search/?q=moth&in=comments").content.decode()

    assert page.count("moth there") == 1
    assert f'href="{shown.get_absolute_url()}"' in page
    assert page.count('<ol class="found">') == 1
    assert page.count("/comments/") == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="needs pg_trgm")
def test_slips_are_forgiven_where_the_database_can():
    make_article(headline="Cambodia and Japan Relations")

    assert postgres.matching(("cambodja",), 9)
    assert found("cambodja") == ["Cambodia and Japan Relations"]
