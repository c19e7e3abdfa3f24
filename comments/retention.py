"""What is forgotten, and when."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from comments.models import Comment, SanctionMark


def forget_addresses() -> int:
    """Empty the address and browser of comments past their period; return how many."""
    oldest = timezone.now() - timedelta(days=settings.COMMENT_ADDRESS_DAYS)
    old = Comment.objects.filter(submitted_at__lt=oldest)
    known = old.exclude(address="", agent="")
    return known.update(address="", agent="")


def forget_marks() -> int:
    """Delete what sanctions left of deleted accounts, where it has expired."""
    expired = SanctionMark.objects.filter(expires_at__lte=timezone.now())
    return expired.delete()[0]
