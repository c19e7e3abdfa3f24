"""Several people at the same comments at the same moment."""

import threading
from functools import partial

import pytest
from django.db import connection

from comments import (
    bulk,
    moderation,
    reconciliation,
    refusals,
    reports,
    submission,
)
from comments.models import (
    BulkRun,
    Comment,
    Commenter,
    Discussion,
    Flag,
    ModerationDecision,
    Reason,
)
from tests.factories import (
    make_article,
    make_comment,
    make_commenter,
    make_moderator,
    make_user,
)

pytestmark = pytest.mark.django_db(transaction=True)
Status = Comment.Status
LOOKS_AGAIN = 8


def together(*deeds):
    """Do all at once, each on a connection of its own; what each returned."""
    barrier, results = threading.Barrier(len(deeds)), [None] * len(deeds)

    def act(place, deed):
        barrier.wait()
        try:
            results[place] = deed()
        except Exception as error:  # noqa: BLE001 - the test reads it
            results[place] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=act, args=(place, deed))
        for place, deed in enumerate(deeds)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, Exception) and not isinstance(
            result, (moderation.CannotUndo, refusals.Refusal)
        ):
            raise result
    return results


def submit_queue(length):
    articles = [make_article(), make_article()]
    return [
        submission.submit(articles[n % 2], commenter=make_commenter(), body=f"No. {n}.")
        for n in range(length)
    ]


def work_off(cards, moderator):
    """Decide every card as it was seen; look again where another was quicker.

    Returns what happened at each attempt: card, text seen, and the decision, None or
    Stale.
    """
    attempts = []
    for look in range(LOOKS_AGAIN):
        for card in cards:
            body = card.body
            verb = (
                moderation.reject if (card.pk + look) % 3 == 0 else moderation.approve
            )
            reason = {"reason": Reason.SPAM} if verb is moderation.reject else {}
            try:
                done = verb(card, by=moderator, seen=card.version, **reason)
            except moderation.Stale as stale:
                done = stale
            attempts.append((card.pk, body, done))
        cards = list(Comment.objects.awaiting_moderation().order_by("pk"))
    return attempts


def mend(comments):
    """Commenters edit every third of the comments, while they may."""
    mended = 0
    for comment in comments[::3]:
        try:
            submission.edit(
                Comment.objects.get(pk=comment.pk),
                body=f"{comment.body} Mended.",
                voices={comment.commenter_id},
            )
            mended += 1
        except refusals.NotYours:  # rejected by now
            pass
    return mended


def test_two_moderators_over_one_queue_lose_nothing_and_judge_only_what_they_saw():
    queue = submit_queue(40)
    first, second = make_moderator(), make_moderator()
    screens = [list(Comment.objects.order_by("pk")) for _ in range(2)]

    ours, theirs, mended = together(
        lambda: work_off(screens[0], first),
        lambda: work_off(screens[1], second),
        lambda: mend(queue),
    )

    # What was edited after both had gone home.
    late = work_off(list(Comment.objects.awaiting_moderation()), first)
    attempts = [*ours, *theirs, *late]
    decided = [a for a in attempts if isinstance(a[2], ModerationDecision)]
    stale = [a for a in attempts if isinstance(a[2], moderation.Stale)]
    settled = [a for a in attempts if a[2] is None]
    # Not one lost, not one more than was told to its decider.
    people = ModerationDecision.objects.exclude(moderator=None)
    assert {done.pk for *_, done in decided} == set(people.values_list("pk", flat=True))
    # None on a text that its decider did not see.
    assert [body for _, body, _ in decided] == [
        done.revision.body for *_, done in decided
    ]
    # Both saw the whole queue: of two looks at one version, one decided at most.
    assert len(decided) + len(stale) + len(settled) == len(attempts)
    assert len(stale) >= len(queue)
    assert all(conflict.since.exists() for *_, conflict in stale)
    assert mended > 0
    assert not Comment.objects.awaiting_moderation().exists()
    assert reconciliation.find_problems() == []


def test_account_that_first_speaks_twice_at_once_is_one_voice():
    article, user = make_article(), make_user()

    def say(words):
        voice = Commenter(user=user)
        return submission.submit(article, commenter=voice, body=words)

    said = together(partial(say, "Good morning."), partial(say, "Good evening."))

    voice = Commenter.objects.get(user=user)
    assert {comment.commenter for comment in said} == {voice}


def test_account_that_first_reports_twice_at_once_is_one_voice():
    comment, user = make_comment(), make_user()

    def report():
        voice = Commenter(user=user)
        return reports.flag(comment, by=voice, reason=Flag.FlagReason.SPAM)

    first, second = together(report, report)

    assert first == second
    assert first.commenter == Commenter.objects.get(user=user)


def test_one_bulk_run_carried_out_twice_at_once_decides_each_comment_once():
    queue, moderator = submit_queue(20), make_moderator()
    versions = [(comment.pk, comment.version) for comment in queue]
    run = bulk.prepare(versions, verb="approve", reason="", words="", by=moderator)
    BulkRun.objects.filter(pk=run.pk).update(confirmed_at=run.started_at)

    together(*[lambda: bulk.carry_out.call(run.pk)] * 2)

    run.refresh_from_db()
    assert (run.done_count, run.skips) == (20, {})
    assert ModerationDecision.objects.filter(moderator=moderator).count() == 20
    assert run.finished_at
    assert reconciliation.find_problems() == []


def test_one_decision_is_undone_once():
    comment, moderator = submit_queue(1)[0], make_moderator()
    decision = moderation.approve(comment, by=moderator)

    def undo():
        return moderation.undo(
            ModerationDecision.objects.get(pk=decision.pk), by=moderator
        )

    results = together(*[undo] * 4)

    assert sorted(type(result).__name__ for result in results) == [
        "CannotUndo",
        "CannotUndo",
        "CannotUndo",
        "ModerationDecision",
    ]
    comment.refresh_from_db()
    assert (comment.status, comment.version) == (Status.PENDING, 3)
    assert Discussion.objects.get(article=comment.article).published_count == 0
    assert reconciliation.find_problems() == []


def test_undo_and_decision_at_once_are_both_recorded_or_one_is_refused():
    comment, moderator = submit_queue(1)[0], make_moderator()
    decision = moderation.approve(comment, by=moderator)
    copies = [Comment.objects.get(pk=comment.pk) for _ in range(2)]

    together(
        lambda: moderation.undo(
            ModerationDecision.objects.get(pk=decision.pk), by=moderator
        ),
        lambda: moderation.reject(copies[0], by=moderator, reason=Reason.SPAM),
        lambda: moderation.approve(copies[1], by=moderator),
    )

    assert reconciliation.find_problems() == []


def test_readers_flag_at_once_while_a_moderator_approves():
    comment, moderator = submit_queue(1)[0], make_moderator()
    moderation.approve(comment, by=moderator)
    readers = [make_commenter(user=make_user()) for _ in range(4)]
    spam, abusive = Flag.FlagReason.SPAM, Flag.FlagReason.ABUSIVE

    def flag(reader, reason):
        return lambda: reports.flag(
            Comment.objects.get(pk=comment.pk), by=reader, reason=reason
        )

    results = together(
        *[flag(reader, spam) for reader in readers],
        *[flag(readers[0], spam), flag(readers[0], abusive)],
        lambda: moderation.approve(Comment.objects.get(pk=comment.pk), by=moderator),
    )

    filed = [result for result in results if isinstance(result, Flag)]
    assert {flag.pk for flag in filed} == set(Flag.objects.values_list("pk", flat=True))
    open_ = Flag.objects.open().values_list("commenter", "reason")
    assert len(open_) == len(set(open_))
    assert reconciliation.find_problems() == []


def test_repair_while_moderators_decide_leaves_the_right_count():
    queue = submit_queue(12)
    moderator = make_moderator()
    Discussion.objects.create(article=queue[0].article, published_count=5)
    problem = reconciliation.find_problems()[0]

    together(
        lambda: [moderation.approve(comment, by=moderator) for comment in queue],
        lambda: [reconciliation.repair(problem) for _ in range(6)],
    )

    assert reconciliation.find_problems() == []
