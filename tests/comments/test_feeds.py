"""The comments' feeds: only what is public, newest first, and what each answers."""

import feedparser
import pytest
from django.utils import timezone

from articles import addresses
from articles.models import Article
from comments import moderation
from tests.factories import make_article, make_comment, make_moderator

pytestmark = pytest.mark.django_db

HOME = "http://localhost:8000"
THR = "thr_in-reply-to"


def read(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert "Last-Modified" not in answer
    feed = feedparser.parse(answer.content)
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


@pytest.fixture(params=["", "atom/"])
def suffix(request):
    return request.param


@pytest.fixture
def discussed():
    return make_article(headline="A & b")


def feeds_of(article, suffix):
    return [
        f"/comments/feed/{suffix}",
        f"{article.get_absolute_url()}comments/feed/{suffix}",
    ]


def test_feeds_have_the_newest_comments_first(client, discussed, suffix):
    first = make_comment(article=discussed, body="One *word* & <more>")
    second = make_comment(article=discussed, body="Two")

    for address in feeds_of(discussed, suffix):
        entries = read(client, address).entries
        assert [e.link for e in entries] == [
            HOME + second.get_absolute_url(),
            HOME + first.get_absolute_url(),
        ]
        assert entries[1].id == entries[1].link
        assert entries[1].title == f"{first.commenter.name} on A & b"
        assert entries[1].summary == "One word &amp; &lt;more&gt;"
        assert entries[1].content[0].value == first.body_html
        assert entries[1].author == first.commenter.name


def test_article_feed_leaves_out_other_articles(client, discussed, suffix):
    make_comment(article=discussed)
    make_comment()

    assert len(read(client, feeds_of(discussed, suffix)[0]).entries) == 2
    assert len(read(client, feeds_of(discussed, suffix)[1]).entries) == 1


def test_comment_says_what_it_answers(client, discussed, suffix):
    root = make_comment(article=discussed)
    reply = make_comment(parent=root)

    for address in feeds_of(discussed, suffix):
        answer, asked = read(client, address).entries
        assert answer[THR]["ref"] == asked.id == HOME + root.get_absolute_url()
        assert asked[THR]["ref"] == HOME + discussed.get_absolute_url()
        assert answer.content[0].value == (
            f'<p>In reply to <a href="{asked.id}">{root.commenter.name}</a>.</p>'
            f"{reply.body_html}"
        )


def test_answer_to_what_is_gone_answers_the_article(client, discussed, suffix):
    root = make_comment(article=discussed, status="rejected")
    make_comment(parent=root)

    (answer,) = read(client, feeds_of(discussed, suffix)[1]).entries

    assert answer[THR]["ref"] == HOME + discussed.get_absolute_url()
    assert root.commenter.name not in answer.content[0].value


def test_what_is_not_public_is_in_no_feed(client, discussed, suffix):
    for status in ("pending", "rejected", "withdrawn"):
        make_comment(article=discussed, status=status)
    make_comment(article=make_article(status="unpublished"))
    make_comment(article=make_article(commenting="hidden"))
    make_comment(article=make_article(expires_at=timezone.now()))

    for address in feeds_of(discussed, suffix):
        assert read(client, address).entries == []


def test_rejected_comment_leaves_the_feed_also_for_who_has_it(
    client, discussed, suffix
):
    comment = make_comment(article=discussed)
    address = feeds_of(discussed, suffix)[1]
    answer = client.get(address)
    seen = {"if-none-match": answer["ETag"]}
    assert client.get(address, headers=seen).status_code == 304

    moderation.reject(comment, by=make_moderator(), reason="off_topic")

    again = client.get(address, headers=seen)
    assert again.status_code == 200
    assert feedparser.parse(again.content).entries == []


@pytest.mark.parametrize("fields", [{"status": "draft"}, {"commenting": "hidden"}])
def test_article_without_a_public_discussion_has_no_feed(client, suffix, fields):
    article = make_article(**fields)

    assert client.get(feeds_of(article, suffix)[1]).status_code == 404


def test_feed_moves_with_its_article(client, discussed, suffix):
    old = feeds_of(discussed, suffix)[1]
    addresses.move(discussed, by=None, slug="elsewhere")

    answer = client.get(old)

    assert answer.status_code == 301
    assert answer["Location"] == HOME + feeds_of(discussed, suffix)[1]
    Article.objects.update(status="unpublished")
    assert client.get(old).status_code == 404


def test_impossible_day_has_no_feed(client, suffix):
    assert client.get(f"/2018/13/45/a/comments/feed/{suffix}").status_code == 404


def test_no_address_of_a_commenter_is_in_a_feed(client, discussed, suffix):
    comment = make_comment(article=discussed)
    make_comment(parent=comment)
    assert "@" in comment.commenter.email

    for address in feeds_of(discussed, suffix):
        assert b"@example.org" not in client.get(address).content


def test_page_and_article_feeds_lead_to_the_comments_feed(client, discussed, suffix):
    make_comment(article=discussed)
    comments_feed = feeds_of(discussed, suffix)[1]

    page = client.get(discussed.get_absolute_url()).content.decode()
    (entry,) = read(client, f"/feed/{suffix}").entries

    assert f'href="{comments_feed}"' in page
    if suffix:
        replies = [link for link in entry.links if link.rel == "replies"]
        assert [(r.href, r["thr:count"]) for r in replies] == [
            (f"{entry.link}#comments", "1"),
            (HOME + comments_feed, "1"),
        ]
        assert entry.thr_total == "1"
    else:
        assert entry.comments == f"{entry.link}#comments"
        assert entry.wfw_commentrss == HOME + comments_feed
        assert entry.slash_comments == "1"


@pytest.mark.parametrize("replies", [1, 20])
def test_feeds_cost_the_same_queries(
    client, discussed, suffix, django_assert_num_queries, replies
):
    root = make_comment(article=discussed)
    for _ in range(replies):
        make_comment(parent=root)
    site, article = feeds_of(discussed, suffix)

    with django_assert_num_queries(1):
        client.get(site)
    # The edition's three, one less in a paper with sections; the article, its
    # discussion's version, the comments.
    with django_assert_num_queries(6):
        client.get(article)
