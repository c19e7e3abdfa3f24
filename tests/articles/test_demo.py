"""The demonstration's paper."""

from datetime import UTC, date, datetime

import pytest

from articles import demo
from articles.models import Article, Section

pytestmark = pytest.mark.django_db


def everything():
    fields = ["pk", "headline", "slug", "body", "status", "published_at", "section_id"]
    return list(Article.objects.order_by("pk").values_list(*fields, "updated_at"))


def test_first_article_is_a_reprint_at_its_old_address():
    demo.load()

    article = Article.objects.get(slug=demo.FIRST.slug)
    assert article.headline == "Cambodia and Japan Relations After 65 Years"
    assert article.get_absolute_url() == (
        "/2018/02/05/cambodia-and-japan-relations-after-65-years/"
    )
    assert (article.source_publication, article.source_date) == (
        "The Khmer Times",
        date(2018, 2, 2),
    )
    assert article.published_at == datetime(2018, 2, 5, 9, tzinfo=UTC)
    assert (article.standfirst, article.bylines.count()) == ("", 0)
    assert [tag.name for tag in article.tags.all()] == [
        "Cambodia",
        "Diplomacy",
        "Japan",
    ]
    assert article.commenting == Article.Commenting.OPEN


def test_first_article_is_on_its_page_byte_for_byte(client):
    demo.load()

    page = client.get("/2018/02/05/cambodia-and-japan-relations-after-65-years/")

    source = "".join(f"<p>{words}</p>" for words in demo.paragraphs(demo.FIRST))
    assert source.encode() in page.content
    assert "Cambodia and Japan Relations After 65\u00a0Years</h1>" in (
        page.content.decode()
    )
    assert "<title>Cambodia and Japan Relations After 65 Years –" in (
        page.content.decode()
    )
    assert '<time datetime="2018-02-02">2 February 2018</time>' in page.content.decode()


def test_demo_has_an_article_of_every_kind():
    demo.load()

    articles = Article.objects
    assert articles.published().count() == 10
    assert articles.scheduled().count() == 1
    assert articles.filter(status=Article.Status.DRAFT).count() == 1
    assert set(articles.published().values_list("commenting", flat=True)) == {
        "open",
        "premoderated",
        "closed",
    }
    assert set(Section.objects.in_use().values_list("name", flat=True)) == {
        "World",
        "Opinion",
        "City",
        "Culture",
        "Science",
    }
    assert all(len(demo.paragraphs(piece)) >= 3 for piece in demo.PIECES[:-2])


def test_loading_twice_changes_nothing():
    demo.load()
    before = everything()

    demo.load()

    assert everything() == before


def test_loading_again_keeps_what_editors_changed():
    demo.load()
    article = Article.objects.get(slug=demo.FIRST.slug)
    article.headline = "Another headline"
    article.tags.clear()
    article.save()
    Section.objects.filter(slug="city").update(name="Town")
    before = everything()

    demo.load()

    assert everything() == before
    assert not article.tags.exists()
    assert not Section.objects.filter(name="City").exists()


def test_a_missing_piece_joins_the_renamed_section():
    demo.load()
    Section.objects.filter(slug="city").update(name="Town")
    missing = demo.PIECES[-1]
    Article.objects.get(slug=missing.slug).delete()

    demo.load()

    assert Article.objects.get(slug=missing.slug).section.name == "Town"
