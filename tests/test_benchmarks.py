"""What is measured is measured on data that verbs could have written."""

from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from xml.etree import ElementTree as ET

import pytest

from benchmarks import clients, discussion, everything, plot, results, seed
from benchmarks.seen import Lags, newest
from comments import reconciliation, rendering, submission, text
from comments.models import Comment, Discussion

pytestmark = pytest.mark.django_db
SERVER = "postgres://postgres:secret@127.0.0.1/postgres"
SVG = "{http://www.w3.org/2000/svg}"
MACHINE = {
    "processor": "A processor",
    "cores": 2,
    "memory": 2**33,
    "kernel": "Linux 6",
    "versions": {"Python": "3.13"},
    "date": "2026-11-25",
}


def test_filled_discussion_agrees_with_itself():
    discussion.fill(seed.article(), 187, hot=30)
    discussion.fill(seed.article("other"), 40)

    assert reconciliation.find_problems() == []
    assert [d.published_count for d in Discussion.objects.order_by("pk")] == [123, 26]
    for comment in Comment.objects.select_related("commenter"):
        assert comment.digest == submission.digest(comment)
        assert comment.fingerprint == text.fingerprint(comment.body)
        assert comment.body_html == rendering.render(comment.body)


def test_filled_discussion_is_a_tree_of_five_levels():
    discussion.fill(seed.article(), 100)

    depths = Counter(Comment.objects.values_list("depth", flat=True))

    assert depths == {1: 40, 2: 30, 3: 15, 4: 10, 5: 5}


def test_seeded_database_agrees_with_itself():
    seed.fill(120)

    assert reconciliation.find_problems() == []


def test_results_begin_with_the_machine_and_keep_the_last_of_each(
    tmp_path, monkeypatch
):
    place = tmp_path / "found.jsonl"
    monkeypatch.setenv("RESULTS", str(place))

    for value in (1, 0.85):
        results.tell("origin", "kept", value, "bare views", database=SERVER, limit=0.8)

    machine, figures = results.read(place)
    assert machine["cores"] >= 1
    assert figures == [
        {
            "benchmark": "origin",
            "name": "kept",
            "limit": 0.8,
            "database": "postgres",
            "value": 0.85,
            "unit": "bare views",
        }
    ]
    assert "secret" not in place.read_text()


def test_no_results_are_written_unless_wanted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RESULTS", raising=False)

    results.tell("origin", "kept", 1, "bare views")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("value", "is_more_better", "kind"),
    [(0.9, True, "bar"), (0.7, True, "bar over"), (0.7, False, "bar")],
)
def test_bar_shows_its_figure_and_whether_it_keeps_the_limit(
    value, is_more_better, kind, monkeypatch
):
    panel = plot.Panel("origin", "bare views", "A <view>", is_more_better)
    monkeypatch.setattr(plot, "PANELS", [panel])

    drawn = ET.fromstring(plot.draw(MACHINE, [figure(value)]))

    bars = [each for each in drawn.iter(f"{SVG}rect") if "bar" in each.get("class")]
    assert [bar.get("class") for bar in bars] == [kind]
    assert float(bars[0].get("width")) == round(plot.BARS * value / max(value, 0.8), 1)
    said = [each.text for each in drawn.iter(f"{SVG}text")]
    bound = "least" if is_more_better else "most"
    assert said[:3] == ["A <view>", "kept, PostgreSQL", f"{value} (at {bound} 0.8)"]
    assert "A processor, 2 cores" in said[3]


def test_figures_without_a_panel_are_not_drawn():
    other = figure(1) | {"unit": "CPU-ms"}

    assert plot.draw(MACHINE, [other]) == plot.draw(MACHINE, [])


def test_reply_is_seen_with_the_first_page_that_has_it_or_a_later_one():
    lags = Lags()
    for comment, at in ((7, 10.0), (8, 11.0), (9, 12.0)):
        lags.post(comment, at)

    lags.show(newest('<li id="comment-8"><li id="comment-5" class="reply">'), 13.5)

    assert (lags.seconds, lags.waiting) == ([3.5, 2.5], {9: 12.0})
    assert newest("<p>Nobody has said anything.</p>") == 0


@pytest.mark.parametrize(
    ("name", "runs"),
    [
        ("origin", [["sqlite", SERVER]]),
        ("cold", [["sqlite"], [SERVER]]),
        ("scaled", [[]]),
    ],
)
def test_each_benchmark_is_told_its_databases(name, runs):
    assert everything.arguments(name, SERVER) == runs


def figure(value):
    return {
        "benchmark": "origin",
        "name": "kept",
        "limit": 0.8,
        "database": "postgres",
        "value": value,
        "unit": "bare views",
    }


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was sent, however long; nothing, where the path says so."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/nothing":
            self.close_connection = True
            return
        self.send_response(201)
        self.send_header("Content-Length", str(len(sent) * 10_000))
        self.send_header("X-Port", str(self.client_address[1]))
        self.end_headers()
        self.wfile.write(sent * 10_000)

    def log_message(self, *_):
        pass


@contextmanager
def echo():
    """The port of a server on the loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def asking(port, path, answers, times=3):
    said = clients.request("POST", path, "said" * 20, {"Host": "localhost"})
    ours = clients.connect(port, "127.0.0.1", with_tls=False)
    with (yield from ours) as connection:
        for _ in range(times):
            answers.append((yield from clients.ask(connection, said)))


def test_clients_in_one_thread_are_all_answered():
    answers = []
    with echo() as port:
        clients.run([asking(port, "/", answers) for _ in range(5)])

    assert [answer.status for answer in answers] == [201] * 15
    ports = Counter(answer.headers["x-port"] for answer in answers)
    assert list(ports.values()) == [3] * 5
    assert all(answer.took > 0 for answer in answers)


def test_client_that_is_not_answered_says_so():
    with echo() as port, pytest.raises(ConnectionError, match="Closed"):
        clients.run([asking(port, "/nothing", [])])
