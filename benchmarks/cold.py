"""Does a page of a discussion cost the same with 100 and with 1,000,000 comments?

    DATABASE_URL=… python -m benchmarks.cold [sizes] [--threads 6] [--replies 5]

Fails where a median is more than LIMIT times that of the smallest database, or where
the number of queries or of comments on the page differs.
"""

import argparse
import sys
from statistics import median
from time import perf_counter

from django.conf import settings
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from articles import editions
from benchmarks import discussion, seed
from benchmarks.databases import Database
from benchmarks.results import tell
from comments import fragments, paging
from comments.models import Comment

SIZES = [100, 10_000, 1_000_000]
ROUNDS, WARM_UP, LIMIT = 30, 3, 1.3
# Not anybody's: whoever sends it is shown what anonymous readers are, but no copy.
COLD = {settings.COMMENTER_COOKIE_NAME: "nobody"}


class Reader:
    """An anonymous reader of one discussion, in a database of its own."""

    def __init__(self, size: int):
        self.size = size
        self.database = Database(f"cold_{size}")

    def fill(self) -> None:
        self.article, count = seed.article(), self.size
        discussion.fill_and_tell(self.article, count, hot=max(40, count // 10))
        if count < discussion.AT_ONCE:  # those that are larger have settled by then
            self.database.settle()
        self.client = Client(SERVER_NAME="localhost")
        self.client.cookies.load(COLD)
        self.places = self._threads() | self._hot_thread()

    def read(self, name: str) -> bytes:
        """As in a process that has made nothing yet, of no article either."""
        fragments.clear()
        editions.forget()
        response = self.client.get(self.places[name], follow=True)
        assert response.status_code == 200, response.status_code
        return response.content

    def _threads(self) -> dict[str, str]:
        """The addresses of pages that begin where discussion.SHAPE does."""
        address = self.article.get_absolute_url()
        threads = Comment.objects.of_article(self.article).shown_threads()
        threads = threads.order_by("submitted_at", "pk")
        per_page = settings.COMMENT_THREADS_PER_PAGE
        pages = threads.count() // per_page
        middle = threads[pages // 2 * per_page]
        last = threads[(pages - 1) * per_page]
        return {
            "first page": address,
            "middle page": f"{address}?from={middle.pk}",
            "last page": f"{address}?from={last.pk}",
            "newest first": f"{address}?order=newest",
            "permalink": middle.get_absolute_url(),
        }

    def _hot_thread(self) -> dict[str, str]:
        address = self.article.get_absolute_url()
        hot = Comment.objects.threads().latest("reply_count")
        replies = Comment.objects.published().filter(root=hot).order_by("path")
        again = seed.STATUSES.count(Comment.Status.PUBLISHED)  # where it begins anew
        reply = replies[replies.count() // 2 // again * again]
        return {
            "permalink in a hot thread": reply.get_absolute_url(),
            "a hot thread": f"{address}?thread={hot.pk}",
            "the middle of a hot thread": f"{address}?thread={hot.pk}&after={reply.pk}",
        }


def measure(readers: list[Reader]) -> dict[tuple[str, int], list[float]]:
    """Interleaved, so that whatever else the machine does falls on all of them."""
    times: dict[tuple[str, int], list[float]] = {}
    for turn in range(WARM_UP + ROUNDS):
        for name in readers[0].places:
            for reader in readers:
                reader.database.use()
                began = perf_counter()
                reader.read(name)
                took = perf_counter() - began
                if turn >= WARM_UP:
                    times.setdefault((name, reader.size), []).append(took * 1_000)
    return times


def counts(reader: Reader, name: str) -> tuple[int, int]:
    """Of the queries, and of the comments that the page shows."""
    reader.database.use()
    with CaptureQueriesContext(reader.database.connection) as captured:
        page = reader.read(name)
    return len(captured), page.count(b'<li id="comment-')


def report(readers: list[Reader], times: dict[tuple[str, int], list[float]]) -> bool:
    """Print the table; whether every line of it is within the limit."""
    is_fine = True
    heads = f"{'in all':>10}{'shown':>7}{'queries':>9}{'median ms':>11}{'ratio':>7}"
    print(f"{'':<28}{heads}")
    for name in readers[0].places:
        base, expected = median(times[name, readers[0].size]), counts(readers[0], name)
        for reader in readers:
            now, (queries, shown) = (
                median(times[name, reader.size]),
                counts(reader, name),
            )
            is_within = now / base <= LIMIT and (queries, shown) == expected
            is_fine = is_fine and is_within
            print(
                f"{name:<28}{reader.size:>10,}{shown:>7}{queries:>9}{now:>11.2f}"
                f"{now / base:>7.2f}{'' if is_within else '  too much'}"
            )
    return is_fine


def keep(readers: list[Reader], times: dict[tuple[str, int], list[float]]) -> None:
    """Tell the results, for every size, what the dearest page costs."""
    first, *others = readers
    kind = "postgres" if first.database.is_postgresql else "sqlite"
    for reader in others:
        ratios = [
            median(times[name, reader.size]) / median(times[name, first.size])
            for name in first.places
        ]
        title = f"dearest of {len(ratios)} pages, {reader.size:,} comments"
        about = {"database": kind, "limit": LIMIT}
        tell("cold", title, max(ratios), "of the smallest", **about)


def run(sizes: list[int]) -> bool:
    readers: list[Reader] = []
    try:
        for size in sizes:
            readers.append(Reader(size))
            readers[-1].fill()
        times = measure(readers)
        keep(readers, times)
        return report(readers, times)
    finally:
        for reader in readers:
            reader.database.destroy()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--threads", type=int, default=discussion.SHOWN_THREADS)
    parser.add_argument("--replies", type=int, default=5)
    asked = parser.parse_args()
    # As many on a page at every size, the smallest too.
    paging.REPLIES_PER_THREAD_PAGE = asked.replies
    with override_settings(
        COMMENT_THREADS_PER_PAGE=asked.threads,
        COMMENT_REPLIES_PER_THREAD=asked.replies,
    ):
        return 0 if run(asked.sizes) else 1


if __name__ == "__main__":
    sys.exit(main())
