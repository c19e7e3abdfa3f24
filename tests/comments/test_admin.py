"""The moderators' workplace, through its pages."""

import re
from html import unescape

import pytest
from django.urls import reverse

from comments import moderation, reports
from comments.models import Flag, Phrase, Revision, Sanction
from tests.factories import make_comment, make_commenter, make_moderator, make_user

pytestmark = pytest.mark.django_db

LIST = reverse("admin:comments_comment_changelist")
DESK = reverse("admin:comments_desk")


@pytest.fixture
def moderator(client):
    """A signed-in moderator."""
    moderator = make_moderator()
    client.force_login(moderator)
    return moderator


def rows(client, **query):
    page = client.get(LIST, query)
    return [comment.body for comment in page.context["cl"].result_list]


def test_list_opens_on_what_waits_oldest_first(client, moderator):
    first = make_comment(body="first", status="pending")
    make_comment(body="second", status="pending", article=first.article)
    make_comment(body="published")

    assert rows(client) == ["first", "second"]


def test_queues_hold_what_their_names_say(client, moderator):
    make_comment(body="waiting", status="pending")
    flagged = make_comment(body="flagged")
    reports.flag(flagged, by=make_commenter(), reason=Flag.FlagReason.SPAM)
    make_comment(body="rejected", status="rejected")

    page = client.get(LIST).content.decode()

    assert rows(client, queue="flagged") == ["flagged"]
    assert rows(client, queue="published") == ["flagged"]
    assert rows(client, queue="rejected") == ["rejected"]
    assert rows(client, queue="all") == ["rejected", "flagged", "waiting"]
    for label in ("Waiting (1)", "Flagged (1)", "Rejected (1)", "All (3)"):
        assert label in page


def test_row_says_why_the_comment_is_here(client, moderator):
    flagged = make_comment()
    reports.flag(
        flagged, by=make_commenter(), reason=Flag.FlagReason.OFF_TOPIC, words="Hm!"
    )

    page = client.get(LIST, {"queue": "flagged"}).content.decode()

    assert "It is off topic" in page
    assert "Hm!" in page


def test_row_leaves_errors_in_the_article_to_the_editors(client, moderator):
    comment, why = make_comment(), Flag.FlagReason
    for reason in (why.ARTICLE_ERROR, why.OFF_TOPIC):
        reports.flag(comment, by=make_commenter(), reason=reason)

    page = client.get(LIST, {"queue": "flagged"}).content.decode()

    assert "It is off topic" in page
    assert "There is an error in the article" not in page


def test_list_decides_on_nothing(client, moderator):
    comment = make_comment(status="pending")

    client.post(f"{LIST}{comment.pk}/decide/approve/")
    client.post(LIST, {"action": "approve", "_selected_action": comment.pk})

    comment.refresh_from_db()
    assert comment.is_pending


@pytest.mark.parametrize("place", ["list", "form"])
def test_comment_leads_to_its_card_at_the_desk(client, moderator, place):
    comment = make_comment(status="pending")
    make_comment(commenter=comment.commenter)
    make_comment(body=f"As #{comment.pk} says.")
    form = reverse("admin:comments_comment_change", args=[comment.pk])

    page = client.get(LIST if place == "list" else form).content.decode()
    desk = client.get(unescape(re.search(f'"({DESK}[?].*?)"', page)[1]))

    assert [card.comment for card in desk.context["cards"]] == [comment]


def test_words_are_not_the_moderators_to_change(client, moderator):
    comment = make_comment(body="As I said it.")
    address = reverse("admin:comments_comment_change", args=[comment.pk])

    assert client.get(address).status_code == 200
    assert client.post(address, {"body": "As they like it."}).status_code == 403
    comment.refresh_from_db()
    assert comment.body == "As I said it."


def test_comments_are_not_deleted(client, moderator):
    address = reverse("admin:comments_comment_delete", args=[make_comment().pk])

    assert client.post(address, {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("size", [1, 3])
def test_list_costs_the_same_queries(
    client, moderator, size, django_assert_num_queries
):
    for _ in range(size):
        parent = make_comment()
        comment = make_comment(parent=parent, status="pending")
        moderation.undo(moderation.approve(comment, by=moderator), by=moderator)
        reports.flag(comment, by=make_commenter(), reason="spam")

    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        client.get(LIST)


QUERIES_OF_THE_LIST = 13


@pytest.mark.parametrize("rounds", [1, 3])
def test_comments_page_costs_the_same_queries(
    client, moderator, rounds, django_assert_num_queries
):
    comment = make_comment()
    for number in range(2, rounds + 2):
        voice = make_commenter(user=make_user())
        reports.flag(comment, by=voice, reason=Flag.FlagReason.SPAM)
        moderation.approve(comment, by=make_moderator())
        Revision.objects.create(comment=comment, number=number, body="Mended.")
    address = reverse("admin:comments_comment_change", args=[comment.pk])
    client.get(address)  # a process asks once for the model's content type

    with django_assert_num_queries(QUERIES_OF_THE_FORM):
        client.get(address)


QUERIES_OF_THE_FORM = 13


def test_moderator_keeps_phrases_and_sanctions(client, moderator):
    voice = make_commenter()
    client.post(
        reverse("admin:comments_phrase_add"),
        {"text": "easy money", "kind": "suspect", "note": ""},
    )
    client.post(
        reverse("admin:comments_sanction_add"),
        {"commenter": voice.pk, "kind": "ban", "reason": "Threats"},
    )

    assert Phrase.objects.get().text == "easy money"
    sanction = Sanction.objects.get()
    assert (sanction.commenter, sanction.imposed_by) == (voice, moderator)


def test_suspension_without_an_end_is_refused(client, moderator):
    response = client.post(
        reverse("admin:comments_sanction_add"),
        {"commenter": make_commenter().pk, "kind": "suspension", "reason": "Rude"},
    )

    assert "A suspension needs an end." in response.content.decode()
    assert not Sanction.objects.exists()
