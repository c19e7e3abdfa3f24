"""Tasks that a crash has cut off, taken up again; and those that have failed.

A worker leaves no sign of life beside the task that it claims: what has run for longer
than any of ours takes was cut off. All of ours are safe to run twice.
"""

from __future__ import annotations

from datetime import timedelta

from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

LONGEST = timedelta(hours=1)
NEW = timedelta(hours=25)  # whoever asks every day may be late


def resume() -> int:
    """Let a worker run what was cut off; how many there were."""
    cut_off = DBTaskResult.objects.running().filter(
        started_at__lt=timezone.now() - LONGEST
    )
    return cut_off.update(status=TaskResultStatus.READY)


def failures() -> list[str]:
    """What failed of late and why, in words without arguments."""
    found = DBTaskResult.objects.failed().filter(finished_at__gt=timezone.now() - NEW)
    return [
        f"{task.task_path} {task.pk}: {task.exception_class_path}"
        for task in found.order_by("finished_at")
    ]
