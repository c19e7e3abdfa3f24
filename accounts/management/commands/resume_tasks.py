"""`manage.py resume_tasks`: to be run every day, or oftener."""

from django.core.management.base import BaseCommand, CommandError

from accounts import resumption


class Command(BaseCommand):
    help = (
        "Let workers take up the tasks that a crash has cut off an hour ago or more, "
        "and name those that failed since yesterday."
    )

    def handle(self, *args, **options):
        self.stdout.write(f"Taken up again: {resumption.resume()}.")
        failures = resumption.failures()
        for failure in failures:
            self.stdout.write(failure)
        if failures:
            raise CommandError(f"Failed since yesterday: {len(failures)}.")
        self.stdout.write("No task has failed since yesterday.")
