"""What is measured is measured on data that verbs could have written."""

from collections import Counter
from xml.etree import ElementTree as ET

import pytest

from benchmarks import discussion, everything, plot, results, seed
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
