"""oEmbed: what other sites are told of an article."""

import re
from html import unescape
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from articles import addresses
from articles.models import Article
from tests.factories import make_article, make_editor

pytestmark = pytest.mark.django_db

HOME = "http://localhost:8000"


def ask(client, address, **query):
    return client.get("/oembed/", {"url": address, **query})


def test_article_is_told_in_json_and_xml(client):
    article = make_article(headline="A <b> & c", standfirst="What it says.")
    address = HOME + article.get_absolute_url()

    facts = ask(client, address).json()
    tree = ElementTree.fromstring(ask(client, address, format="xml").content)

    html = facts.pop("html")
    assert facts == {
        "version": "1.0",
        "type": "rich",
        "provider_name": "Marginalia",
        "provider_url": f"{HOME}/",
        "title": "A <b> & c",
        "width": 600,
        "height": 200,
        "cache_age": 3600,
    }
    assert html == (
        f'<blockquote cite="{address}"><p><a href="{address}">A &lt;b&gt; &amp; c</a>'
        "</p><p>What it says.</p><footer>Marginalia</footer></blockquote>"
    )
    told = {child.tag: child.text for child in tree}
    assert told == {name: str(fact) for name, fact in facts.items()} | {"html": html}


@pytest.mark.parametrize(
    ("asked", "width"),
    [("300", 300), ("1", 220), ("9999", 600), ("x", 600), ("9" * 5_000, 600)],
)
def test_width_is_clamped(client, asked, width):
    address = HOME + make_article().get_absolute_url()

    assert ask(client, address, maxwidth=asked).json()["width"] == width


@pytest.mark.parametrize("status", ["draft", "unpublished"])
def test_what_is_not_public_is_told_to_nobody(client, status):
    article = make_article(status=status)
    client.force_login(make_editor())

    assert ask(client, HOME + article.get_absolute_url()).status_code == 404


def test_article_that_moved_is_told_at_its_old_address_too(client):
    article = make_article()
    old = HOME + article.get_absolute_url()
    addresses.move(article, by=None, slug="elsewhere")

    assert ask(client, old).json()["title"] == article.headline
    Article.objects.update(status="unpublished")
    assert ask(client, old).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "",
        "x",
        HOME,
        f"{HOME}/",
        f"{HOME}/2018/13/45/a/",
        f"{HOME}/2018/02/05/a/",
        f"{HOME}/search/",
        f"{HOME}/\x00",
        "http://[",
        f"{HOME}/[",
        "https://evil.example/2018/02/05/a/",
    ],
)
def test_other_addresses_are_not_found(client, address):
    assert ask(client, address).status_code == 404


def test_other_formats_are_not_implemented(client):
    address = HOME + make_article().get_absolute_url()

    assert ask(client, address, format="yaml").status_code == 501


def test_page_leads_to_its_own_facts(client):
    article = make_article()
    page = client.get(article.get_absolute_url()).content.decode()

    for kind in ("application/json", "text/xml"):
        link = re.search(rf'type="{re.escape(kind)}\+oembed".*?href="([^"]+)"', page)[1]
        answer = client.get(unescape(link).removeprefix(HOME))
        assert answer["Content-Type"].startswith(kind)
        assert article.headline in answer.content.decode()


def test_address_has_a_name():
    assert reverse("articles:oembed") == "/oembed/"
