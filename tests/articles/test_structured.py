"""The head and the JSON-LD: what machines are told is what the page shows."""

import re
from datetime import UTC, date, datetime
from html import unescape

import extruct
import pytest
from lxml import html

from articles import demo
from articles.models import Article, Contributor, Correction, Tag
from comments import paging, structured
from comments.paging import Place
from tests.factories import make_article, make_comment, make_editor, make_section

pytestmark = pytest.mark.django_db

HOME = "http://localhost:8000"
BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)


def extracted(page):
    """What a reader of structured data finds in ``page``, other than RDFa.

    Of RDFa there is nothing but Open Graph, and its reader uses a clock that Python is
    about to take away.
    """
    syntaxes = ["json-ld", "microdata", "opengraph"]
    return extruct.extract(page, base_url=HOME, syntaxes=syntaxes)


def machine(client, article, query=""):
    """The one JSON-LD node of the article's page."""
    page = client.get(article.get_absolute_url() + query).content.decode()
    (node,) = extracted(page)["json-ld"]
    return node


def metas(page):
    pairs = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', page)
    return [(name, unescape(content)) for name, content in pairs]


def test_article_is_told_as_news(client):
    article = make_article(
        headline="A headline",
        standfirst="In a sentence.",
        body="<p>One two</p><p>three</p>",
        section=make_section(name="City"),
        published_at=datetime(2026, 11, 1, 9, tzinfo=UTC),
        revised_at=datetime(2026, 11, 2, 9, tzinfo=UTC),
    )
    article.tags.add(Tag.objects.create(name="River", slug="river"))
    ines = Contributor.objects.create(name="Ines Halloran", slug="ines")
    article.bylines.create(contributor=ines)
    Correction.objects.create(
        article=article,
        text="It was two.",
        corrected_at=datetime(2026, 11, 3, 9, tzinfo=UTC),
    )
    address = HOME + article.get_absolute_url()

    assert machine(client, article) == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": f"{address}#article",
        "url": address,
        "mainEntityOfPage": address,
        "headline": "A headline",
        "description": "In a sentence.",
        "inLanguage": "en",
        "datePublished": "2026-11-01T09:00:00+00:00",
        "dateModified": "2026-11-03T09:00:00+00:00",
        "author": [
            {
                "@type": "Person",
                "name": "Ines Halloran",
                "url": f"{HOME}/contributors/ines/",
            }
        ],
        "publisher": {
            "@type": "NewsMediaOrganization",
            "name": "Marginalia",
            "url": f"{HOME}/",
        },
        "articleSection": "City",
        "keywords": ["River"],
        "wordCount": 3,
        "correction": [
            {
                "@type": "CorrectionComment",
                "text": "It was two.",
                "datePublished": "2026-11-03T09:00:00+00:00",
            }
        ],
        "commentCount": 0,
        "discussionUrl": f"{address}#comments",
    }


def test_first_article_has_two_dates_no_author_and_a_plain_headline(client):
    demo.load()
    article = Article.objects.get(slug="cambodia-and-japan-relations-after-65-years")

    told = machine(client, article)

    assert told["headline"] == "Cambodia and Japan Relations After 65 Years"
    assert told["datePublished"][:10] == "2018-02-05"
    assert told["wordCount"] == 719
    assert "author" not in told
    assert told["isBasedOn"] == {
        "@type": "CreativeWork",
        "publisher": {"@type": "Organization", "name": "The Khmer Times"},
        "datePublished": "2018-02-02",
    }


def test_reprint_names_its_origin_as_the_canonical_page(client):
    origin = "https://paper.example/a?b=1&c=2"
    article = make_article(
        canonical_url=origin,
        source_publication="The Paper",
        source_date=date(2018, 2, 2),
    )

    page = client.get(article.get_absolute_url()).content.decode()

    canonical = re.findall(r'<link rel="canonical" href="([^"]+)"', page)
    assert [unescape(address) for address in canonical] == [origin]
    assert machine(client, article)["isBasedOn"]["url"] == origin


def test_head_agrees_with_the_page(client):
    article = make_article(
        headline='A "headline" & more',
        standfirst="<In> a sentence.",
        section=make_section(name="City"),
        revised_at=datetime(2026, 11, 2, 9, tzinfo=UTC),
        published_at=datetime(2026, 11, 1, 9, tzinfo=UTC),
    )
    for name in ("River", "Rain"):
        article.tags.add(Tag.objects.create(name=name, slug=name.lower()))

    page = client.get(article.get_absolute_url()).content.decode()

    told = [(n, c) for n, c in metas(page) if n not in ("viewport", "theme-color")]
    assert told == [
        ("color-scheme", "light dark"),
        ("description", "<In> a sentence."),
        ("og:type", "article"),
        ("og:site_name", "Marginalia"),
        ("og:locale", "en_US"),
        ("og:title", 'A "headline" & more'),
        ("og:description", "<In> a sentence."),
        ("og:url", HOME + article.get_absolute_url()),
        ("twitter:card", "summary"),
        ("robots", "max-image-preview:large"),
        ("article:published_time", "2026-11-01T09:00:00+00:00"),
        ("article:modified_time", "2026-11-02T09:00:00+00:00"),
        ("article:section", "City"),
        ("article:tag", "Rain"),
        ("article:tag", "River"),
    ]
    assert page.count('rel="canonical"') == 1


def test_comments_are_told_nested_as_the_page_shows_them(client):
    root = make_comment(body="First *words*\n\nand more & <so>")
    reply = make_comment(parent=root, body="An answer")
    make_comment(article=root.article, status="pending", body="waiting")
    address = f"{HOME}/comments/"

    told = machine(client, root.article)

    assert told["commentCount"] == 2
    (first,) = told["comment"]
    assert first["text"] == "First words\n\nand more & <so>"
    assert first["url"] == f"{address}{root.pk}/"
    assert first["author"] == {"@type": "Person", "name": root.commenter.name}
    assert re.fullmatch(r"[-\d]{10}T[:\d]{8}\+00:00", first["datePublished"])
    (second,) = first["comment"]
    assert (second["text"], second["url"]) == ("An answer", f"{address}{reply.pk}/")


def test_gone_comment_keeps_its_place_without_its_words(client):
    root = make_comment(status="rejected", body="something bad")
    make_comment(parent=root, body="An answer")

    (gone,) = machine(client, root.article)["comment"]

    answers = [answer["text"] for answer in gone.pop("comment")]
    assert gone == {"@type": "Comment", "creativeWorkStatus": "Deleted"}
    assert answers == ["An answer"]


def test_page_of_the_discussion_tells_its_own_threads(client, settings):
    settings.COMMENT_THREADS_PER_PAGE = 2
    article = make_article()
    roots = [make_comment(article=article) for _ in range(3)]

    pages = [
        [comment["text"] for comment in machine(client, article, query)["comment"]]
        for query in ("", f"?from={roots[2].pk}")
    ]

    assert pages == [[roots[0].body, roots[1].body], [roots[2].body]]


def told_comments(nodes, depth=1):
    """Each comment of the JSON-LD with its depth, in the order of the page."""
    for node in nodes:
        yield depth, node
        yield from told_comments(node.get("comment", []), depth + 1)


def words_of(element):
    return " ".join(element.text_content().split())


def moments(element):
    return [
        datetime.fromisoformat(time.get("datetime")) for time in element.iter("time")
    ]


def test_article_that_machines_read_is_the_one_that_is_shown(client):
    article = make_article(
        headline="A & b <c>", standfirst="In short.", section=make_section(name="City")
    )
    article.tags.add(Tag.objects.create(name="River", slug="river"))
    for name in ("Ines Halloran", "Tomas Brandl"):
        contributor = Contributor.objects.create(name=name, slug=name.split()[0])
        article.bylines.create(contributor=contributor)
    Correction.objects.create(article=article, text="It was two.")

    page = client.get(article.get_absolute_url()).content.decode()

    found, tree = extracted(page), html.fromstring(page, base_url=HOME)
    (told,), (shown,) = found["json-ld"], tree.find_class("article")
    tree.make_links_absolute()
    links = {a.get("href"): words_of(a) for a in shown.iter("a")}
    assert told["headline"] == words_of(shown.find(".//h1"))
    assert told["description"] == words_of(shown.find_class("standfirst")[0])
    assert datetime.fromisoformat(told["datePublished"]) in moments(shown)
    assert {one["url"]: one["name"] for one in told["author"]}.items() <= links.items()
    assert {told["articleSection"], *told["keywords"]} <= set(links.values())
    (corrections,) = shown.find_class("corrections")
    assert told["correction"][0]["text"] in words_of(corrections)
    (prose,) = shown.find_class("prose")
    words = " ".join(p.text_content() for p in prose.iter("p"))
    assert told["wordCount"] == len(words.split())
    (canonical,) = tree.xpath("//link[@rel='canonical']/@href")
    assert told["url"] == told["mainEntityOfPage"] == canonical
    assert found["microdata"] == []
    (graph,) = found["opengraph"]
    facts = dict(graph["properties"])
    assert graph["namespace"]["og"] == "http://ogp.me/ns#"
    assert facts["og:title"] == told["headline"]
    assert facts["og:url"] == told["url"]
    assert facts["article:published_time"] == told["datePublished"]
    assert facts["article:modified_time"] == told["dateModified"]


def test_comments_that_machines_read_are_those_that_are_shown(client):
    root = make_comment(body="First *words*\n\nand more & <so>")
    make_comment(parent=make_comment(parent=root, body="An answer"), body="Another")
    make_comment(article=root.article, body="A second thread")
    make_comment(article=root.article, status="pending", body="waiting")

    page = client.get(root.article.get_absolute_url()).content.decode()

    tree = html.fromstring(page, base_url=HOME)
    tree.make_links_absolute()
    (told,) = extracted(page)["json-ld"]
    shown = []
    for item in tree.find_class("comment"):
        (content, *_), (author, *_) = (
            item.find_class(name) for name in ("comment-content", "comment-author")
        )
        (link, *_) = item.find_class("comment-metadata")[0].iter("a")
        depth = len(item.xpath("ancestor-or-self::li"))
        facts = words_of(content), words_of(author), link.get("href")
        shown.append((depth, *facts, moments(link)))
    assert len(shown) == told["commentCount"] == 4
    assert shown == [
        (
            depth,
            " ".join(node["text"].split()),
            node["author"]["name"],
            node["url"],
            [datetime.fromisoformat(node["datePublished"])],
        )
        for depth, node in told_comments(told["comment"])
    ]


def test_hidden_discussion_is_told_to_nobody(client):
    comment = make_comment(article=make_article(commenting="hidden"))

    assert "comment" not in machine(client, comment.article)


def test_own_unpublished_comment_is_not_told_even_to_its_commenter(client, monkeypatch):
    comment = make_comment(status="pending", body="only mine to see")
    monkeypatch.setattr(
        "comments.identity.Reader.voices", property(lambda self: [comment.commenter_id])
    )

    page = client.get(comment.article.get_absolute_url()).content.decode()

    assert page.count("only mine to see") >= 1
    (told,) = extracted(page)["json-ld"]
    assert "comment" not in told


@pytest.mark.parametrize("hostile", ["</script><script>x()</script>", "<!--<script>"])
def test_no_text_ends_the_block(client, hostile):
    article = make_article(headline=hostile)
    make_comment(article=article, body=f"`{hostile}`")

    told = machine(client, article)

    assert told["headline"] == hostile
    assert told["comment"][0]["text"] == hostile
    page = client.get(article.get_absolute_url()).content.decode()
    assert not any("<" in block for block in BLOCK.findall(page))


@pytest.mark.parametrize("status", ["draft", "unpublished"])
def test_preview_is_told_to_no_machine(client, status):
    article = make_article(status=status)
    client.force_login(make_editor())

    page = client.get(article.get_absolute_url())

    assert "ld+json" not in page.content.decode()
    assert "oembed" not in page.content.decode()


def test_block_costs_no_query_beyond_the_page(django_assert_num_queries):
    root = make_comment()
    make_comment(parent=root)
    article = Article.objects.for_reading().get(pk=root.article.pk)
    threads = paging.load(article, Place(), ()).threads

    with django_assert_num_queries(0):
        told = structured.discussed(article, threads, 2)

    assert len(told["comment"][0]["comment"]) == 1
