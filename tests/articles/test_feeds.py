"""RSS and Atom: whole articles, valid, and only what is public."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import feedparser
import pytest
from django.utils import timezone

from articles import demo
from articles.models import Article, Contributor, Tag
from tests.factories import make_article, make_section

pytestmark = pytest.mark.django_db

ADDRESSES = ["/feed/", "/feed/atom/"]


def read(client, address, **headers):
    feed = feedparser.parse(client.get(address, **headers).content)
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


@pytest.mark.parametrize(
    ("address", "version"), [("/feed/", "rss20"), ("/feed/atom/", "atom10")]
)
def test_feed_is_of_its_kind(client, address, version):
    make_article()

    feed = read(client, address)

    assert feed.version == version
    assert feed.feed.title == "Marginalia"


@pytest.mark.parametrize("address", ADDRESSES)
def test_feed_without_articles_is_valid(client, address):
    assert read(client, address).entries == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_feed_has_the_newest_twenty_published(client, address):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = [make_article(published_at=start + timedelta(days=n)) for n in range(21)]
    make_article(published_at=timezone.now() + timedelta(days=1))
    make_article(status="draft")

    titles = [entry.title for entry in read(client, address).entries]

    # The draft's time is the newest: it must be its status that hides it.
    assert titles == [article.headline for article in reversed(made)][:20]


@pytest.mark.parametrize("address", ADDRESSES)
def test_first_article_is_whole_with_its_source_and_a_plain_headline(client, address):
    demo.load()

    entry = read(client, address).entries[-1]

    assert entry.title == "Cambodia and Japan Relations After 65 Years"
    assert entry.published_parsed[:5] == (2018, 2, 5, 9, 0)
    assert "author" not in entry or entry.author == "Marginalia"
    assert entry.content[0].value == (
        "<p><cite>The Khmer Times, 2 February 2018</cite></p>"
        + "".join(f"<p>{words}</p>" for words in demo.paragraphs(demo.FIRST))
    )


@pytest.mark.parametrize("address", ADDRESSES)
def test_entry_says_who_where_and_what_about(client, address):
    article = make_article(section=make_section(name="City"), standfirst="1 < 2 & 3")
    article.tags.add(Tag.objects.create(name="River", slug="river"))
    for position, name in enumerate(["Ines Halloran", "Tomas Brandl"]):
        contributor = Contributor.objects.create(name=name, slug=name.split()[0])
        article.bylines.create(contributor=contributor, position=position)

    entry = read(client, address).entries[0]

    assert entry.author == "Ines Halloran, Tomas Brandl"
    assert [tag.term for tag in entry.tags] == ["City", "River"]
    assert entry.summary == "1 &lt; 2 &amp; 3"
    assert entry.link == f"http://localhost:8000{article.get_absolute_url()}"
    assert entry.id == entry.link


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_are_our_own_whatever_name_the_request_came_by(
    client, settings, address
):
    settings.SITE_ORIGIN = "https://news.example.org"
    make_article(body='<p><a href="/feed/">a</a></p>')

    answer = client.get(address, headers={"host": "evil.example"})

    assert b"evil.example" not in answer.content
    feed = feedparser.parse(answer.content)
    links = {link.rel: link.href for link in feed.feed.links}
    assert links["self"] == f"https://news.example.org{address}"
    assert 'href="https://news.example.org/feed/"' in feed.entries[0].content[0].value


@pytest.mark.parametrize("address", ADDRESSES)
def test_characters_that_xml_cannot_hold_are_left_out(client, address):
    bad = "\x01\x08\ufffe\uffff"
    section = make_section(name=f"Ci{bad}ty", slug="city")
    article = make_article(
        headline=f"Head{bad}line 🌊",
        standfirst=f"Stand{bad}first",
        body=f"<p>Bo{bad}dy</p>",
        section=section,
        source_publication=f"Pa{bad}per",
    )

    for feed in (read(client, address), read(client, f"/sections/city{address}")):
        entry = feed.entries[0]
        assert entry.title == "Headline 🌊"
        assert entry.summary == "Standfirst"
        assert "Body" in entry.content[0].value
        assert "Paper" in entry.content[0].value
        assert entry.tags[0].term == "City"
    assert article.is_published


@pytest.mark.parametrize("address", ADDRESSES)
def test_hostile_body_is_harmless_in_feeds_too(client, address):
    Article.objects.filter(pk=make_article().pk).update(
        body="<p onclick='x()'>]]&gt;<script>x()</script></p>"
    )

    content = client.get(address).content

    tree = ElementTree.fromstring(content)
    texts = "".join(tree.itertext())
    assert "onclick" not in texts
    assert "<script" not in texts
    assert "<p>]]&gt;</p>" in texts


@pytest.mark.parametrize("suffix", ADDRESSES)
@pytest.mark.parametrize("kind", ["section", "tag", "contributor"])
def test_subjects_have_feeds_of_their_own(client, kind, suffix):
    mine, other = make_article(section=make_section()), make_article()
    mine.tags.add(tag := Tag.objects.create(name="River", slug="river"))
    ines = Contributor.objects.create(name="Ines", slug="ines")
    mine.bylines.create(contributor=ines)
    subject = {"section": mine.section, "tag": tag, "contributor": ines}[kind]
    address = subject.get_absolute_url().rstrip("/") + suffix

    feed = read(client, address)

    assert [entry.title for entry in feed.entries] == [mine.headline]
    assert feed.feed.title == f"{subject} – Marginalia"
    links = {link.rel: link.href for link in feed.feed.links}
    assert links["self"] == f"http://localhost:8000{address}"
    assert links["alternate"] == f"http://localhost:8000{subject.get_absolute_url()}"
    assert other.is_published


@pytest.mark.parametrize("address", ADDRESSES)
def test_unknown_subject_has_no_feed(client, address):
    assert client.get(f"/tags/nothing{address}").status_code == 404


@pytest.mark.parametrize("articles", [1, 3])
@pytest.mark.parametrize("address", ADDRESSES)
def test_feeds_cost_the_same_queries(
    client, django_assert_num_queries, address, articles
):
    ines = Contributor.objects.create(name="Ines", slug="ines")
    for _ in range(articles):
        article = make_article(section=make_section())
        article.bylines.create(contributor=ines)

    # The edition's two; articles, bylines, tags, corrections; what others say of them.
    with django_assert_num_queries(7):
        feed = client.get(address)

    assert len(feedparser.parse(feed.content).entries) == articles
