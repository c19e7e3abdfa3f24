"""The verbs on commenters: to limit one, and to end that."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from comments.models import Sanction


def impose(sanction: Sanction, *, by: User) -> Sanction:
    """Impose ``sanction``, not yet saved, from now on."""
    sanction.imposed_by = by
    sanction.save(force_insert=True)
    return sanction


def lift(sanction: Sanction, *, by: User) -> None:
    """End ``sanction`` now; the record of it stays."""
    Sanction.objects.filter(pk=sanction.pk, lifted_at=None).update(
        lifted_at=timezone.now(), lifted_by=by
    )
