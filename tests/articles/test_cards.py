"""What a link becomes that is a paragraph by itself."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from articles import addresses, body, rendering
from articles.models import Article
from tests.factories import make_article

FILM = "https://www.youtube.com/watch?v=a-1&t=2"


def line(address, words=None):
    address = address.replace("&", "&amp;")
    return f'<p><a href="{address}">{words or address}</a></p>'


def shown(source):
    return body.html(Article(body=source))


def plain(source):
    """As it is without any card."""
    return rendering.body_html(Article(body=source))


def card(words, address, caption=""):
    caption = caption and f"<figcaption>{caption}</figcaption>"
    address = address.replace("&", "&amp;")
    link = f'<a href="{address}" rel="noopener">{words}</a>'
    return f'<figure class="mention">{caption}<p>{link}</p></figure>'


def test_film_elsewhere_is_a_card_that_loads_nothing():
    film = card("Watch on YouTube", FILM)
    told = card("Watch on YouTube", FILM, "The <em>lamp</em>, 1953")

    assert shown(f"<p>a</p>{line(FILM)}<p>b</p>") == f"<p>a</p>{film}<p>b</p>"
    assert shown(line(FILM, "The <em>lamp</em>, 1953")) == told


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://youtu.be/a-1", "Watch on YouTube"),
        ("https://vimeo.com/76979871", "Watch on Vimeo"),
        ("https://www.dailymotion.com/video/x1", "Watch on Dailymotion"),
        ("https://www.tiktok.com/@who/video/1", "Watch on TikTok"),
        ("https://www.facebook.com/who/videos/1", "Watch on Facebook"),
        ("https://www.facebook.com/who/posts/1", "Read on Facebook"),
        ("https://www.instagram.com/p/a/", "Read on Instagram"),
        ("https://mobile.twitter.com/who/status/1", "Read on X"),
        ("https://bsky.app/profile/who.example/post/1", "Read on Bluesky"),
        ("https://soundcloud.com/who/what", "Listen on SoundCloud"),
        ("https://open.spotify.com/episode/1", "Listen on Spotify"),
    ],
)
def test_card_says_what_is_where(address, words):
    assert shown(line(address)) == card(words, address)


@pytest.mark.parametrize(
    "source",
    [
        f"<p>See {line(FILM)[3:]}",
        f"<ul><li>{line(FILM)}</li></ul>",
        f"<blockquote><p>a</p>{line(FILM)}</blockquote>",
        f"<table><tbody><tr><td>{line(FILM)}</td></tr></tbody></table>",
        line("https://www.youtube.com/@who"),
        line("https://youtube.com.evil.example/watch?v=1"),
        line("https://evil.example/?https://youtu.be/1"),
    ],
)
def test_other_links_stay_as_they_are(source):
    assert "mention" not in shown(source)


@pytest.mark.django_db
@pytest.mark.parametrize("origin", ["", "https://news.example.org"])
def test_own_article_is_a_card_of_it(origin, settings):
    settings.SITE_ORIGIN = "https://news.example.org"
    told = make_article(headline="1 < 2", standfirst="In short.")
    here = told.get_absolute_url()

    assert shown(line(origin + here)) == (
        f'<div class="mention"><p><a href="{here}">1 &lt; 2</a></p>'
        "<p>In short.</p></div>"
    )
    assert shown(line(here, "as we told")) == plain(line(here, "as we told"))


@pytest.mark.django_db
def test_own_article_that_moved_is_a_card_with_its_present_address():
    told = make_article(slug="before")
    old = told.get_absolute_url()
    addresses.move(told, by=None, slug="after")

    cards = shown(line(old))

    assert re.findall('href="([^"]*)"', cards) == [told.get_absolute_url()]
    assert "mention" in cards


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"status": "draft"},
        {"status": "unpublished"},
        {"published_at": timezone.now() + timedelta(days=1)},
        {"expires_at": timezone.now() - timedelta(minutes=1)},
    ],
)
def test_own_article_that_readers_cannot_see_is_no_card(fields):
    hidden = line(make_article(**fields).get_absolute_url())

    assert shown(hidden) == plain(hidden)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/2026/13/41/a/", "/2026/11/01/nowhere/"])
def test_address_of_nothing_is_no_card(address):
    assert shown(line(address)) == plain(line(address))


@pytest.mark.django_db
def test_cards_cost_two_queries_however_many(django_assert_num_queries):
    lines = [line(make_article().get_absolute_url()) for _ in range(3)]

    for source in (lines[0], "".join(lines)):
        with django_assert_num_queries(2):
            assert shown(source).count("mention") == source.count("<p>")
    with django_assert_num_queries(0):
        shown(line(FILM))


@pytest.mark.django_db
def test_feed_has_the_link_as_it_was_written(client):
    make_article(body=line(FILM))

    feed = client.get("/feed/").content.decode()

    assert "v=a-1&amp;amp;t=2" in feed
    assert "mention" not in feed
