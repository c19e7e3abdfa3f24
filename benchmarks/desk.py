"""Does the desk cost the same with 100, with 10,000 and with 100,000 comments?

    DATABASE_URL=postgres://… python -m benchmarks.desk [sizes]

Fails where a median is more than LIMIT times that of the smallest database, or where
the number of queries differs.
"""

import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from benchmarks import seed
from benchmarks.databases import Database
from comments import moderation
from comments.models import Comment, ModerationDecision

SIZES = [100, 10_000, 100_000]
ROUNDS, WARM_UP, LIMIT = 40, 3, 1.5


class Desk:
    """A database of its own with ``size`` comments, and a moderator at its desk."""

    def __init__(self, size: int):
        self.size = size
        self.database = Database(str(size))
        seed.fill(size)
        self.database.settle()
        self.moderator = User.objects.get(username="moderator")
        self.client = Client(SERVER_NAME="localhost")
        self.client.force_login(self.moderator)

    def open(self) -> None:
        page = self.client.get(reverse("admin:comments_desk"))
        cards = page.content.count(b'name="seen"')
        assert (page.status_code, cards > 0) == (200, True), page.status_code

    def decide(self, **place: int) -> None:
        """One request, as the desk's script sends it."""
        comment = Comment.objects.awaiting_moderation().order_by("submitted_at").first()
        assert comment
        self.comment = comment
        self.client.post(
            reverse("admin:comments_desk_decide"),
            {
                "comment": comment.pk,
                "seen": comment.version,
                "verb": "approve",
                **place,
            },
            headers={"accept": "application/json"},
        )

    def decide_and_fetch(self) -> None:
        """With the ten cards after the ten that the page has."""
        waiting = Comment.objects.awaiting_moderation().order_by("submitted_at", "pk")
        self.decide(last=waiting[9].pk)

    def undo(self) -> None:
        """So that every round finds the same queue; not measured."""
        decision = ModerationDecision.objects.filter(comment=self.comment).last()
        assert decision
        assert decision.moderator == self.moderator, "The decision was not taken."
        moderation.undo(decision, by=self.moderator)


Deed = Callable[[Desk], None]
DEEDS: dict[str, tuple[Deed, Deed | None]] = {
    "open the desk": (Desk.open, None),
    "decide": (Desk.decide, Desk.undo),
    "decide, with more cards": (Desk.decide_and_fetch, Desk.undo),
}


def measure(desks: list[Desk]) -> dict[tuple[str, int], list[float]]:
    """Interleaved, so that whatever else the machine does falls on all of them."""
    times: dict[tuple[str, int], list[float]] = {}
    for turn in range(WARM_UP + ROUNDS):
        for name, (deed, after) in DEEDS.items():
            for desk in desks:
                desk.database.use()
                began = perf_counter()
                deed(desk)
                took = perf_counter() - began
                if after:
                    after(desk)
                if turn >= WARM_UP:
                    times.setdefault((name, desk.size), []).append(took * 1_000)
    return times


def queries(desk: Desk, deed: Deed, after: Deed | None) -> list[dict]:
    desk.database.use()
    with CaptureQueriesContext(desk.database.connection) as captured:
        deed(desk)
    if after:
        after(desk)
    return captured.captured_queries


def report(desks: list[Desk], times: dict[tuple[str, int], list[float]]) -> bool:
    """Print the table; whether every line of it is within the limit."""
    is_fine = True
    print(f"{'':<26}{'comments':>10}{'median ms':>11}{'ratio':>8}{'queries':>9}")
    for name, (deed, after) in DEEDS.items():
        base, counted = median(times[name, desks[0].size]), None
        for desk in desks:
            ran = queries(desk, deed, after)
            now = median(times[name, desk.size])
            counted = counted or len(ran)
            is_within = now / base <= LIMIT and len(ran) == counted
            is_fine = is_fine and is_within
            print(
                f"{name:<26}{desk.size:>10,}{now:>11.1f}{now / base:>8.2f}{len(ran):>9}"
            )
            if not is_within:
                slowest = max(ran, key=lambda query: float(query["time"]))
                print(
                    f"  too much; slowest: {slowest['time']} s {slowest['sql'][:600]}"
                )
    return is_fine


def main(sizes: list[int]) -> int:
    if connections["default"].vendor != "postgresql":
        print("This is measured on PostgreSQL: set DATABASE_URL.")
        return 2
    desks: list[Desk] = []
    try:
        for size in sizes:
            desks.append(Desk(size))
        return 0 if report(desks, measure(desks)) else 1
    finally:
        for desk in desks:
            desk.database.destroy()


if __name__ == "__main__":
    sys.exit(main([int(size) for size in sys.argv[1:]] or SIZES))
