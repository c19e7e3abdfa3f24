from datetime import timedelta

import pytest
from django.utils import timezone

from comments import moderation
from comments.models import (
    Comment,
    Discussion,
    Flag,
    ModerationDecision,
    Reason,
    Sanction,
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


def test_flag_twice_is_one_open_flag():
    comment, reader = make_comment(), make_commenter()

    first = moderation.flag(comment, by=reader, reason=Flag.FlagReason.SPAM)
    second = moderation.flag(comment, by=reader, reason=Flag.FlagReason.SPAM)

    assert first == second
    assert list(Comment.objects.flagged()) == [comment]


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_decision_answers_the_flags(verb):
    comment = make_comment()
    flag = moderation.flag(comment, by=make_commenter(), reason=Flag.FlagReason.ABUSIVE)

    if verb == "approve":
        decision = moderation.approve(comment, by=make_moderator())
    else:
        decision = moderation.reject(
            comment, by=make_moderator(), reason=Reason.ABUSIVE
        )

    flag.refresh_from_db()
    assert flag.decision == decision
    assert not Comment.objects.flagged().exists()


def test_lift_ends_a_sanction_and_keeps_its_record():
    sanction = moderation.sanction(
        Sanction(commenter=make_commenter(), kind="ban", reason="spam"),
        by=make_moderator(),
    )
    assert list(Sanction.objects.in_force()) == [sanction]

    moderation.lift(sanction)

    assert list(Sanction.objects.in_force()) == []
    assert Sanction.objects.count() == 1


def test_sanction_ends_by_itself():
    ended = timezone.now() - timedelta(minutes=1)
    Sanction.objects.create(
        commenter=make_commenter(), kind="suspension", reason="rude", ends_at=ended
    )

    assert list(Sanction.objects.in_force()) == []
