"""Tables: what the editor stores, and what readers get."""

import re

import pytest

from articles import rendering
from articles.models import Article
from tests.factories import make_article

BODY = Article._meta.get_field("body")
TABLE = (
    "<table><tbody>"
    "<tr><th></th><th><p>Before</p></th><th><p>Now</p></th></tr>"
    "<tr><th><p>Ferries</p></th><td><p>3</p></td><td><p>9</p></td></tr>"
    '<tr><th><p>Cranes</p></th><td colspan="2"><p>unknown</p></td></tr>'
    "</tbody></table>"
)


def shown(body):
    return rendering.body_html(Article(body=body))


def test_table_is_stored_as_the_editor_made_it():
    assert BODY.clean(TABLE, Article()) == TABLE


def test_heading_cells_say_what_they_head():
    assert shown(TABLE) == (
        "<table><tbody>"
        '<tr><td></td><th scope="col"><p>Before</p></th>'
        '<th scope="col"><p>Now</p></th></tr>'
        '<tr><th scope="row"><p>Ferries</p></th><td><p>3</p></td><td><p>9</p></td></tr>'
        '<tr><th scope="row"><p>Cranes</p></th><td colspan="2"><p>unknown</p></td></tr>'
        "</tbody></table>"
    )


@pytest.mark.parametrize("span", ["1", "0", "-2", "1001", "2x", ""])
def test_cell_spans_no_more_than_there_can_be(span):
    row = f'<table><tbody><tr><td colspan="{span}" onclick="x()" style="x">a</td>'

    assert shown(row) == "<table><tbody><tr><td>a</td></tr></tbody></table>"


def test_heading_cell_holds_no_title():
    row = '<table><tbody><tr><th colspan="2"><h2>a</h2></th></tr></tbody></table>'

    assert '<th colspan="2" scope="col"><p>a</p></th>' in shown(row)


def test_words_of_cells_stay_apart():
    bare = TABLE.replace("<p>", "").replace("</p>", "")
    words = ["Before", "Now", "Ferries", "3", "9", "Cranes", "unknown"]

    assert rendering.plain_text(TABLE).split() == words
    assert rendering.plain_text(bare).split() == words
    assert rendering.description(Article(body=TABLE)) == " ".join(words)


@pytest.mark.django_db
def test_page_has_each_table_in_a_named_region(client):
    article = make_article(body=f"<p>One.</p>{TABLE}<p>Two.</p>{TABLE}")

    page = client.get(article.get_absolute_url()).content.decode()

    assert re.findall(r'<div class="table"[^>]*>(?=<table>)', page) == [
        f'<div class="table" role="region" aria-label="Table {n}" tabindex="0">'
        for n in (1, 2)
    ]
    assert page.count("</table></div>") == 2


@pytest.mark.django_db
def test_feed_has_the_table_and_no_region(client):
    make_article(body=TABLE)

    feed = client.get("/feed/").content.decode()

    assert '&lt;th scope="col"&gt;&lt;p&gt;Before' in feed
    assert "region" not in feed
