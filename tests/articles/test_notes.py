"""Notes: written in the text, numbered and read at its end."""

import re

import pytest

from articles import rendering
from articles.models import Article
from tests.factories import make_article

BODY = Article._meta.get_field("body")
SOURCE = (
    "<p>The lamp<small>Of <em>brass</em>.</small> was lit <small>By hand.</small>.</p>"
)
END = (
    '<section class="notes" role="doc-endnotes" aria-label="Notes"><ol>'
    '<li id="note-1">Of <em>brass</em>. <a href="#note-1-ref" role="doc-backlink"'
    ' aria-label="Back to note 1 in the text">↑</a></li>'
    '<li id="note-2">By hand. <a href="#note-2-ref" role="doc-backlink"'
    ' aria-label="Back to note 2 in the text">↑</a></li></ol></section>'
)


def number(n):
    return (
        f'<sup><a href="#note-{n}" id="note-{n}-ref" role="doc-noteref"'
        f' aria-label="Note {n}">{n}</a></sup>'
    )


def shown(body):
    return rendering.laid_out(rendering.body_html(Article(body=body)))


def test_note_is_stored_where_it_was_written():
    assert BODY.clean(SOURCE, Article()) == SOURCE


def test_notes_are_numbered_and_stand_at_the_end():
    text = f"<p>The lamp{number(1)} was lit{number(2)}.</p>"

    assert shown(SOURCE) == text + END


def test_note_taken_out_numbers_the_others_anew():
    assert shown(re.sub("<small>Of.*?</small>", "", SOURCE)).count("note-1") == 4
    assert "note-2" not in shown(re.sub("<small>Of.*?</small>", "", SOURCE))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>a<small> </small>b</p>", "<p>ab</p>"),
        ("<p>a<small>n </small>b</p>", f"<p>a{number(1)} b</p>"),
        ("<p>a<small>n<small>m</small></small>b</p>", f"<p>a{number(1)}b</p>"),
        ("<small>n</small>", number(1)),
        (
            '<p><a href="/x/">a<small>n</small> b</a>.</p>',
            f'<p><a href="/x/" rel="noopener">a b</a>{number(1)}.</p>',
        ),
        ("<p>a<small class='x' onclick='x()'>n</small></p>", f"<p>a{number(1)}</p>"),
    ],
)
def test_note_makes_a_number_only_where_one_can_stand(source, text):
    assert shown(source).split("<section")[0] == text


def test_plain_words_have_the_notes_after_the_text():
    body = f"{SOURCE}<p>Until 2019.</p>"

    words = "The lamp was lit.\n\nUntil 2019.\n\nOf brass.\n\nBy hand."
    assert rendering.plain_text(body) == words
    told = rendering.description(Article(body=body))
    assert told.startswith("The lamp was lit. Until 2019.")


@pytest.mark.django_db
def test_page_has_each_id_once_and_both_ways(client):
    article = make_article(body=SOURCE)

    page = client.get(article.get_absolute_url()).content.decode()

    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert END in page
    assert set(re.findall(r'href="#(note[^"]*)"', page)) <= set(ids)


@pytest.mark.django_db
def test_feed_has_the_notes_without_ids_and_leads_to_the_page(client, settings):
    settings.SITE_ORIGIN = "https://news.example.org"
    article = make_article(body=SOURCE)
    home = f"https://news.example.org{article.get_absolute_url()}"

    assert rendering.feed_html(article) == (
        f'<p>The lamp<sup><a href="{home}#note-1">1</a></sup> was lit'
        f'<sup><a href="{home}#note-2">2</a></sup>.</p>'
        "<hr><ol><li>Of <em>brass</em>.</li><li>By hand.</li></ol>"
    )


@pytest.mark.django_db
def test_words_of_a_note_are_found(client):
    make_article(headline="The keeper", body=SOURCE)

    assert "The keeper" in client.get("/search/?q=brass").content.decode()
    assert "The keeper" in client.get("/search/?q=lamp").content.decode()
