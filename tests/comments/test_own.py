"""One's own comments: mending, withdrawing, seeing what became of them; and flags."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from comments import moderation
from comments.models import Comment, Flag, Reason
from tests.factories import (
    make_article,
    make_comment,
    make_commenter,
    make_moderator,
    make_user,
)
from tests.posting import post, post_reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(client):
    """A comment of the browser that ``client`` is."""
    post_reply(client, make_article())
    return Comment.objects.get()


def test_edit_within_the_window_makes_a_revision(client, own):
    address = reverse("comments:revisions", args=[own.pk])
    assert client.get(address).status_code == 200

    response = post(client, address, {"comment": "I was there, twice."})

    assert response.status_code == 302
    assert [r.body for r in own.revisions.all()] == [
        "I was there.",
        "I was there, twice.",
    ]


def test_late_edit_is_403_with_the_text_kept(client, own):
    Comment.objects.update(submitted_at=timezone.now() - timedelta(minutes=6))

    response = post(
        client, reverse("comments:revisions", args=[own.pk]), {"comment": "Too late."}
    )

    assert response.status_code == 403
    assert "Too late." in response.content.decode()
    assert "This comment can no longer be edited." in response.content.decode()


def test_empty_edit_is_422(client, own):
    response = post(client, reverse("comments:revisions", args=[own.pk]), {})

    assert response.status_code == 422


def test_withdrawn_comment_disappears(client, own):
    address = reverse("comments:withdrawal", args=[own.pk])
    assert client.get(address).status_code == 200

    post(client, address)

    own.refresh_from_db()
    assert own.status == Comment.Status.WITHDRAWN
    page = client.get(own.article.get_absolute_url()).content.decode()
    assert "I was there." not in page


@pytest.mark.parametrize("page", ["revisions", "withdrawal"])
def test_strangers_comment_is_not_there(client, page):
    address = reverse(f"comments:{page}", args=[make_comment().pk])

    assert client.get(address).status_code == 404
    assert post(client, address, {"comment": "Mine."}).status_code == 404


@pytest.mark.parametrize("page", ["revisions", "withdrawal"])
def test_cross_site_change_is_403(client, own, page):
    address = reverse(f"comments:{page}", args=[own.pk])

    response = post(
        client, address, {"comment": "Evil."}, origin="https://evil.example"
    )

    own.refresh_from_db()
    assert response.status_code == 403
    assert (own.body, own.status) == ("I was there.", Comment.Status.PENDING)


def test_own_rejected_comment_is_shown_with_the_reason(client, own):
    moderation.reject(
        own,
        by=make_moderator(),
        reason=Reason.OFF_TOPIC,
        words="Please read the piece.",
    )

    article = client.get(own.article.get_absolute_url()).content.decode()
    mine = client.get(reverse("comments:mine")).content.decode()

    for page in (article, mine):
        assert "Your comment was not published. The reason: off topic." in page
        assert "Please read the piece." in page


def test_my_comments_are_mine_alone(client):
    voice = make_commenter(user=make_user())
    make_comment(commenter=voice, body="Mine.")
    make_comment(body="Another's.")
    client.force_login(voice.user)

    page = client.get(reverse("comments:mine")).content.decode()

    assert "Mine." in page
    assert "Another’s." not in page


def test_my_comments_ask_strangers_to_sign_in(client):
    response = client.get(reverse("comments:mine"))

    assert response["Location"].startswith(reverse("account_login"))


def test_reader_flags_with_a_reason(client):
    comment = make_comment()
    address = reverse("comments:flags", args=[comment.pk])
    assert client.get(address).status_code == 200

    response = post(client, address, {"reason": "spam", "words": "Seen it before."})

    assert response.status_code == 302
    assert client.get(response["Location"]).status_code == 200
    flags = Flag.objects.values_list("comment", "reason", "words")
    assert list(flags) == [(comment.pk, "spam", "Seen it before.")]


def test_flag_twice_from_one_browser_is_one(client):
    address = reverse("comments:flags", args=[make_comment().pk])
    for _ in range(2):
        post(client, address, {"reason": "spam"})

    assert Flag.objects.count() == 1


def test_flag_without_a_reason_is_422(client):
    address = reverse("comments:flags", args=[make_comment().pk])

    assert post(client, address, {"words": "Hm."}).status_code == 422


def test_flag_from_elsewhere_is_403(client):
    address = reverse("comments:flags", args=[make_comment().pk])

    answer = post(client, address, {"reason": "spam"}, origin="https://evil.example")

    assert answer.status_code == 403
    assert not Flag.objects.exists()


def test_hidden_comment_cannot_be_flagged(client):
    hidden = make_comment(status=Comment.Status.PENDING)

    response = client.get(reverse("comments:flags", args=[hidden.pk]))

    assert response.status_code == 404


def test_own_comment_cannot_be_flagged(client, own):
    moderation.approve(own, by=make_moderator())

    response = client.get(reverse("comments:flags", args=[own.pk]))

    assert response.status_code == 404


def test_flags_are_limited_per_network(client):
    comments = [make_comment() for _ in range(21)]
    answers = [
        post(client, reverse("comments:flags", args=[c.pk]), {"reason": "spam"})
        for c in comments
    ]

    assert [answer.status_code for answer in answers] == [302] * 20 + [429]


@pytest.mark.usefixtures("no_cache")
def test_flag_that_cannot_be_counted_is_not_taken(client):
    address = reverse("comments:flags", args=[make_comment().pk])

    answer = post(client, address, {"reason": "spam"})

    assert answer.status_code == 503
    assert not Flag.objects.exists()


@pytest.mark.parametrize(
    "article",
    [{"status": "draft"}, {"published_at": timezone.now() + timedelta(days=1)}],
    ids=["unpublished", "scheduled"],
)
def test_comment_under_a_hidden_article_has_no_page_to_flag_it(client, article):
    comment = make_comment(article=make_article(**article))
    address = reverse("comments:flags", args=[comment.pk])

    assert client.get(address).status_code == 404
    assert post(client, address, {"reason": "spam"}).status_code == 404
    assert not Flag.objects.exists()
