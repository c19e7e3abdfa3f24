"""How often is a page made that has just changed, when a crowd asks for it at once?

    python -m benchmarks.stampede [sqlite] [postgres://…]

CLIENTS connections are open before the page changes, and all ask in one moment. Fails
where the page is made more than once, or one is not answered.
"""

import sys
import tempfile
import threading
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.piece import ADDRESS
from benchmarks.serving import module, paper, run, serving

ROUNDS, CLIENTS = 3, 200
CHANGE = """
import django
django.setup()
from comments import moderation
from comments.models import Comment
moderation.feature(Comment.objects.filter(featured_at=None).first(), by=None)
"""


def crowd(port: int) -> tuple[list[int], list[float]]:
    """The answers' statuses, and how long each took, in milliseconds."""
    start, statuses, times = threading.Barrier(CLIENTS), [], []

    def ask():
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        connection.connect()
        start.wait()
        began = perf_counter()
        connection.request("GET", ADDRESS, headers={"Accept-Encoding": "br"})
        answer = connection.getresponse()
        answer.read()
        times.append((perf_counter() - began) * 1_000)
        statuses.append(answer.status)
        connection.close()

    clients = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return statuses, times


def measure(database: str) -> bool:
    with tempfile.TemporaryDirectory() as place:
        made, is_well = Path(place) / "made", True
        with paper(database, MADE=str(made)) as told:
            module(told, "piece", 50)
            with serving("counted", 8903, told):
                crowd(8903)
                print(f"{database.partition(':')[0]}, {CLIENTS} clients at once")
                for _ in range(ROUNDS):
                    run([sys.executable, "-c", CHANGE], told)
                    made.write_text("")
                    statuses, times = crowd(8903)
                    count = len(made.read_text().split())
                    print(
                        f"  made {count} times, {statuses.count(200)} answered, "
                        f"median {median(times):.0f} ms, slowest {max(times):.0f} ms"
                    )
                    is_well &= count == 1 and statuses == [200] * CLIENTS
    return is_well


if __name__ == "__main__":
    databases = sys.argv[1:] or ["sqlite"]
    sys.exit({measure(name) for name in databases} != {True})
