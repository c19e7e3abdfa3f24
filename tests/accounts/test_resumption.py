"""Tasks that a killed worker has left, and those that failed."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts import pictures, resumption

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
FETCH = "accounts.pictures.fetch"


@pytest.fixture(autouse=True)
def in_the_database(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def make_task(**fields):
    """A fetch of a picture that is gone, as far as ``fields`` say."""
    task = DBTaskResult.objects.get(pk=pictures.fetch.enqueue(10**9).id)
    DBTaskResult.objects.filter(pk=task.pk).update(**fields)
    return task


def claimed(ago):
    return make_task(
        status="RUNNING", started_at=timezone.now() - ago, worker_ids=["killed"]
    )


def failed(ago):
    return make_task(
        status="FAILED",
        finished_at=timezone.now() - ago,
        exception_class_path="builtins.OSError",
    )


def test_task_cut_off_is_ready_for_another_worker():
    task = claimed(61 * MINUTE)
    before = list(DBTaskResult.objects.ready())

    call_command("resume_tasks")

    assert before == []
    assert list(DBTaskResult.objects.ready()) == [task]


def test_task_that_may_still_run_is_left_alone():
    tasks = [claimed(59 * MINUTE), make_task(status="SUCCESSFUL")]

    assert resumption.resume() == 0
    rows = [DBTaskResult.objects.get(pk=task.pk) for task in tasks]
    assert [row.status for row in rows] == ["RUNNING", "SUCCESSFUL"]


def test_new_failures_are_named_and_end_the_command_with_a_failure(capsys):
    cut_off, _old, new = claimed(61 * MINUTE), failed(26 * 60 * MINUTE), failed(MINUTE)

    with pytest.raises(CommandError, match=r"^Failed since yesterday: 1\.$"):
        call_command("resume_tasks")

    said = ["Taken up again: 1.", f"{FETCH} {new.pk}: builtins.OSError"]
    assert capsys.readouterr().out.splitlines() == said
    cut_off.refresh_from_db()
    assert cut_off.status == "READY"


def test_failures_of_another_day_are_told_no_more(capsys):
    failed(26 * 60 * MINUTE)

    call_command("resume_tasks")

    said = ["Taken up again: 0.", "No task has failed since yesterday."]
    assert capsys.readouterr().out.splitlines() == said
