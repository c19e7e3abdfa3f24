"""What is known of each piece of the demonstration; its text is a file of ``texts/``.

The first article is the seed's, verbatim, and names no contributor. The town, the
people and the events of all others are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone
from django.utils.text import slugify

SECTIONS = {
    "World": "Beyond the river, and why it matters on this side of it.",
    "Opinion": "Views that are their contributors’ own.",
    "City": "Larkhaven from day to day.",
    "Culture": "Books, stages, and what people make after work.",
    "Science": "What is measured here, and what it says.",
}
CONTRIBUTORS = {
    "Ines Halloran": "Writes about the town hall and everything that runs on rails.",
    "Leila Marchetti": "Our culture editor; keeps a library card from every town.",
    "Tomas Brandl": "Taught physics for twenty years before he wrote about it.",
    "Mirek Sandoval": "Travels for the paper, preferably by boat.",
    "Priya Venn": "Writes a column on Thursdays and regrets it on Fridays.",
}


@dataclass(frozen=True)
class Piece:
    """An article to be: published on a day, or so many days ago; a draft with neither.

    Negative ``days_ago`` are a schedule.
    """

    headline: str
    section: str
    tags: tuple[str, ...]
    standfirst: str = ""
    contributors: tuple[str, ...] = ()
    days_ago: int | None = None
    published_at: datetime | None = None
    commenting: str = "open"
    source_publication: str = ""
    source_date: date | None = None

    @property
    def slug(self) -> str:
        return slugify(self.headline)

    @property
    def time(self) -> datetime | None:
        if self.days_ago is None:
            return self.published_at
        morning = timezone.localtime().replace(hour=6, minute=30, second=0)
        return morning.replace(microsecond=0) - timedelta(days=self.days_ago)


PIECES = (
    Piece(
        "Cambodia and Japan Relations After 65 Years",
        "World",
        ("Cambodia", "Japan", "Diplomacy"),
        published_at=datetime(2018, 2, 5, 9, tzinfo=UTC),
        source_publication="The Khmer Times",
        source_date=date(2018, 2, 2),
    ),
    Piece(
        "Inquiry Into the Mill Fire Opens on Monday",
        "City",
        ("Town hall", "Upper Mill"),
        "Six days, eleven neighbours and two places where it may have begun.",
        ("Ines Halloran",),
        days_ago=44,
        commenting="closed",
    ),
    Piece(
        "The Moths That Came Back to the Brickworks",
        "Science",
        ("Nature", "Housing"),
        "Twenty years of rain have made the old clay pits the liveliest place in the "
        "valley, and the town wants to build there.",
        ("Tomas Brandl",),
        days_ago=37,
    ),
    Piece(
        "Six Weeks Behind the Curtain With an Amateur Opera",
        "Culture",
        ("Music", "Theatre"),
        "A conductor, a prompter, thirty-eight singers and no tenor: the Orr Valley "
        "Opera Society in its normal condition.",
        ("Leila Marchetti",),
        days_ago=30,
    ),
    Piece(
        "Twin Towns, Forty Years On",
        "World",
        ("Twin towns", "Diplomacy"),
        "What a friendship between two towns is good for is hard to put in a report.",
        ("Mirek Sandoval", "Ines Halloran"),
        days_ago=24,
    ),
    Piece(
        "Council Keeps the Market Clock Five Minutes Slow",
        "City",
        ("Town hall", "Market"),
        "An offer to put it right caused more letters than the parking zones.",
        ("Ines Halloran",),
        days_ago=18,
    ),
    Piece(
        "Who Should Pay for the Quay Wall?",
        "Opinion",
        ("River", "Town hall"),
        "Everybody agrees that it must be raised. The bill is another matter.",
        ("Priya Venn",),
        days_ago=13,
        commenting="premoderated",
    ),
    Piece(
        "What the Tide Gauges Remember",
        "Science",
        ("River", "Harbour"),
        "A pen in a cellar has drawn the height of the Orr since 1894. Three students "
        "have read all of it.",
        ("Tomas Brandl",),
        days_ago=9,
    ),
    Piece(
        "A Library of Things Nobody Returned",
        "Culture",
        ("Libraries", "Exhibitions"),
        "Leaves, love letters and a dog called Admiral: sixty-five years of what "
        "readers leave in books.",
        ("Leila Marchetti",),
        days_ago=5,
    ),
    Piece(
        "The Night Ferry Returns After Nine Winters",
        "City",
        ("Harbour", "Transport"),
        "The new boat is electric, takes seven minutes, and on its first evening "
        "carried a cello.",
        ("Ines Halloran",),
        days_ago=2,
    ),
    Piece(
        "The Year in Bird Rings",
        "Science",
        ("Nature",),
        "Two thousand and ninety birds were sent on their way. 33 wrote back.",
        ("Tomas Brandl",),
        days_ago=-7,
    ),
    Piece(
        "Winter Timetable: What Changes, and for Whom",
        "City",
        ("Transport",),
        "Line 3 no longer waits for the ferry.",
        ("Ines Halloran",),
    ),
)
