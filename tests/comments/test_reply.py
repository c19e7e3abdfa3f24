"""Posting through the pages: where a reply goes, and how it is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from articles import addresses, publishing
from comments.models import Comment, Commenter, Sanction, Subscription
from tests.factories import (
    make_article,
    make_comment,
    make_commenter,
    make_editor,
    make_user,
)
from tests.posting import GUEST, OURS, post, post_address, post_reply
from tests.waiting import waits_for_its_turn

pytestmark = pytest.mark.django_db


def form_of(response):
    return response.context["form"]


def test_guest_reply_is_held_and_shown_to_its_writer_alone(client, django_user_model):
    article = make_article()

    response = post_reply(client, article, follow=True)

    comment = Comment.objects.get()
    own = response.content.decode()
    assert comment.status == Comment.Status.PENDING
    assert response.redirect_chain == [
        (f"{article.get_absolute_url()}#comment-{comment.pk}", 302)
    ]
    assert "Your comment is awaiting moderation." in own
    assert "I was there." in own
    stranger = type(client)().get(article.get_absolute_url()).content.decode()
    assert "I was there." not in stranger


def test_reply_waits_for_its_turn_before_it_asks_anything(client):
    article, too_early = make_article(), []
    with waits_for_its_turn() as turn_has_come:

        def watch(execute, sql, *args):
            if not turn_has_come:
                too_early.append(sql)
            return execute(sql, *args)

        with connection.execute_wrapper(watch):
            post_reply(client, article)

    assert Comment.objects.filter(article=article).exists()
    assert too_early == []


def test_account_reply_needs_no_details(client):
    user, article = make_user(display_name="Dara Chan"), make_article()
    make_comment(commenter=make_commenter(user=user))
    client.force_login(user)

    post_reply(client, article, email="", name="", post_as="account")

    comment = Comment.objects.get(article=article)
    assert comment.commenter.user == user
    assert comment.is_published


def test_account_may_post_as_a_guest(client):
    client.force_login(make_user())

    post_reply(client, make_article(), post_as="guest")

    assert Comment.objects.get().commenter.is_guest


def test_address_of_the_comments_leads_to_the_article(client):
    article = make_article()

    response = client.get(post_address(article))

    assert (response.status_code, response["Location"]) == (
        302,
        f"{article.get_absolute_url()}#comments",
    )


@pytest.mark.parametrize(
    ("fields", "name", "words"),
    [
        ({"comment": ""}, "comment", "Error: Please type your comment text."),
        ({"comment": " \n\u200b "}, "comment", "Error: Please type your comment text."),
        ({"name": ""}, "name", "Error: Please fill the required fields."),
        ({"email": ""}, "email", "Error: Please fill the required fields."),
        ({"email": "sok@"}, "email", "Error: Please enter a valid email address."),
        (
            {"email": "s" * 100 + "@example.org"},
            "email",
            "Error: Your email address is too long.",
        ),
        (
            {"comment": "x" * 5001},
            "comment",
            "Error: Your comment is too long: it has 5,001 characters, "
            "the limit is 5,000.",
        ),
        (
            {"website": "javascript:alert(1)"},
            "website",
            "Error: Please enter a valid website address, or none.",
        ),
    ],
)
def test_invalid_reply_is_shown_again_with_what_is_wrong(client, fields, name, words):
    response = post_reply(client, make_article(), **fields)

    assert response.status_code == 422
    assert form_of(response).errors == {name: [words]}
    assert words in response.content.decode()
    for field, value in (GUEST | fields).items():
        assert (form_of(response)[field].value() or "") == value
    assert not Comment.objects.exists()


def test_duplicate_is_409_in_the_form(client):
    article = make_article()
    post_reply(client, article)

    response = post_reply(client, article)

    assert response.status_code == 409
    assert (
        "Duplicate comment detected; it looks as though you’ve already said that!"
        in response.content.decode()
    )
    assert Comment.objects.count() == 1


def test_too_fast_is_429_with_the_text_kept(client, settings):
    settings.COMMENT_FLOOD_SECONDS = 15
    article = make_article()
    post_reply(client, article)

    response = post_reply(client, article, comment="And another thing.")

    assert response.status_code == 429
    page = response.content.decode()
    assert "You are posting comments too quickly. Slow down." in page
    assert "And another thing." in page


def test_closed_article_is_403(client):
    response = post_reply(client, make_article(commenting="closed"))

    assert response.status_code == 403
    assert "Sorry, comments are closed for this item." in response.content.decode()


def test_unpublished_article_is_404_for_readers_and_403_for_its_editors(client):
    tomorrow = timezone.now() + timedelta(days=1)
    article = make_article(published_at=tomorrow)

    assert post_reply(client, article).status_code == 404
    client.force_login(make_editor())
    response = post_reply(client, article)
    assert response.status_code == 403
    words = "Sorry, comments are not allowed for this item."
    assert words in response.content.decode()


def test_article_says_when_its_comments_close_and_then_takes_none(client, time_machine):
    time_machine.move_to(datetime(2026, 11, 25, 12, tzinfo=UTC))
    article = make_article(
        comments_close_on=date(2026, 11, 27),
        discussion_note="We answer on Friday.\n\nThe editors",
        commenting_message="Be <brief>, please.",
    )
    address = article.get_absolute_url()

    page = client.get(address).content.decode()
    assert "Comments close on 27 November 2026 at 00:00." in page
    assert "<p>We answer on Friday.</p>" in page
    assert "Be &lt;brief&gt;, please." in page
    assert post_reply(client, article).status_code == 302

    time_machine.move_to(datetime(2026, 11, 27, 12, tzinfo=UTC))
    page = client.get(address).content.decode()
    assert "<p>We answer on Friday.</p>" in page
    assert 'class="no-comments">Be &lt;brief&gt;, please.<' in page
    assert 'id="commentform"' not in page
    assert post_reply(client, article).status_code == 403


def test_reply_to_a_hidden_comment_is_403_with_the_text_kept(client):
    parent = make_comment(status=Comment.Status.REJECTED)

    response = post_reply(client, parent.article, parent=parent.pk)

    assert response.status_code == 403
    page = response.content.decode()
    assert "cannot be replied to any more" in page
    assert "I was there." in page


@pytest.mark.parametrize("parent", ["999999", "x", "99999999999999999999999999"])
def test_reply_to_no_comment_is_refused_with_words(client, parent):
    response = post_reply(client, make_article(), parent=parent)

    assert response.status_code == 422
    assert "the comment you are replying to is gone" in response.content.decode()


def test_reply_follows_an_article_that_has_moved(client):
    article = make_article()
    old = post_address(article)
    addresses.move(article, by=None, slug="elsewhere")

    page = client.get(old)
    moved = post(client, old, GUEST)
    taken = post(client, moved["Location"], GUEST)

    assert (page.status_code, page["Location"]) == (301, article.get_absolute_url())
    assert (moved.status_code, moved["Location"]) == (308, post_address(article))
    assert taken.status_code == 302
    assert Comment.objects.get().article == article


def test_reply_to_an_article_taken_back_is_410_with_the_text_kept(client):
    article = make_comment().article
    publishing.unpublish(article, by=None)

    refused = post_reply(client, article, parent=Comment.objects.get().pk)

    words = refused.content.decode()
    assert refused.status_code == client.get(post_address(article)).status_code == 410
    assert "The article was taken back while you wrote." in words
    assert "I was there." in words
    assert Comment.objects.count() == 1


def test_sanctioned_guest_is_403_with_the_reason(client):
    article = make_article()
    post_reply(client, article)
    Sanction.objects.create(
        commenter=Commenter.objects.get(), kind="ban", reason="Threats against others"
    )

    response = post_reply(client, article, name="A new name", comment="Hello again.")

    assert response.status_code == 403
    assert "Threats against others" in response.content.decode()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_cross_site_post_is_403_and_writes_nothing(client, origin):
    response = post_reply(client, make_article(), origin=origin)

    assert response.status_code == 403
    assert "I was there." in response.content.decode()
    assert not Comment.objects.exists()


def test_session_needs_its_token(client):
    client = type(client)(enforce_csrf_checks=True)
    user, article = make_user(), make_article()
    client.force_login(user)

    assert post_reply(client, article).status_code == 403

    page = client.get(article.get_absolute_url())
    token = page.context["csrf_token"]
    answer = post_reply(client, article, csrfmiddlewaretoken=str(token))
    assert answer.status_code == 302


def test_notify_boxes_are_stored(client):
    article = make_article()

    post_reply(client, article, notify_comments="on", notify_posts="on")

    wishes = Subscription.objects.order_by("pk").values_list("article", flat=True)
    assert list(wishes) == [article.pk, None]


@pytest.mark.parametrize(("consent", "is_filled"), [("on", True), ("", False)])
def test_details_come_back_only_with_consent(client, consent, is_filled):
    article = make_article()
    post_reply(client, article, remember=consent)

    form = form_of(client.get(article.get_absolute_url()))

    assert (form["email"].value() == GUEST["email"]) is is_filled
    cookie = client.cookies[django_settings.COMMENTER_COOKIE_NAME]
    assert bool(cookie["max-age"]) is is_filled


def test_guest_is_one_voice_on_return(client):
    article = make_article()
    post_reply(client, article)
    post_reply(client, article, comment="Once more.")

    assert Commenter.objects.count() == 1


def test_typing_somebodys_address_is_no_way_to_their_comments(client):
    article = make_article()
    post_reply(client, article)

    thief = type(client)()
    page = post_reply(thief, article, comment="I am Sok too.", follow=True)

    assert Commenter.objects.count() == 2
    assert "I was there." not in page.content.decode()


def test_permalink_leads_to_the_page_and_hides_what_is_hidden(client):
    shown, hidden = make_comment(), make_comment(status=Comment.Status.PENDING)
    address = shown.article.get_absolute_url()

    response = client.get(shown.get_absolute_url())

    assert response["Location"] == f"{address}#comment-{shown.pk}"
    assert client.get(hidden.get_absolute_url()).status_code == 404


def test_permalink_into_a_hidden_discussion_is_404(client):
    comment = make_comment(article=make_article(commenting="hidden"))

    assert client.get(comment.get_absolute_url()).status_code == 404


def test_public_page_is_the_same_bytes_and_may_be_shared(client):
    comment = make_comment()
    address = comment.article.get_absolute_url()

    first, second = client.get(address), type(client)().get(address)

    assert first.content == second.content
    assert first["Cache-Control"] == "public, max-age=0, s-maxage=10"
    assert not first.cookies
    assert "Cookie" not in first.get("Vary", "")
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304


def test_personal_page_is_private(client):
    article = make_article()
    post_reply(client, article)

    response = client.get(article.get_absolute_url())

    assert "private" in response["Cache-Control"]
    assert "no-store" in response["Cache-Control"]


def test_huge_post_is_refused(client):
    response = post_reply(client, make_article(), comment="x" * 3_000_000)

    assert response.status_code == 400


def test_post_without_a_cookie_sets_no_session(client):
    post(client, post_address(make_article()), GUEST, origin=OURS)

    assert django_settings.SESSION_COOKIE_NAME not in client.cookies
