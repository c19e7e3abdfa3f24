"""A local stand-in for Google, X and Facebook, so that sign-in needs no keys.

It speaks their OAuth protocol and refuses what they refuse; whoever asks may be
anybody. `manage.py sandbox` runs it for the demonstration, tests/sandbox.py for the
tests; config/settings.py keeps it away from the public.
"""

from accounts.sandbox.server import Sandbox

__all__ = ["Sandbox"]
