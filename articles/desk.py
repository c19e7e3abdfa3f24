"""What all verbs of the newsroom share: refusals in words, the lock, the record."""

from __future__ import annotations

from django.contrib.admin.models import CHANGE, LogEntry

from accounts.models import User
from articles.models import Article


class Unpublishable(Exception):
    """Not done: with words for the editor, and an HTTP status. Nothing is written."""

    status = 409

    def __init__(self, words: str):
        super().__init__(words)
        self.words = words


class Incomplete(Unpublishable):
    """Something that the verb needs is missing or makes no sense."""

    status = 422


class AddressTaken(Unpublishable):
    """Another article of that day has the slug, or had it when readers saw it."""


class AppearedAlready(Unpublishable):
    """Readers have seen it: what has been public cannot be announced for later."""


class NotPublic(Unpublishable):
    """Only what readers can see, or will, can be corrected or expire."""


class MomentPassed(Unpublishable):
    """A schedule is for the future."""

    status = 422


class Conflict(Unpublishable):
    """Somebody saved since this text was opened."""


def lock(article: Article) -> None:
    """Read ``article`` again, for this transaction alone: others may decide too."""
    article.refresh_from_db(from_queryset=Article.objects.select_for_update())


def record(article: Article, by: User | None, words: str) -> None:
    if by:
        LogEntry.objects.log_actions(by.pk, [article], CHANGE, words)
