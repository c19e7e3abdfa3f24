"""`manage.py load_demo`: a paper to look at, its discussion and its staff."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

import accounts.demo
import articles.demo
import comments.demo


class Command(BaseCommand):
    help = "Load the demonstration: articles, a discussion, one account for each role."

    def handle(self, *args, **options):
        if not settings.IS_LOOPBACK:
            raise CommandError("Not for the public: it makes an administrator.")
        passwords = accounts.demo.load()
        articles.demo.load()
        comments.demo.load()
        self.stdout.write(f"Staff sign in at {settings.SITE_ORIGIN}/admin/ as")
        for username, password in passwords.items():
            self.stdout.write(f"  {username:<10} {password}")
