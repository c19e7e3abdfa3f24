"""Beyond one machine: two groups of processes, a replica, Redis, nginx in front.

    apt-get install nginx postgresql redis-server
    python -m benchmarks.scaled

Readers ask nginx and both groups, writers reply to either, all at once for SECONDS;
half-way the replica is killed, and comes back later. Fails where a request is not
answered or answered with a server's error, where a reply is lost, where its writer does
not see it at once at the other group or anybody else not within LIMITS, where a page
that one group has made is not found by the other, or where the replica is not read.
"""

import random
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from math import inf
from statistics import median, quantiles

from benchmarks import mixed
from benchmarks.machines import GROUPS, HOST, LATE, PLACES, Site, site
from benchmarks.piece import ADDRESS
from benchmarks.results import tell
from benchmarks.seen import Lags, newest
from benchmarks.serving import NAME
from tests import servers

SECONDS, KILLED, BACK = 60, 20, 30
READERS, WRITERS, PEOPLE = 2, 3, 50  # of each place; in all; who they write as
REST = {"Reader": 0.01, "Watcher": 0.05, "Writer": 0.2}  # seconds after each turn
KEPT = 10  # seconds that nginx keeps a page
LIMITS = {**dict.fromkeys(GROUPS, LATE), "nginx": KEPT + LATE}
NEWEST = f"{ADDRESS}?order=newest"
FEW = 100  # transactions of a replica that hardly anybody reads from
PUBLISHED = "SELECT count(*) FROM comments_comment WHERE status = 'published'"
READS = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"


@dataclass
class Seen:
    """What the clients saw; times in milliseconds."""

    reads: dict[str, list[float]] = field(
        default_factory=lambda: {place: [] for place in PLACES}
    )
    hits: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PLACES, 0))
    lags: dict[str, Lags] = field(
        default_factory=lambda: {place: Lags() for place in PLACES}
    )
    replies: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)  # reading the own reply
    problems: list[str] = field(default_factory=list)
    over_at: float = inf  # when the last reply has been posted


def ask(connection: HTTPConnection, path: str, cookie: str = ""):
    """The answer, and its page; as nginx asks, the name and the scheme included."""
    headers = {"Host": HOST, "Accept-Encoding": "identity"}
    connection.request(
        "GET", path, headers=headers | ({"Cookie": cookie} if cookie else {})
    )
    answer = connection.getresponse()
    page = answer.read().decode()
    if answer.status != 200:
        raise HTTPException(f"GET {path}: {answer.status}")
    return answer.headers, page


class Client(threading.Thread):
    """One that goes on until the end; what is not answered is a problem."""

    def __init__(self, site: Site, seen: Seen, until: float, place: str = ""):
        super().__init__(daemon=True)
        self.site, self.seen, self.until, self.place = site, seen, until, place

    def run(self) -> None:
        rest = REST[type(self).__name__]
        while not self.is_done():
            time.sleep(rest)
            try:
                self.turn()
            except (HTTPException, OSError) as problem:
                told = f"{self.place} {type(self).__name__}: {problem!r}"
                self.seen.problems.append(told)

    def is_done(self) -> bool:
        return time.perf_counter() >= self.until


class Reader(Client):
    """Asks one place for the article, without a cookie."""

    def turn(self) -> None:
        connection = self.site.connect(self.place)
        began = time.perf_counter()
        headers, _ = ask(connection, ADDRESS)
        took = (time.perf_counter() - began) * 1_000
        connection.close()
        self.seen.reads[self.place].append(took)
        said = headers.get("X-Cache") or headers["Cache-Status"]
        self.seen.hits[self.place] += "miss" not in said.lower()


class Watcher(Client):
    """Looks whether an anonymous reader of one place is shown the newest replies."""

    def turn(self) -> None:
        connection = self.site.connect(self.place)
        shown = newest(ask(connection, NEWEST)[1])
        self.seen.lags[self.place].show(shown, time.perf_counter())
        connection.close()

    def is_done(self) -> bool:
        since = time.perf_counter() - self.seen.over_at
        waits = self.seen.lags[self.place].waiting
        return since > LIMITS[self.place] + 2 or (since > 0 and not waits)


class Writer(Client):
    """Replies to either group as anybody, and looks for the reply at the other."""

    def turn(self) -> None:
        chance = random.Random(time.perf_counter_ns())
        here, there = map(self.site.connect, chance.sample(GROUPS, 2))
        writer, said = chance.choice(self.site.writers), mixed.words(chance)
        began = time.perf_counter()
        here.request(*mixed.reply(f"http://{HOST}", writer, said))
        answer = here.getresponse()
        answer.read()
        posted = time.perf_counter()
        if answer.status != 302:
            raise HTTPException(f"reply: {answer.status}")
        self.seen.replies.append((posted - began) * 1_000)
        location = answer.headers["Location"]
        for lags in self.seen.lags.values():
            lags.post(int(location.rpartition("-")[2]), posted)
        self._look(there, location, said, writer[0])
        for connection in (here, there):
            connection.close()

    def _look(self, there, location: str, said: str, cookies: str) -> None:
        began = time.perf_counter()
        page = ask(there, location.partition("#")[0], cookies)[1]
        self.seen.own.append((time.perf_counter() - began) * 1_000)
        if said not in page:
            self.seen.problems.append(f"{location} not seen by its writer")


def shares_pages(site: Site) -> Iterator[str]:
    """Problems: a page that one group made, and the other made again."""
    for maker, finder in (GROUPS, GROUPS[::-1]):
        said = []
        Writer(site, Seen(), 0).turn()  # so that there is a page to make
        site.replica.catch_up(site.primary)
        for place in (maker, finder):
            connection = site.connect(place)
            said.append(ask(connection, ADDRESS)[0]["Cache-Status"])
            connection.close()
        if "stored" not in said[0] or not said[1].endswith("hit"):
            yield f"made by {maker} and asked for at {finder}: {said}"


def load(site: Site, seen: Seen) -> dict[str, int]:
    """All clients at once; how many statements the replica has answered, by then."""
    until = time.perf_counter() + SECONDS
    writers = [Writer(site, seen, until) for _ in range(WRITERS)]
    others = [Watcher(site, seen, until, place) for place in PLACES]
    others += [Reader(site, seen, until, p) for p in PLACES for _ in range(READERS)]
    answered = {"begin": _reads(site.replica)}
    for client in (*writers, *others):
        client.start()
    time.sleep(KILLED)
    answered["killed"] = _reads(site.replica)
    site.replica.stop()
    time.sleep(BACK - KILLED)
    site.replica.start(log_statement="none", fsync="on")
    answered["back"] = _reads(site.replica)
    for writer in writers:
        writer.join()
    seen.over_at = time.perf_counter()
    for other in others:
        other.join()
    return answered | {"end": _reads(site.replica)}


def _reads(database: servers.Postgres) -> int:
    time.sleep(0.1)
    return database.run(READS, NAME)[0]


def published(site: Site) -> int:
    return site.primary.run(PUBLISHED, NAME)[0]


def problems(seen: Seen, answered: dict[str, int], kept: int) -> list[str]:
    found = list(seen.problems)
    if kept != len(seen.replies):
        found.append(f"{len(seen.replies)} replies accepted, {kept} published")
    for place, lags in seen.lags.items():
        if lags.waiting:
            found.append(f"{len(lags.waiting)} replies never shown by {place}")
        if lags.seconds and max(lags.seconds) > LIMITS[place]:
            found.append(f"a reply shown by {place} after {max(lags.seconds):.1f} s")
    for first, last in (("begin", "killed"), ("back", "end")):
        if answered[last] - answered[first] < FEW:
            found.append(f"the replica was not read from {first} to {last}")
    return found


def report(seen: Seen, answered: dict[str, int], found: list[str]) -> None:
    print(f"{SECONDS} seconds, {len(PLACES) * READERS} readers, {WRITERS} writers")
    heads = f"{'answers':>9}{'kept':>7}{'ms':>8}{'p99':>8}"
    print(f"{'':28}{heads}")
    for place, times in seen.reads.items():
        kept = f"{seen.hits[place] / len(times):7.0%}"
        print(f"{f'readers of {place}':28}{len(times):9,}{kept}{_spread(times)}")
    print(f"{'replies to either group':28}{len(seen.replies):9,}{'':7}", end="")
    print(_spread(seen.replies))
    print(f"{'… read at the other':28}{len(seen.own):9,}{'':7}{_spread(seen.own)}")
    print("Seconds until an anonymous reader is shown a reply: median, most, allowed")
    for place, lags in seen.lags.items():
        middle, most = median(lags.seconds), max(lags.seconds)
        print(f"  {place:26}{middle:9.2f}{most:7.2f}{LIMITS[place]:7}")
        tell("scaled", f"{place}, slowest", most, "s", limit=LIMITS[place])
        tell("scaled", f"{place}, median", middle, "s")
    before = answered["killed"] - answered["begin"]
    after = answered["end"] - answered["back"]
    print(f"The replica's transactions: {before:,}; {after:,} after it came back")
    print(*(found[:20] or ["Nothing lost, nothing refused."]), sep="\n")


def _spread(times: list[float]) -> str:
    return f"{median(times):8.1f}{quantiles(times, n=100)[98]:8.1f}"


def main() -> int:
    seen = Seen()
    with site(PEOPLE) as found:
        unshared = list(shares_pages(found))
        before = published(found)
        answered = load(found, seen)
        kept = published(found) - before
    failed = [*unshared, *problems(seen, answered, kept)]
    report(seen, answered, failed)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
