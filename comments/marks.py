"""How a sanction finds a person again whose account was deleted.

Of each way to recognise an account (a provider's key for it, a verified address) a
keyed hash is left behind; a new account with the same makes the same hash. Who knows
the hashes but not SECRET_KEY learns nothing from them.
"""

from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from comments.models import Sanction, SanctionMark

_SALT = "comments.marks"


def digests_of(user: User | None) -> list[str]:
    """The account's hashes, by the present key and by those it replaces."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [_digest(name, key) for name in _names_of(user) for key in keys]


def leave(sanction: Sanction, user: User) -> None:
    """Mark ``user`` for ``sanction``, till it ends or the set period is over."""
    period = timedelta(days=settings.COMMENT_SANCTION_MARK_DAYS)
    expires_at = sanction.ends_at or timezone.now() + period
    SanctionMark.objects.bulk_create(
        [
            SanctionMark(
                sanction=sanction,
                digest=_digest(name, settings.SECRET_KEY),
                expires_at=expires_at,
            )
            for name in _names_of(user)
        ],
        ignore_conflicts=True,
    )


def _names_of(user: User | None) -> list[str]:
    if user is None:
        return []
    accounts = SocialAccount.objects.filter(user=user).values_list("provider", "uid")
    addresses = EmailAddress.objects.filter(user=user, verified=True)
    return [f"{provider} {uid}" for provider, uid in accounts] + [
        f"mailto {address.casefold()}"
        for address in addresses.values_list("email", flat=True)
    ]


def _digest(name: str, key: str) -> str:
    return salted_hmac(_SALT, name, secret=key, algorithm="sha256").hexdigest()
