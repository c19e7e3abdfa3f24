"""Article source to safe HTML, and to plain words."""

import re
from hashlib import sha256

import pytest

from articles import body, rendering
from articles.demo import FIRST, paragraphs
from articles.models import Article
from tests.factories import make_article

BODY = Article._meta.get_field("body")
SEED_SHA256 = "0c49f7bbe3cee6d16ca09c60ed331e30bc5b3620833bbfc587c09ddd1b686640"


def shown(body):
    return rendering.body_html(Article(body=body))


def test_first_article_is_the_seeds_28_paragraphs():
    words = "\n\n".join(paragraphs(FIRST))

    assert len(paragraphs(FIRST)) == 28
    assert (len(words.split()), len(words), len(words.encode())) == (719, 4666, 4700)
    assert sha256(words.encode()).hexdigest() == SEED_SHA256


def test_first_article_comes_out_byte_for_byte():
    source = "".join(f"<p>{words}</p>" for words in paragraphs(FIRST))

    assert shown(source) == source
    assert rendering.plain_text(source) == "\n\n".join(paragraphs(FIRST))


def test_editor_field_stores_the_first_article_byte_for_byte():
    source = "".join(f"<p>{words}</p>" for words in paragraphs(FIRST))

    assert BODY.clean(source, Article()) == source
    assert BODY.formfield().clean(source) == source


def test_everything_that_the_editor_offers_comes_out():
    source = (
        "<h2>One</h2><h3>Two</h3><p><strong>b</strong> <em>i</em> <s>s</s><br>x</p>"
        '<ul><li><p>a</p></li></ul><ol start="3"><li><p>b</p></li></ol>'
        "<blockquote><p>q</p></blockquote><hr>"
    )

    assert shown(source) == source


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("<p onclick='x()' style='x' class='x' id='x'>a</p>", "<p>a</p>"),
        ("<p>a<script>alert(1)</script></p>", "<p>a</p>"),
        ("<style>p { }</style><p>a</p>", "<p>a</p>"),
        ("<p>a<img src=x onerror=x()></p>", "<p>a</p>"),
        ("<h1>a</h1><iframe src='//x'></iframe><form>b</form>", "ab"),
        ("<p><svg><a href='javascript:x()'>a</a></svg></p>", "<p></p>"),
        ("<!-- <p>a</p> --><p>b", "<p>b</p>"),
        ("<p>1 < 2 & 3</p>", "<p>1 &lt; 2 &amp; 3</p>"),
    ],
)
def test_hostile_body_comes_out_harmless(hostile, harmless):
    assert re.sub("<a.*</a>", "", shown(hostile)) == harmless


def test_attributes_hold_no_tags():
    """What finds its place in clean HTML by its tags depends on this."""
    tags = "><img src=x onerror=x()><small><table><th>"
    source = f'<p><a href="/x/?{tags}" title="{tags}">a</a></p>'

    assert not re.search(r"[<>]", "".join(re.findall('"([^"]*)"', shown(source))))
    film = source.replace("/x/?", "https://youtu.be/a?")
    assert "<img" not in body.html(Article(body=film))


@pytest.mark.parametrize("scheme", ["javascript:", "JaVa\tScript:", "data:text/html,"])
def test_links_lead_nowhere_by_a_scheme_that_acts(scheme):
    assert "href" not in shown(f'<p><a href="{scheme}alert(1)">a</a></p>')


@pytest.mark.parametrize(
    "href", ["/2018/02/05/a/", "http://localhost:8000/", "https://elsewhere.example/"]
)
def test_links_are_followed_and_open_nothing_behind(href):
    link = f'<a href="{href}" rel="nofollow" target="_blank" title="t">a</a>'

    assert shown(link) == f'<a href="{href}" title="t" rel="noopener">a</a>'


@pytest.mark.django_db
def test_links_in_feeds_say_in_full_where_they_lead(settings):
    settings.SITE_ORIGIN = "https://news.example.org"
    links = '<a href="/feed/">a</a><a href="#b">b</a><a href="https://c.example/">c</a>'
    article = make_article(body=links)

    html = rendering.feed_html(article)

    assert re.findall('href="([^"]+)"', html) == [
        "https://news.example.org/feed/",
        f"https://news.example.org{article.get_absolute_url()}#b",
        "https://c.example/",
    ]


def test_plain_text_has_no_markup_and_no_entities():
    source = (
        "<h2>R&amp;D</h2><p>1 &lt; 2<br>3</p><hr><ul><li><p>a</p></li></ul><p>b</p>"
    )

    assert rendering.plain_text(source) == "R&D\n\n1 < 2\n3\n\na\n\nb"


def test_description_is_the_standfirst_or_how_the_text_begins():
    body = f"<p>Why &amp; how.</p><p>{'word ' * 100}</p>"

    told = rendering.description(Article(standfirst="In short.", body=body))
    begun = rendering.description(Article(body=body))

    assert told == "In short."
    assert begun.startswith("Why & how. word word")
    assert len(begun) <= rendering.DESCRIPTION_LENGTH
    assert begun.endswith("…")


@pytest.mark.parametrize(
    ("headline", "shown"),
    [
        ("After 65 Years", "After 65\u00a0Years"),
        ("Years", "Years"),
        ("", ""),
        ("1 < 2 & <b>3", "1 < 2 &\u00a0<b>3"),
        ("Already\u00a0joined", "Already\u00a0joined"),
    ],
)
def test_widont_joins_the_last_two_words_and_changes_nothing_else(headline, shown):
    assert rendering.widont(headline) == shown
