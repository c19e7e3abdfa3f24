"""The demonstration's staff: one account for each role."""

import json
import secrets

from django.conf import settings
from django.contrib.auth.models import Group

from accounts.models import User

ROLES = {
    "admin": ("Ada Administrator", ""),
    "editor": ("Edith Editor", "Editors"),
    "moderator": ("Mona Moderator", "Moderators"),
}


def load() -> dict[str, str]:
    """Make the accounts that are not there; return the password of each.

    Passwords are made once and kept in ``VAR_DIR``, so that they can be shown again.
    """
    kept = settings.VAR_DIR / "demo-passwords.json"
    passwords = json.loads(kept.read_text()) if kept.exists() else {}
    for username, (display_name, group) in ROLES.items():
        if not User.objects.filter(username=username).exists():
            passwords[username] = secrets.token_urlsafe(9)
            _make(username, passwords[username], display_name, group)
    kept.write_text(json.dumps(passwords))
    kept.chmod(0o600)
    return passwords


def _make(username: str, password: str, display_name: str, group: str) -> None:
    user = User.objects.create_user(
        username,
        f"{username}@example.org",
        password,
        display_name=display_name,
        is_staff=True,
        is_superuser=not group,
    )
    user.groups.set(Group.objects.filter(name=group))
