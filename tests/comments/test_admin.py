"""The moderators' workplace, through its pages."""

import pytest
from django.urls import reverse

from comments import moderation, reports
from comments.models import Comment, Flag, Phrase, Sanction
from tests.factories import make_comment, make_commenter, make_editor, make_moderator

pytestmark = pytest.mark.django_db

LIST = reverse("admin:comments_comment_changelist")


@pytest.fixture
def moderator(client):
    """A signed-in moderator."""
    moderator = make_moderator()
    client.force_login(moderator)
    return moderator


def rows(client, **query):
    page = client.get(LIST, query)
    return [comment.body for comment in page.context["cl"].result_list]


def decide(client, comment, verb, **data):
    address = reverse("admin:comments_comment_decide", args=[comment.pk, verb])
    return client.post(address, data)


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


def test_one_click_decides_and_returns_to_the_queue(client, moderator):
    comment = make_comment(status="pending")

    response = decide(client, comment, "approve")

    comment.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, LIST)
    assert comment.is_published
    assert comment.decisions.get().moderator == moderator


def test_rejection_takes_the_reason_and_the_words(client, moderator):
    comment = make_comment()

    decide(client, comment, "reject", reason="abusive", words="Mind your tone.")

    decision = comment.decisions.get()
    assert (decision.reason, decision.words) == ("abusive", "Mind your tone.")


def test_spam_and_restore_are_one_click(client, moderator):
    comment = make_comment()

    decide(client, comment, "spam")
    decide(client, comment, "restore")

    reasons = comment.decisions.values_list("reason", flat=True)
    assert list(reasons) == ["spam", "restored"]


@pytest.mark.parametrize(
    ("action", "status"), [("approve", "published"), ("reject", "rejected")]
)
def test_actions_decide_many(client, moderator, action, status):
    comments = [make_comment(status="pending") for _ in range(3)]
    data = {"action": action, "_selected_action": [c.pk for c in comments]}

    client.post(LIST, data | {"reason": "other"})

    assert set(Comment.objects.values_list("status", flat=True)) == {status}


@pytest.mark.parametrize("make", [make_editor, None])
def test_others_cannot_decide(client, make):
    comment = make_comment(status="pending")
    if make:
        client.force_login(make())

    response = decide(client, comment, "approve")

    comment.refresh_from_db()
    assert response.status_code == (403 if make else 302)
    assert comment.is_pending


def test_decision_needs_a_post(client, moderator):
    address = reverse("admin:comments_comment_decide", args=[make_comment().pk, "spam"])

    assert client.get(address).status_code == 405


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
