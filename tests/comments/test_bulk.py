"""Many at once: previewed, confirmed, and each comment its own decision."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from comments import bulk, moderation
from comments.models import BulkRun, Comment, Reason, Revision
from tests.factories import make_article, make_comment, make_moderator

pytestmark = pytest.mark.django_db

BULK = reverse("admin:comments_desk_bulk")


@pytest.fixture
def moderator(client):
    """A signed-in moderator."""
    moderator = make_moderator()
    client.force_login(moderator)
    return moderator


def make_run(comments, *, verb="reject", reason="spam", by=None):
    versions = [(comment.pk, comment.version) for comment in comments]
    return bulk.prepare(
        versions, verb=verb, reason=reason, words="", by=by or make_moderator()
    )


def waiting(count, **fields):
    return [make_comment(status="pending", **fields) for _ in range(count)]


def change_all(comments, by):
    """One is settled, one withdrawn, one changed since it was seen."""
    settled, withdrawn, changed = comments
    Comment.objects.filter(pk=settled.pk).update(status="rejected")
    Comment.objects.filter(pk=withdrawn.pk).update(status="withdrawn")
    moderation.approve(changed, by=by)


def test_preview_says_what_will_happen_and_decides_nothing(client, moderator):
    comments = waiting(5)
    ticked = [f"{comment.pk}:{comment.version}" for comment in comments]
    data = {"verb": "reject", "reason": "spam", "scope": "ticked", "ticked": ticked}

    answer = client.post(BULK, data)
    change_all(comments[:3], moderator)
    text = client.get(answer["Location"]).content.decode()

    assert "2 comments will be rejected: spam" in text
    for words in ("1 settled already", "1 withdrawn by", "1 changed since"):
        assert words in text
    assert not Comment.objects.filter(decisions__reason="spam").exists()


def test_all_that_match_are_meant_by_the_filter(client, moderator):
    article = make_article()
    meant = waiting(12, article=article)
    waiting(1)

    data = {"verb": "approve", "scope": "all"}
    client.post(f"{BULK}?queue=waiting&article={article.pk}", data)

    targets = [pk for pk, _version in BulkRun.objects.get().targets]
    assert targets == [comment.pk for comment in meant]


def test_nothing_ticked_is_said_and_goes_back(client, moderator):
    answer = client.post(f"{BULK}?queue=all", {"verb": "approve", "scope": "ticked"})

    assert answer["Location"] == f"{reverse('admin:comments_desk')}?queue=all"
    assert not BulkRun.objects.exists()


@pytest.mark.parametrize("number", ["x", "٣", "9" * 23, "9" * 5_000])
def test_what_cannot_be_a_comment_or_a_version_is_not_ticked(client, moderator, number):
    (comment,) = waiting(1)
    ticked = [f"{number}:1", f"{comment.pk}:{number}", f"{comment.pk}:1"]

    client.post(BULK, {"verb": "approve", "scope": "ticked", "ticked": ticked})

    assert BulkRun.objects.get().targets == [[comment.pk, 1]]


def test_few_are_decided_at_once_and_the_rest_is_counted(client, moderator):
    comments = waiting(5)
    run = make_run(comments)
    change_all(comments[:3], moderator)
    address = reverse("admin:comments_desk_bulk_run", args=[run.pk])

    text = client.post(address, follow=True).content.decode()

    run.refresh_from_db()
    assert (run.done_count, run.skipped_count) == (2, 3)
    assert run.skips == {"settled": 1, "withdrawn": 1, "changed": 1}
    assert "2 of 5 decided." in text
    for comment in comments[3:]:
        decision = comment.decisions.get()
        assert (decision.moderator, decision.reason) == (moderator, "spam")


def test_many_are_decided_by_a_task(
    monkeypatch, moderator, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    run = make_run(waiting(30), verb="approve")

    with django_capture_on_commit_callbacks(execute=False) as queued:
        bulk.confirm(run, by=moderator)
    run.refresh_from_db()
    before = (run.done_count, run.finished_at)
    for callback in queued:
        callback()

    run.refresh_from_db()
    assert before == (0, None)
    assert run.done_count == Comment.objects.published().count() == 30
    assert run.finished_at


def test_page_follows_a_run_that_is_not_finished(client, moderator, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 0)
    run = make_run(waiting(1))
    bulk.confirm(run, by=moderator)  # inside the test's transaction: not yet begun

    text = client.get(reverse("admin:comments_desk_bulk_run", args=[run.pk]))

    assert " data-follow>" in text.content.decode()
    assert "0 of 1 decided." in text.content.decode()


def test_run_is_confirmed_once(moderator):
    run = make_run(waiting(3))

    assert bulk.confirm(run, by=moderator)
    assert not bulk.confirm(run, by=moderator)

    assert Comment.objects.filter(decisions__reason="spam").count() == 3


def test_run_that_crashed_goes_on_where_it_stopped(moderator):
    comments = waiting(10)
    run = make_run(comments)
    broken = Comment.objects.filter(pk=comments[5].pk)
    broken.update(revision_number=2)  # which there is not

    with pytest.raises(Revision.DoesNotExist):
        bulk.confirm(run, by=moderator)
    run.refresh_from_db()
    halted = (run.done_count, run.skips, run.finished_at)
    rejected = Comment.objects.filter(status="rejected")
    assert (halted, rejected.count()) == ((5, {}, None), 5)

    broken.update(revision_number=1)
    bulk.carry_out.call(run.pk)

    run.refresh_from_db()
    assert (run.done_count, run.skips, rejected.count()) == (10, {}, 10)
    assert run.finished_at


def test_overdue_run_is_gone_on_with_by_whoever_says_so(
    client, moderator, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(bulk, "AT_ONCE", 0)
    run = make_run(waiting(2))
    bulk.confirm(run, by=make_moderator())  # inside the test's transaction: not begun
    address = reverse("admin:comments_desk_bulk_run", args=[run.pk])
    button = "Go on with what is left"
    assert button not in client.get(address).content.decode()
    assert not bulk.confirm(run, by=moderator)

    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        page = client.get(address).content.decode()
        with django_capture_on_commit_callbacks(execute=True):
            client.post(address)

    assert button in page
    assert " data-follow>" not in page
    assert "2 of 2 decided." in client.get(address).content.decode()
    assert moderator.moderation_decisions.count() == 2


def test_unconfirmed_run_does_nothing():
    comments = waiting(1)

    bulk.carry_out.call(make_run(comments).pk)

    assert Comment.objects.awaiting_moderation().count() == 1


def test_approval_of_many_answers_their_flags(moderator):
    comment = make_comment()
    comment.flags.create(commenter=comment.commenter, reason="spam")

    bulk.confirm(make_run([comment], verb="approve"), by=moderator)

    assert comment.flags.get().outcome == "disagreed"
    assert comment.decisions.get().reason == Reason.APPROVED


def test_a_run_has_a_limit(monkeypatch):
    monkeypatch.setattr(bulk, "LIMIT", 2)

    assert len(make_run(waiting(4)).targets) == 2
