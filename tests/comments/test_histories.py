"""Counters cannot drift: HISTORIES=500 random histories prove it, 10 unless told.

Every planted bug takes away one thing that a verb moves; the same machine has to find
each, or it would prove nothing.
"""

import os

import pytest
from django.db.models import F, QuerySet
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from comments import moderation
from comments.models import Comment, Flag
from comments.querysets import CommentQuerySet, DiscussionQuerySet, FlagQuerySet
from tests.comments.histories import Histories, World

pytestmark = pytest.mark.django_db
HISTORIES = int(os.environ.get("HISTORIES", "0"))
STEPS = 25


@pytest.fixture
def world(settings):
    settings.COMMENT_HIDE_WEIGHT = 2.0  # two readers hide
    return World()


def drive(world, histories, **options):
    run_state_machine_as_test(
        lambda: Histories(world),
        settings=settings(
            max_examples=histories,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            **options,
        ),
    )


def test_no_history_breaks_an_invariant(world):
    drive(world, HISTORIES or 10, derandomize=not HISTORIES)


def without_saving(field):
    save = Comment.save

    def plant(patch):
        def forget(self, *args, update_fields=None, **kwargs):
            if update_fields != [field]:
                save(self, *args, update_fields=update_fields, **kwargs)

        patch.setattr(Comment, "save", forget)

    return plant


def with_record_change(change):
    record_change = DiscussionQuerySet.record_change

    def plant(patch):
        def record(self, article_id, *, published=0):
            change(record_change, self, article_id, published)

        patch.setattr(DiscussionQuerySet, "record_change", record)

    return plant


def keep_version(record_change, rows, article_id, published):
    version = rows.get_or_create(article_id=article_id)[0].version
    record_change(rows, article_id, published=published)
    rows.filter(article_id=article_id).update(version=version)


def keep_activity(record_change, rows, article_id, published):
    activity = rows.get_or_create(article_id=article_id)[0].last_activity_at
    record_change(rows, article_id, published=published)
    rows.filter(article_id=article_id).update(last_activity_at=activity)


def keep_count(record_change, rows, article_id, published):
    record_change(rows, article_id)


def count_only_up(record_change, rows, article_id, published):
    record_change(rows, article_id, published=max(published, 0))


def only_when_the_count_moves(record_change, rows, article_id, published):
    if published:
        record_change(rows, article_id, published=published)


def replies_only_up(self, root_id, change):
    self.filter(pk=root_id).update(
        reply_count=F("reply_count") + max(change, 0), has_replies=True
    )


def answer_without_outcome(self, *, decision, **outcome):
    return QuerySet.update(self, decision=decision)


BUGS = {
    "nothing counted": lambda patch: patch.setattr(moderation, "_count", _nothing),
    "count kept": with_record_change(keep_count),
    "count never down": with_record_change(count_only_up),
    "replies never down": lambda patch: patch.setattr(
        CommentQuerySet, "count_reply", replies_only_up
    ),
    "discussion's version kept": with_record_change(keep_version),
    "edits and features unseen": with_record_change(only_when_the_count_moves),
    "last activity kept": with_record_change(keep_activity),
    "status not stored": without_saving("status"),
    "comment's version kept": without_saving("version"),
    "flags not answered": lambda patch: patch.setattr(FlagQuerySet, "update", _nothing),
    "flags without outcome": lambda patch: patch.setattr(
        FlagQuerySet, "update", answer_without_outcome
    ),
    "flags not reopened": lambda patch: patch.setattr(Flag, "reopen", _nothing),
    "stale copies believed": lambda patch: patch.setattr(moderation, "lock", _nothing),
}


def _nothing(*args, **kwargs):
    return None


@pytest.mark.parametrize("bug", BUGS)
def test_planted_bug_is_found(bug, world, monkeypatch):
    BUGS[bug](monkeypatch)

    with pytest.raises(AssertionError):
        drive(
            world,
            300,
            phases=[Phase.generate],
            derandomize=True,
            report_multiple_bugs=False,
        )
