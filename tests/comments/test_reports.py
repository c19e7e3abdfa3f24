"""Reports: what they weigh, when they hide, when they come back, and their receipts."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from comments import links, moderation, reports, submission
from comments.models import ArticleError, Comment, Flag, Phrase, Reason, Revision
from tests.factories import (
    make_article,
    make_comment,
    make_commenter,
    make_editor,
    make_moderator,
    make_user,
)
from tests.posting import post

pytestmark = pytest.mark.django_db
Why = Flag.FlagReason
Outcome = Flag.Outcome


def make_reader():
    """Somebody with an account, whose reports weigh 1."""
    return make_commenter(user=make_user())


def report(comment, *, by=None, reason=Why.SPAM, **said):
    return reports.flag(comment, by=by or make_reader(), reason=reason, **said)


def make_record(reader, *, agreed=0, disagreed=0, ignored=0):
    for outcome, count in [
        (Outcome.AGREED, agreed),
        (Outcome.DISAGREED, disagreed),
        (Outcome.IGNORED, ignored),
    ]:
        for _ in range(count):
            make_comment().flags.create(
                commenter=reader, reason=Why.SPAM, outcome=outcome
            )


def is_flagged(comment):
    return Comment.objects.flagged().filter(pk=comment.pk).exists()


def status_of(comment):
    return Comment.objects.get(pk=comment.pk).status


def test_flag_twice_is_one_open_flag():
    comment, reader = make_comment(), make_commenter()

    first = report(comment, by=reader)
    second = report(comment, by=reader)

    assert first == second
    assert list(Comment.objects.flagged()) == [comment]


def test_reader_may_report_for_two_reasons():
    comment, reader = make_comment(), make_reader()

    report(comment, by=reader)
    report(comment, by=reader, reason=Why.ABUSIVE)

    assert comment.flags.open().count() == 2


@pytest.mark.parametrize(
    ("record", "weight"),
    [
        ({}, 1.0),
        ({"disagreed": 4}, 1.0),  # too few to say anything
        ({"agreed": 8}, 1.8),
        ({"disagreed": 8}, 0.2),
        ({"agreed": 4, "disagreed": 4}, 1.0),
        ({"ignored": 8}, 1.0),  # nobody said whether they were right
    ],
)
def test_report_weighs_what_its_readers_record_says(record, weight):
    reader = make_reader()
    make_record(reader, **record)

    assert report(make_comment(), by=reader).weight == weight


def test_guests_report_weighs_half():
    guest = make_commenter()
    assert report(make_comment(), by=guest).weight == 0.5

    make_record(guest, agreed=8)
    assert report(make_comment(), by=guest).weight == 0.9


def test_weight_is_computed_in_one_query(django_assert_num_queries):
    reader = make_reader()
    make_record(reader, agreed=8)

    with django_assert_num_queries(1):
        reports.weight(reader)


def test_enough_weight_hides_the_comment_pending_review():
    comment = make_comment()
    filed = [report(comment) for _ in range(3)]

    decision = comment.decisions.get()
    assert status_of(comment) == Comment.Status.PENDING
    assert (decision.moderator, decision.reason, decision.source) == (
        None,
        "flagged",
        "report",
    )
    assert decision.evidence == [
        {
            "screen": "reports",
            "outcome": "hold",
            "reason": "flagged",
            "evidence": {
                "weight": 3.0,
                "threshold": 3.0,
                "reporters": 3,
                "flags": [
                    {"flag": flag.pk, "reason": "spam", "weight": 1.0} for flag in filed
                ],
            },
        }
    ]
    assert comment.flags.open().count() == 3  # for the moderator to answer


def edit(comment, body):
    submission.edit(comment, body=body, voices={comment.commenter_id})
    return comment.decisions.last()


def make_hidden():
    """A known commenter's comment, which three readers have reported."""
    commenter = make_reader()
    make_comment(commenter=commenter)
    comment = make_comment(commenter=commenter)
    for _ in range(3):
        report(comment)
    return comment


@pytest.mark.parametrize("body", ["Said again!", "https://a.example https://b.example"])
def test_edit_leaves_hidden_what_reports_have_hidden(body):
    comment = make_hidden()
    hidden = comment.decisions.get()

    decision = edit(comment, body)

    assert status_of(comment) == Comment.Status.PENDING
    assert (decision.reason, decision.source) == (hidden.reason, hidden.source)
    assert decision.evidence[:1] == hidden.evidence
    assert comment.flags.open().count() == 3


def test_edit_of_a_hidden_comment_is_rejected_for_a_banned_phrase():
    Phrase.objects.create(text="casino", kind=Phrase.Kind.BANNED)
    comment = make_hidden()

    decision = edit(comment, "Come to the casino.")

    assert (decision.outcome, decision.reason, decision.source) == (
        "rejected",
        "phrase",
        "own",
    )


def test_edit_of_a_hidden_comment_is_screened_alone_once_its_reports_are_answered():
    comment = make_hidden()
    moderation.ignore_flags(comment, by=make_moderator())

    assert edit(comment, "Said again!").outcome == Comment.Status.PUBLISHED


def test_less_weight_leaves_the_comment_on_the_page():
    comment = make_comment()
    for _ in range(2):
        report(comment)

    assert status_of(comment) == Comment.Status.PUBLISHED


def test_one_reader_with_many_reasons_counts_once():
    comment, reader = make_comment(), make_reader()
    for reason in (Why.SPAM, Why.ABUSIVE, Why.OFF_TOPIC, Why.OTHER):
        report(comment, by=reader, reason=reason)

    assert status_of(comment) == Comment.Status.PUBLISHED


def test_guests_alone_never_hide_because_one_person_can_be_many():
    comment = make_comment()
    for _ in range(20):
        report(comment, by=make_commenter())
    assert status_of(comment) == Comment.Status.PUBLISHED

    for _ in range(2):
        report(comment)
    assert status_of(comment) == Comment.Status.PENDING


def test_newsrooms_own_report_hides_at_once():
    comment = make_comment()

    report(comment, by=make_commenter(user=make_moderator()))

    assert status_of(comment) == Comment.Status.PENDING


def test_newsrooms_own_comment_is_never_hidden():
    comment = make_comment(commenter=make_commenter(user=make_editor()))
    for _ in range(5):
        report(comment)

    assert status_of(comment) == Comment.Status.PUBLISHED
    assert is_flagged(comment)


def test_errors_in_the_article_hide_nothing():
    comment = make_comment()
    for _ in range(5):
        report(comment, reason=Why.ARTICLE_ERROR)

    assert status_of(comment) == Comment.Status.PUBLISHED


def test_no_crowd_overrules_a_person_who_answered_the_reports():
    comment = make_comment()
    report(comment)
    moderation.approve(comment, by=make_moderator())

    for _ in range(4):
        report(comment)

    assert status_of(comment) == Comment.Status.PUBLISHED
    assert is_flagged(comment)


def test_approved_comment_stays_out_of_the_queue_for_an_answered_reason():
    comment = make_comment()
    report(comment)
    moderation.approve(comment, by=make_moderator())

    report(comment)

    assert not is_flagged(comment)
    assert comment.flags.open().count() == 1  # kept quietly
    assert reports.news(comment) == ""


def test_approved_comment_returns_for_a_new_reason():
    comment = make_comment()
    report(comment)
    moderation.approve(comment, by=make_moderator())

    report(comment, reason=Why.ABUSIVE)

    assert is_flagged(comment)
    assert reports.news(comment) == "Reported anew: It is abusive or hateful."


def test_approved_comment_returns_for_every_notice_of_something_illegal():
    comment = make_comment()
    report(comment, reason=Why.ILLEGAL)
    moderation.approve(comment, by=make_moderator())

    report(comment, reason=Why.ILLEGAL)

    assert is_flagged(comment)
    assert reports.news(comment) == "Reported anew: I believe it is illegal."


def test_approved_comment_returns_when_many_readers_report_it(settings):
    settings.COMMENT_RETURN_REPORTERS = 2
    comment = make_comment()
    report(comment)
    moderation.approve(comment, by=make_moderator())

    report(comment)
    assert not is_flagged(comment)
    report(comment)

    assert is_flagged(comment)
    assert reports.news(comment) == "Reported by 2 readers since it was approved."


def test_approved_comment_returns_when_edited_since():
    comment = make_comment()
    report(comment)
    moderation.approve(comment, by=make_moderator())
    Revision.objects.create(comment=comment, number=2, body="Other words.")
    comment.revision_number, comment.body = 2, "Other words."
    comment.save()
    grounds = moderation.Grounds(Reason.PASSED)
    moderation.record(comment, previous=comment.status, by=None, grounds=grounds)
    assert not is_flagged(comment)

    report(comment)

    assert is_flagged(comment)
    assert reports.news(comment) == "Edited since it was approved."


def test_undone_approval_returns_the_comment_to_the_queue():
    comment, moderator = make_comment(), make_moderator()
    report(comment)
    decision = moderation.approve(comment, by=moderator)
    assert not is_flagged(comment)

    moderation.undo(decision, by=moderator)

    assert is_flagged(comment)


def test_news_cost_no_query_beside_the_lists(django_assert_num_queries):
    for _ in range(3):
        comment = make_comment()
        report(comment)
        moderation.approve(comment, by=make_moderator())
        report(comment, reason=Why.ABUSIVE)

    with django_assert_num_queries(3):
        rows = Comment.objects.prefetch_related("decisions", "flags")
        assert all(reports.news(comment) for comment in rows)


def test_flagged_queue_costs_one_query(django_assert_num_queries):
    for _ in range(3):
        report(make_comment())

    with django_assert_num_queries(1):
        assert len(Comment.objects.flagged()) == 3


# The form and the receipt

NOTICE = {
    "reason": "illegal",
    "words": "It denies a crime.",
    "law": "Section 130",
    "reporter_name": "Sok",
    "reporter_email": "reporter@example.org",
    "is_in_good_faith": "on",
}


def flags_address(comment):
    return reverse("comments:flags", args=[comment.pk])


def test_notice_of_something_illegal_is_kept_whole(client):
    comment = make_comment()

    post(client, flags_address(comment), NOTICE)

    flag = Flag.objects.get()
    assert {name: getattr(flag, name) for name in NOTICE} == NOTICE | {
        "is_in_good_faith": True
    }
    assert flag.revision == comment.revisions.get()


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("words", "Please say why you believe it is illegal."),
        ("is_in_good_faith", "Please confirm this."),
    ],
)
def test_notice_of_something_illegal_needs_its_grounds(client, missing, words):
    said = {name: value for name, value in NOTICE.items() if name != missing}

    answer = post(client, flags_address(make_comment()), said)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_notice_of_something_illegal_needs_neither_name_law_nor_address(client):
    said = {name: NOTICE[name] for name in ("reason", "words", "is_in_good_faith")}

    assert post(client, flags_address(make_comment()), said).status_code == 302


def test_other_reports_keep_no_name_or_address(client):
    said = NOTICE | {"reason": "spam", "reporter_email": "not an address"}

    assert post(client, flags_address(make_comment()), said).status_code == 302

    flag = Flag.objects.get()
    assert (flag.law, flag.reporter_name, flag.reporter_email) == ("", "", "")


def test_comment_of_a_hidden_discussion_is_neither_read_nor_reported(client):
    address = flags_address(make_comment(article=make_article(commenting="hidden")))

    assert client.get(address).status_code == 404
    assert post(client, address, NOTICE).status_code == 404
    assert not Flag.objects.exists()


def receipt_of(client, flag):
    return client.get(reverse("comments:receipt", args=[links.to_flag(flag)]))


def test_report_is_answered_by_a_receipt(client):
    answer = post(client, flags_address(make_comment()), NOTICE)

    page = client.get(answer["Location"])

    flag, said = Flag.objects.get(), page.content.decode()
    assert answer["Location"].startswith("/flags/")
    assert "private" in page["Cache-Control"]
    assert "no-store" in page["Cache-Control"]
    for words in (
        flag.reference,
        "I believe it is illegal",
        "Section 130",
        "Received. The moderators have not decided yet.",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("reject", "The moderators agreed with you and removed the comment."),
        ("approve", "The moderators looked at the comment and decided that it stays."),
        ("ignore", "The moderators read your report and left the comment as it is."),
    ],
)
def test_receipt_says_what_was_decided(client, verb, words):
    comment, moderator = make_comment(), make_moderator()
    flag = report(comment)
    {
        "reject": lambda: moderation.reject(comment, by=moderator, reason=Reason.SPAM),
        "approve": lambda: moderation.approve(comment, by=moderator),
        "ignore": lambda: moderation.ignore_flags(comment, by=moderator),
    }[verb]()

    assert words in receipt_of(client, flag).content.decode()


def test_receipt_shows_no_address_and_no_hidden_text(client):
    comment = make_comment(
        body="Words to be hidden.", commenter=make_commenter(email="held@example.org")
    )
    flag = report(comment, notice=reports.Notice(reporter_email="me@example.org"))
    shown = receipt_of(client, flag).content.decode()
    assert "Words to be hidden." in shown

    moderation.reject(comment, by=make_moderator(), reason=Reason.SPAM)

    hidden = receipt_of(client, flag).content.decode()
    assert "Words to be hidden." not in hidden
    assert "The comment is not on the page." in hidden
    assert "@example.org" not in shown + hidden
    assert "Mona Moderator" not in hidden


@pytest.mark.parametrize("salt", ["comments.links.comment", "another"])
def test_receipt_of_a_forged_link_is_not_there(client, salt):
    token = signing.dumps(report(make_comment()).pk, salt=salt)

    assert client.get(reverse("comments:receipt", args=[token])).status_code == 404


def test_withdrawn_comment_is_said_on_the_receipt(client):
    comment = make_comment()
    flag = report(comment)
    submission.withdraw(comment, voices={comment.commenter_id})

    words = "The comment was withdrawn by its commenter."
    assert words in receipt_of(client, flag).content.decode()


# Errors in articles

ERRORS = reverse("admin:comments_articleerror_changelist")


def test_editors_read_errors_in_articles_and_nothing_else(client):
    article = make_article(headline="A piece with an error")
    comment = make_comment(article=article)
    report(comment, reason=Why.ARTICLE_ERROR, words="It was 1998.")
    report(comment, words="Buy this.")
    client.force_login(make_editor())

    page = client.get(ERRORS).content.decode()

    assert "A piece with an error" in page
    assert "It was 1998." in page
    assert "Buy this." not in page
    queue = reverse("admin:comments_comment_changelist")
    assert client.get(queue).status_code == 403


def test_moderators_have_no_list_of_errors(client):
    client.force_login(make_moderator())

    assert client.get(ERRORS).status_code == 403


@pytest.mark.parametrize(
    ("action", "outcome", "words"),
    [
        ("agree", "agreed", "The editors agreed with you: thank you."),
        ("disagree", "disagreed", "The editors looked at it and found no error."),
    ],
)
def test_editor_settles_an_error_and_its_reader_learns_of_it(
    client, action, outcome, words
):
    flag, editor = report(make_comment(), reason=Why.ARTICLE_ERROR), make_editor()
    client.force_login(editor)

    client.post(ERRORS, {"action": action, "_selected_action": flag.pk})

    flag.refresh_from_db()
    assert (flag.outcome, flag.settled_by) == (outcome, editor)
    assert words in receipt_of(client, flag).content.decode()
    assert not reports.settle(flag, by=make_editor(), outcome=Outcome.AGREED)


def test_settled_error_can_be_followed_by_another():
    comment, reader = make_comment(), make_reader()
    first = report(comment, by=reader, reason=Why.ARTICLE_ERROR)
    reports.settle(first, by=make_editor(), outcome=Outcome.AGREED)

    second = report(comment, by=reader, reason=Why.ARTICLE_ERROR)

    assert first != second
    assert ArticleError.objects.count() == 2


def test_receipts_link_holds_for_a_year(client):
    flag = report(make_comment())
    address = reverse("comments:receipt", args=[links.to_flag(flag)])

    with time_machine.travel(timezone.now() + timedelta(days=364)):
        assert client.get(address).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=366)):
        assert client.get(address).status_code == 404
