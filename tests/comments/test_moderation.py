import pytest

from comments import moderation, reports
from comments.models import (
    Comment,
    Discussion,
    Flag,
    ModerationDecision,
    Reason,
)
from tests.factories import make_comment, make_commenter, make_moderator

pytestmark = pytest.mark.django_db
Status = Comment.Status


def recorded(comment):
    return list(
        comment.decisions.values_list(
            "moderator", "previous_status", "outcome", "reason", "words"
        )
    )


def counted(comment):
    return Discussion.objects.get(article=comment.article).published_count


def test_approve_publishes_and_records_the_moderator():
    comment, moderator = make_comment(status=Status.PENDING), make_moderator()

    moderation.approve(comment, by=moderator, words="well said")

    comment.refresh_from_db()
    assert comment.is_published
    assert recorded(comment) == [
        (moderator.pk, "pending", "published", "approved", "well said")
    ]
    assert counted(comment) == 1


def test_approve_leaves_a_settled_comment_alone():
    comment, moderator = make_comment(), make_moderator()

    assert moderation.approve(comment, by=moderator) is None
    assert (recorded(comment), counted(comment)) == ([], 1)


def test_reject_hides_counts_down_and_says_why():
    comment, moderator = make_comment(), make_moderator()

    moderation.reject(comment, by=moderator, reason=Reason.OFF_TOPIC)

    assert recorded(comment) == [
        (moderator.pk, "published", "rejected", "off_topic", "")
    ]
    assert counted(comment) == 0


@pytest.mark.parametrize("before", [Status.PUBLISHED, Status.PENDING])
def test_restore_returns_what_was_before_the_rejection(before):
    comment, moderator = make_comment(status=before), make_moderator()
    count = counted(comment)
    moderation.reject(comment, by=moderator, reason=Reason.SPAM)

    moderation.restore(comment, by=moderator)

    comment.refresh_from_db()
    assert (comment.status, counted(comment)) == (before, count)
    assert recorded(comment)[-1] == (moderator.pk, "rejected", before, "restored", "")


def test_withdrawn_comment_is_beyond_moderation():
    comment, moderator = make_comment(status=Status.WITHDRAWN), make_moderator()

    assert moderation.approve(comment, by=moderator) is None
    assert moderation.reject(comment, by=moderator, reason=Reason.SPAM) is None


def test_decision_on_stale_copy_is_taken_on_the_row_as_it_is():
    comment, moderator = make_comment(status=Status.PENDING), make_moderator()
    stale = Comment.objects.get(pk=comment.pk)
    moderation.approve(comment, by=moderator)

    assert moderation.approve(stale, by=moderator) is None
    assert counted(comment) == 1


def test_decisions_are_written_once():
    comment = make_comment(status=Status.PENDING)
    decision = moderation.approve(comment, by=make_moderator())

    with pytest.raises(TypeError):
        decision.save()
    with pytest.raises(TypeError):
        decision.delete()
    with pytest.raises(TypeError):
        ModerationDecision.objects.update(words="rewritten")
    with pytest.raises(TypeError):
        comment.decisions.all().delete()


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_decision_answers_the_flags(verb):
    comment = make_comment()
    flag = reports.flag(comment, by=make_commenter(), reason=Flag.FlagReason.ABUSIVE)

    if verb == "approve":
        decision = moderation.approve(comment, by=make_moderator())
    else:
        decision = moderation.reject(
            comment, by=make_moderator(), reason=Reason.ABUSIVE
        )

    flag.refresh_from_db()
    answer = {"approve": "disagreed", "reject": "agreed"}[verb]
    assert (flag.decision, flag.outcome) == (decision, answer)
    assert not Comment.objects.flagged().exists()


def test_stale_decision_is_refused_with_what_changed():
    comment, moderator = make_comment(status=Status.PENDING), make_moderator()
    seen = comment.version
    first = moderation.approve(comment, by=make_moderator(), seen=seen)

    with pytest.raises(moderation.Stale) as stale:
        moderation.reject(comment, by=moderator, reason=Reason.SPAM, seen=seen)

    assert list(stale.value.since) == [first]
    comment.refresh_from_db()
    assert comment.is_published


@pytest.mark.parametrize("verb", ["approve", "reject", "ignore"])
def test_undo_returns_status_count_and_flags(verb):
    comment, moderator = make_comment(), make_moderator()
    flag = reports.flag(comment, by=make_commenter(), reason=Flag.FlagReason.SPAM)
    decision = {
        "approve": lambda: moderation.approve(comment, by=moderator),
        "reject": lambda: moderation.reject(comment, by=moderator, reason=Reason.SPAM),
        "ignore": lambda: moderation.ignore_flags(comment, by=moderator),
    }[verb]()

    undone = moderation.undo(decision, by=moderator)

    comment.refresh_from_db()
    flag.refresh_from_db()
    assert (comment.status, counted(comment)) == (Status.PUBLISHED, 1)
    assert (flag.decision, flag.outcome) == (None, Flag.Outcome.OPEN)
    assert (undone.undoes, undone.version) == (decision, comment.version)


def test_only_the_last_decision_of_a_person_is_undone():
    comment, moderator = make_comment(status=Status.PENDING), make_moderator()
    first = moderation.approve(comment, by=moderator)
    last = moderation.reject(comment, by=moderator, reason=Reason.SPAM)

    with pytest.raises(moderation.CannotUndo):
        moderation.undo(first, by=moderator)
    undone = moderation.undo(last, by=moderator)
    with pytest.raises(moderation.CannotUndo):
        moderation.undo(undone, by=moderator)


def test_ignored_flags_leave_the_comment_alone():
    comment = make_comment()
    flag = reports.flag(comment, by=make_commenter(), reason=Flag.FlagReason.SPAM)

    moderation.ignore_flags(comment, by=make_moderator())

    flag.refresh_from_db()
    assert (comment.status, flag.outcome) == (Status.PUBLISHED, Flag.Outcome.IGNORED)


def test_ignored_flags_of_a_rejected_comment_leave_its_reason():
    comment, moderator = make_comment(), make_moderator()
    moderation.reject(comment, by=moderator, reason=Reason.OFF_TOPIC)
    comment.flags.create(commenter=make_commenter(), reason="spam")

    moderation.ignore_flags(comment, by=moderator)

    assert recorded(comment)[1:] == [
        (moderator.pk, "rejected", "rejected", "off_topic", "")
    ]
    assert comment.flags.get().outcome == Flag.Outcome.IGNORED


def test_restore_after_ignored_flags_lets_a_rejected_comment_wait():
    comment, moderator = make_comment(status=Status.REJECTED), make_moderator()
    comment.flags.create(commenter=make_commenter(), reason="spam")
    moderation.ignore_flags(comment, by=moderator)

    moderation.restore(comment, by=moderator)

    assert comment.status == Status.PENDING


def test_error_in_the_article_is_not_the_moderators_to_answer():
    comment = make_comment()
    flag = reports.flag(
        comment, by=make_commenter(), reason=Flag.FlagReason.ARTICLE_ERROR
    )

    assert moderation.approve(comment, by=make_moderator()) is None
    assert not Comment.objects.flagged().exists()
    flag.refresh_from_db()
    assert flag.outcome == Flag.Outcome.OPEN


def test_featured_is_a_mark_on_published_comments():
    comment, editor = make_comment(), make_moderator()

    assert moderation.feature(comment, by=editor)
    assert not moderation.feature(comment, by=editor)
    assert moderation.feature(comment, by=editor, is_featured=False)
    assert not moderation.feature(make_comment(status=Status.PENDING), by=editor)
