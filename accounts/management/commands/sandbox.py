"""`manage.py sandbox`: the three services on this machine, for the demonstration."""

import signal

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.sandbox import Sandbox
from accounts.sandbox.server import NotOnThisMachine


class Command(BaseCommand):
    help = "Serve a local stand-in for Google, X and Facebook at SIGN_IN_SANDBOX."

    def handle(self, *args, **options):
        origin = settings.SIGN_IN_SANDBOX
        if not origin:
            raise CommandError(
                "SIGN_IN_SANDBOX is empty: this site signs in with the real services."
            )
        try:
            server = Sandbox(origin)
        except NotOnThisMachine:
            raise CommandError(
                f"SIGN_IN_SANDBOX={origin}: it has to be http://127.0.0.1:<port>."
            ) from None
        except OSError as problem:
            raise CommandError(f"Cannot serve at {origin}: {problem}.") from None
        # Either signal ends it, even where a shell ignores SIGINT for it.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)
        try:
            with server:
                self.stdout.write(f"The sign-in sandbox is at {origin}.")
                server.serve_forever()
        except KeyboardInterrupt:
            self.stdout.write("The sign-in sandbox has stopped.")
