"""`manage.py reconcile [--repair]`: may run while the site does."""

from django.core.management.base import BaseCommand, CommandError

from comments import reconciliation


class Command(BaseCommand):
    help = "Prove that what is stored agrees with what it was computed from."

    def add_arguments(self, parser):
        parser.add_argument(
            "--repair",
            action="store_true",
            help="Compute wrong counters anew; decisions are never rewritten.",
        )

    def handle(self, *args, **options):
        problems = reconciliation.find_problems()
        left = 0
        for problem in problems:
            is_repaired = options["repair"] and problem.is_repairable
            if is_repaired:
                reconciliation.repair(problem)
            left += not is_repaired
            self.stdout.write(f"{problem}{' (repaired)' if is_repaired else ''}")
        if left:
            raise CommandError(f"Wrong: {left}.")
        self.stdout.write("All that is stored agrees.")
