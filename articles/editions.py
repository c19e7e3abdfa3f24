"""The edition: what readers are shown of the articles, as of one moment.

Its number moves with every change of what is public, so whatever was made of the
articles is right for as long as the number stays, and no turn has come: the moment
when a scheduled article appears, or one expires.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, Subquery, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.prepared import Select
from articles.models import Article, Edition, Section

THE_ONE = 1
MOST_KEPT = 500
_HIDDEN = {Article.Status.DRAFT, Article.Status.REVIEW}


@dataclass
class _Kept:
    """What this process has made of one edition."""

    number: int | None = None
    turns_at: datetime | None = None
    sections: list[Section] = field(default_factory=list)
    things: dict = field(default_factory=dict)

    def is_of(self, number: int) -> bool:
        has_turned = self.turns_at is not None and self.turns_at <= timezone.now()
        return self.number == number and not has_turned


_kept = _Kept()
_CURRENT = Select(
    Edition, lambda: Edition.objects.filter(pk=THE_ONE).values_list("number")
)


def move() -> None:
    """Begin another edition, with the transaction that changes what is public.

    The number is a time in nanoseconds, so none comes twice, whatever is rolled back;
    and it grows, whatever the clocks of our machines say.
    """
    now = time.time_ns()
    later = Greatest(F("number") + 1, Value(now))
    if not Edition.objects.filter(pk=THE_ONE).update(number=later):
        Edition.objects.get_or_create(pk=THE_ONE, defaults={"number": now})


def current() -> int:
    """The number of the edition; 0 before the first."""
    (number,) = _CURRENT.row() or (0,)
    return number


def is_shown(thing) -> bool:
    """Whether a change of ``thing`` may be one of what readers see, or shall see."""
    article = thing if isinstance(thing, Article) else getattr(thing, "article", None)
    return article is None or article.status not in _HIDDEN


def kept[T](number: int | None, name: object, make: Callable[[], T]) -> T:
    """What ``make`` gives, asked once in a process and edition; always, without one.

    None is not kept. All else is shared by requests: nobody may change it.
    """
    if number is None:
        return make()
    things = _of(number).things
    thing = things.get(name)
    if thing is None:
        thing = make()
        if len(things) >= MOST_KEPT:
            things.clear()
        things[name] = thing
    return thing


def turns_at(number: int) -> datetime | None:
    """When the next article appears or expires by itself."""
    return _of(number).turns_at


def sections(number: int | None) -> list[Section]:
    """Those in which readers find anything; asked with the edition, if there is one."""
    if number is None:
        return list(Section.objects.in_use())
    return _of(number).sections


def forget() -> None:
    """What this process has kept, for tests that go back in time."""
    global _kept  # noqa: PLW0603 - one for the process is what it is
    _kept = _Kept()


def _of(number: int) -> _Kept:
    global _kept  # noqa: PLW0603
    found = _kept
    if not found.is_of(number):
        _kept = found = _begun(number)
    return found


def _begun(number: int) -> _Kept:
    """An edition's sections, which every page names, and its next turn with them."""
    turns = {f"next_{name}": _next(name) for name in ("published_at", "expires_at")}
    sections = list(Section.objects.in_use().annotate(**turns))
    if sections:
        moments = [getattr(sections[0], name) for name in turns]
    else:
        any_row = Article.objects.order_by().values_list(*turns.values())
        moments = list(next(iter(any_row[:1]), ()))
    return _Kept(number, min(filter(None, moments), default=None), sections)


def _next(name: str) -> Subquery:
    """The first moment of that name to come, among the articles' that are out."""
    coming = Article.objects.filter(
        status=Article.Status.PUBLISHED, **{f"{name}__gt": timezone.now()}
    )
    return Subquery(coming.order_by(name).values(name)[:1])
