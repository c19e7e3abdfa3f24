import logging
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from comments import moderation, scoring, spam, submission
from comments.models import Comment, Phrase, ScreenSetting
from comments.refusals import Sender
from comments.spam import Context, Score, Unavailable
from tests.akismet import akismet  # noqa: F401 - a fixture
from tests.factories import (
    make_article,
    make_comment,
    make_commenter,
    make_moderator,
    make_user,
)
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db

TEXT = "A thought about ferries."
SENDER = Sender("198.51.100.7", "Mozilla/5.0")
EVERYTHING = Context("198.51.100.7", "Mozilla/5.0", "Sok", "sok@example.org")


def make_trusted():
    commenter = make_commenter(user=make_user(email="dara@example.org"))
    make_comment(commenter=commenter)
    return commenter


@pytest.fixture
def submit(django_capture_on_commit_callbacks):
    """Submit, and run what was to run on commit."""

    def submit(body=TEXT, commenter=None, *, is_asked=True):
        with django_capture_on_commit_callbacks(execute=is_asked):
            comment = submission.submit(
                make_article(),
                commenter=commenter or make_trusted(),
                body=body,
                sender=SENDER,
            )
        comment.refresh_from_db()
        return comment

    return submit


def told(comment):
    """The decisions: outcome, reason, and what the scorer's finding says."""
    return [
        (d.outcome, d.reason, *(f["evidence"] for f in d.evidence))
        for d in comment.decisions.all()
    ]


ASKED = {"state": "asked"}


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        ("false", Score(0.0)),
        ("true", Score(0.9, ("spam",))),
        ("discard", Score(1.0, ("spam", "discard"))),
    ],
)
def test_akismets_word_is_a_score(akismet, answer, score):  # noqa: F811
    akismet.answers[TEXT] = answer

    assert spam.classify("akismet", TEXT, EVERYTHING) == score


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ("late", "late"),
        ("slowly", "late"),
        ("invalid", "wrong"),
        ("page", "wrong"),
        ("error", "wrong"),
        ("elsewhere", "wrong"),
        ("nothing", "unreachable"),
    ],
)
def test_anything_else_is_no_score(akismet, answer, failure):  # noqa: F811
    akismet.answers[TEXT] = answer

    with pytest.raises(Unavailable) as unavailable:
        spam.classify("akismet", TEXT, EVERYTHING)

    assert unavailable.value.failure == failure
    assert [path for path, _ in akismet.asked] == ["/1.1/comment-check"]


@pytest.mark.parametrize(
    ("allowed", "sent"),
    [
        ([], {}),
        (["address"], {"user_ip": "198.51.100.7"}),
        (
            ["agent", "name", "email"],
            {
                "user_agent": "Mozilla/5.0",
                "comment_author": "Sok",
                "comment_author_email": "sok@example.org",
            },
        ),
    ],
)
def test_text_alone_is_sent_unless_more_is_allowed(akismet, settings, allowed, sent):  # noqa: F811
    settings.COMMENT_SCORER_FIELDS = allowed

    spam.classify("akismet", TEXT, EVERYTHING)

    always = {
        "api_key": "a-key",
        "blog": "http://localhost:8000",
        "comment_type": "comment",
        "comment_content": TEXT,
    }
    assert akismet.asked == [("/1.1/comment-check", always | sent)]


def test_comment_waits_for_the_scorer(akismet, submit):  # noqa: F811
    comment = submit(is_asked=False)

    assert comment.is_pending
    assert told(comment) == [("pending", "unavailable", ASKED)]


def test_fine_comment_is_published_by_the_system(akismet, submit):  # noqa: F811
    comment = submit()

    score = {"score": 0.0, "threshold": 0.5, "labels": []}
    assert comment.is_published
    assert told(comment) == [
        ("pending", "unavailable", ASKED),
        ("published", "passed", score),
    ]
    assert comment.article.discussion.published_count == 1


def test_spam_waits_for_a_person(akismet, submit):  # noqa: F811
    akismet.answers[TEXT] = "true"

    comment = submit()

    score = {"score": 0.9, "threshold": 0.5, "labels": ["spam"]}
    assert comment.is_pending
    assert told(comment)[-1] == ("pending", "score", score)


def test_fine_word_does_not_outvote_the_other_screens(akismet, submit):  # noqa: F811
    comment = submit(commenter=make_commenter(user=make_user()))

    last = comment.decisions.last()
    assert (comment.status, last.reason) == ("pending", "first_comment")
    found = [(f["screen"], f["outcome"]) for f in last.evidence]
    assert found == [("first_comment", "hold"), ("akismet", "publish")]


def test_rejected_and_staff_are_not_asked_about(akismet, submit):  # noqa: F811
    Phrase.objects.create(text="ferries", kind=Phrase.Kind.BANNED)

    rejected = submit()
    staff = submit(commenter=make_commenter(user=make_moderator()))

    assert (rejected.status, staff.status) == ("rejected", "published")
    assert akismet.asked == []


@pytest.mark.parametrize(
    ("answer", "failure"),
    [("late", "late"), ("invalid", "wrong"), ("nothing", "unreachable")],
)
@pytest.mark.parametrize(
    ("policy", "status", "reason"),
    [
        ("hold", "pending", "unavailable"),
        ("publish", "published", "passed"),
        ("retry", "pending", "unavailable"),  # no later with the immediate backend
    ],
)
def test_each_policy_after_each_failure(  # noqa: PLR0917
    akismet,  # noqa: F811
    submit,
    answer,
    failure,
    policy,
    status,
    reason,
):
    akismet.answers[TEXT] = answer
    ScreenSetting.objects.create(screen="akismet", on_failure=policy)

    comment = submit()

    assert comment.status == status
    found = {"failure": failure, "attempt": 1}
    assert told(comment)[-1] == (status, reason, found)
    assert comment.decisions.last().evidence[0]["reason"] == "unavailable"


def test_retry_asks_again_later_and_gives_up(akismet, submit, settings):  # noqa: F811
    comment = submit(is_asked=False)
    akismet.answers[TEXT] = "late"
    ScreenSetting.objects.create(screen="akismet", on_failure="retry")
    backend = "django_tasks_db.DatabaseBackend"
    settings.TASKS = {"default": {"BACKEND": backend}}
    arguments = [comment.pk, 1, ["akismet"], 1]

    pauses = []
    while True:
        scoring.ask.call(*arguments)
        again = DBTaskResult.objects.order_by("-enqueued_at").first()
        if again is None or again.args_kwargs["args"] == arguments:
            break
        arguments = again.args_kwargs["args"]
        pauses.append(round((again.run_after - timezone.now()) / timedelta(minutes=1)))

    attempts = [t[2].get("attempt") for t in told(comment)]
    assert pauses == [1, 2, 4, 8]
    assert attempts == [None, 1, 2, 3, 4, 5]
    comment.refresh_from_db()
    assert comment.is_pending


def test_retry_that_is_answered_publishes(akismet, submit):  # noqa: F811
    ScreenSetting.objects.create(screen="akismet", on_failure="retry")
    akismet.answers[TEXT] = "late"
    comment = submit()
    akismet.answers[TEXT] = "false"

    scoring.ask.call(comment.pk, comment.version, ["akismet"], 2)

    comment.refresh_from_db()
    assert comment.is_published


def test_task_is_safe_to_run_twice(akismet, submit):  # noqa: F811
    comment = submit(is_asked=False)

    for _ in range(2):
        scoring.ask.call(comment.pk, 1, ["akismet"])

    assert len(told(comment)) == 2
    assert len(akismet.asked) == 1


def test_person_who_was_faster_has_the_word(akismet, submit):  # noqa: F811
    comment = submit(is_asked=False)
    moderation.reject(comment, by=make_moderator(), reason="spam")

    scoring.ask.call(comment.pk, 1, ["akismet"])

    comment.refresh_from_db()
    assert (comment.status, akismet.asked) == ("rejected", [])


@pytest.mark.django_db(transaction=True)
def test_failed_scorer_is_not_asked_again_once_a_person_has_decided(
    akismet,  # noqa: F811
    settings,
):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.COMMENT_SCORER_TIMEOUT = PATIENCE
    ScreenSetting.objects.create(screen="akismet", on_failure="retry")
    comment = submission.submit(make_article(), commenter=make_trusted(), body=TEXT)

    def reject():
        copy = Comment.objects.get(pk=comment.pk)
        moderation.reject(copy, by=make_moderator(), reason="spam")
        connection.close()

    akismet.answers[TEXT], akismet.meanwhile = "error", reject
    scoring.ask.call(comment.pk, 1, ["akismet"])

    asked = [result.args_kwargs["args"] for result in DBTaskResult.objects.all()]
    assert asked == [[comment.pk, 1, ["akismet"]]]
    assert [outcome for outcome, *_ in told(comment)] == ["pending", "rejected"]


def test_shadow_is_recorded_and_nothing_waits_for_it(akismet, submit):  # noqa: F811
    ScreenSetting.objects.create(screen="akismet", mode="shadow")
    akismet.answers[TEXT] = "true"

    comment = submit()

    assert [status for status, *_ in told(comment)] == ["published", "published"]
    (found,) = comment.decisions.last().evidence
    assert (found["mode"], found["reason"]) == ("shadow", "score")
    assert comment.article.discussion.published_count == 1


def test_scorer_that_is_off_is_not_asked(akismet, submit):  # noqa: F811
    ScreenSetting.objects.create(screen="akismet", mode="off")

    assert submit().is_published
    assert akismet.asked == []


def test_edited_text_is_asked_about_again(
    akismet,  # noqa: F811
    submit,
    django_capture_on_commit_callbacks,
):
    comment = submit()
    akismet.answers["Better said, at length."] = "true"

    with django_capture_on_commit_callbacks(execute=True):
        submission.edit(
            comment, body="Better said, at length.", voices={comment.commenter_id}
        )

    comment.refresh_from_db()
    assert (comment.status, told(comment)[-1][1]) == ("pending", "score")


def test_log_has_no_words_of_the_comment(akismet, submit, caplog):  # noqa: F811
    akismet.answers[TEXT] = "error"

    with caplog.at_level(logging.DEBUG):
        comment = submit()

    assert f"akismet gave no answer about comment {comment.pk}: wrong" in caplog.text
    assert "ferries" not in caplog.text
