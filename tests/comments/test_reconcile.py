from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F, QuerySet
from django.utils import timezone

from comments import moderation, reconciliation, reports, submission
from comments.models import (
    Comment,
    Discussion,
    Flag,
    ModerationDecision,
    Reason,
    Revision,
)
from tests.factories import (
    make_article,
    make_commenter,
    make_moderator,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def comment():
    """Published by a moderator; replied to, reported, edited: a bit of everything."""
    moderator, voice = make_moderator(), make_commenter(user=make_user())
    comment = submission.submit(make_article(), commenter=voice, body="First.")
    submission.edit(comment, body="Better.", voices={voice.pk})
    moderation.approve(comment, by=moderator)
    submission.submit(
        comment.article, commenter=make_commenter(), body="Reply.", parent=comment
    )
    reports.flag(comment, by=make_commenter(), reason=Flag.FlagReason.SPAM)
    moderation.approve(comment, by=moderator)
    return comment


def rewrite(rows, **values):
    """What no verb does; decisions have to be forced."""
    QuerySet.update(rows, **values)


def drift_count(comment):
    rewrite(Discussion.objects.all(), published_count=7)


def drift_activity(comment):
    long_ago = timezone.now() - timedelta(days=9)
    rewrite(Discussion.objects.all(), last_activity_at=long_ago)


def drift_missing(comment):
    Discussion.objects.all().delete()


def drift_version(comment):
    rewrite(Comment.objects.filter(pk=comment.pk), version=1)


def drift_revision(comment):
    rewrite(Comment.objects.filter(pk=comment.pk), revision_number=9)


def drift_replies(comment):
    rewrite(Comment.objects.filter(pk=comment.pk), reply_count=-1)


def drift_has_replies(comment):
    rewrite(Comment.objects.filter(pk=comment.pk), has_replies=True)


def drift_status(comment):
    rewrite(Comment.objects.filter(parent=comment), status="rejected")


def drift_body(comment):
    rewrite(Comment.objects.filter(pk=comment.pk), body="Never said.")


def drift_decision(comment):
    Revision.objects.filter(comment__parent=comment).update(number=2)
    QuerySet.delete(ModerationDecision.objects.filter(comment__parent=comment))
    rewrite(Comment.objects.filter(parent=comment), revision_number=2)


def drift_digest(comment):
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX comment_said_once")
    rewrite(Comment.objects.all(), digest="the same")


def drift_place(comment):
    rewrite(Comment.objects.filter(parent=comment), depth=3)


def drift_line(comment):
    rewrite(comment.decisions.filter(version=2), previous_status="rejected")


def drift_owner(comment):
    other = Revision.objects.exclude(comment=comment).first()
    rewrite(comment.decisions.filter(version=2), revision=other)


def drift_flag_open(comment):
    rewrite(Flag.objects.all(), outcome=Flag.Outcome.OPEN)


def drift_flag_agreed(comment):
    rewrite(Flag.objects.all(), outcome=Flag.Outcome.AGREED)


def drift_undone_flag(comment):
    answer = comment.decisions.last()
    moderation.undo(answer, by=make_moderator())
    rewrite(Flag.objects.all(), decision=answer, outcome=Flag.Outcome.DISAGREED)


COUNTERS = {
    drift_count: "article: published_count is not the number of comments",
    drift_missing: "article: published_count is not the number of comments",
    drift_activity: "discussion: last_activity_at is before the newest comment",
    drift_version: "comment: version is not its last decision's",
    drift_revision: "comment: revision_number is not its last",
    drift_replies: "comment: reply_count is not the number of replies",
    drift_has_replies: "comment: reply_count is not the number of replies",
}
RECORDS = {
    drift_status: "comment: status is not its last decision's",
    drift_body: "comment: body is not its last revision's",
    drift_decision: "comment: has no decision",
    drift_digest: "comment: digest is another comment's too",
    drift_place: "comment: stands elsewhere in the thread than its parent says",
    drift_line: "moderationdecision: does not follow from the decision before it",
    drift_owner: "moderationdecision: belongs to another comment",
    drift_flag_open: "flag: outcome is not its decision's",
    drift_flag_agreed: "flag: outcome is not its decision's",
    drift_undone_flag: "flag: is answered by a decision that was undone",
}


def found():
    return [
        f"{problem.model._meta.model_name}: {problem.check.name}"
        for problem in reconciliation.find_problems()
    ]


def reconcile(capsys, **options):
    """What the command said, and whether it ended well."""
    try:
        call_command("reconcile", **options)
    except CommandError as error:
        return capsys.readouterr().out.splitlines(), error.returncode
    return capsys.readouterr().out.splitlines(), 0


def test_what_verbs_wrote_agrees(comment, capsys):
    assert reconcile(capsys) == (["All that is stored agrees."], 0)


@pytest.mark.parametrize("drift", COUNTERS)
def test_drifted_counter_is_found_and_repaired(drift, comment, capsys):
    drift(comment)
    assert found() == [COUNTERS[drift]]
    kept = list(ModerationDecision.objects.values())

    lines, code = reconcile(capsys)
    assert (len(lines), code) == (1, 1)
    lines, code = reconcile(capsys, repair=True)
    assert (lines[0].endswith("(repaired)"), code) == (True, 0)

    assert found() == []
    assert list(ModerationDecision.objects.values()) == kept


@pytest.mark.parametrize("drift", RECORDS)
def test_drifted_record_is_found_and_left_for_people(drift, comment, capsys):
    drift(comment)
    assert RECORDS[drift] in found()

    assert reconcile(capsys, repair=True)[1] == 1

    assert RECORDS[drift] in found()


def test_problems_are_told_by_key_without_words(comment, capsys):
    drift_body(comment)

    lines, _ = reconcile(capsys)

    assert lines == [f"comment {comment.pk}: body is not its last revision's"]


def test_repair_moves_the_version_so_that_cached_pages_are_stale(comment):
    before = Discussion.objects.get(article=comment.article)
    drift_count(comment)

    call_command("reconcile", repair=True)

    after = Discussion.objects.get(article=comment.article)
    assert (after.published_count, after.version) == (1, before.version + 1)


@pytest.mark.parametrize("comments", [1, 3])
def test_proof_costs_a_query_a_check(comments, django_assert_num_queries):
    for n in range(comments):
        submission.submit(make_article(), commenter=make_commenter(), body=f"{n}")
    Discussion.objects.update(published_count=F("published_count") + 1)

    with django_assert_num_queries(len(reconciliation.CHECKS)):
        reconciliation.find_problems()


def test_answer_to_a_rejected_comment_is_reconciled(comment):
    moderation.reject(comment, by=make_moderator(), reason=Reason.SPAM)
    moderation.restore(comment, by=make_moderator())

    assert found() == []
