"""`manage.py forget_addresses`: to be run every day."""

from django.core.management.base import BaseCommand

from comments import retention


class Command(BaseCommand):
    help = (
        "Forget the addresses and browsers of comments older than the set period, and "
        "the expired marks that sanctions left of deleted accounts."
    )

    def handle(self, *args, **options):
        self.stdout.write(f"Addresses forgotten: {retention.forget_addresses()}.")
        self.stdout.write(f"Marks forgotten: {retention.forget_marks()}.")
