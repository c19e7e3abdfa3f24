"""What comes from Word and Google Docs, as it is stored."""

from pathlib import Path
from time import perf_counter

import pytest

from articles import pasted, rendering
from articles.models import Article

BODY = Article._meta.get_field("body")
CLIPBOARDS = Path(__file__).parent / "clipboards"
LOG = '<a href="https://example.org/lamp">the log</a>'
END = (
    "<h3>What it cost</h3><table><tbody><tr><td><p>Oil</p></td><td><p>£9</p></td></tr>"
    "</tbody></table><p>The end.</p>"
)
CLEAN = {
    "word": (
        "<h2>The lighthouse</h2><p>The lamp was <strong>lit by hand</strong> until "
        "<em>2019</em>,<small>Not <em>2018</em>, as was said.</small> at "
        f"5&nbsp;o’clock; see {LOG}.</p><ul><li><p>Oil</p></li><li><p>Gas</p></li></ul>"
        f"<ol><li><p>Then light</p></li></ol>{END}"
    ),
    "google-docs": (
        "<h2>The lighthouse</h2><p>The lamp was <strong>lit by hand</strong> until "
        f"<em>2019</em>, at 5&nbsp;o’clock; see {LOG}.</p>"
        f"<ul><li><p>Oil</p></li><li><p>Gas</p></li></ul>{END}"
    ),
}


def stored(html):
    return BODY.clean(html, Article())


def clipboard(name):
    return (CLIPBOARDS / f"{name}.html").read_text()


@pytest.mark.parametrize("name", CLEAN)
def test_clipboard_is_stored_as_if_it_was_written_here(name):
    assert stored(clipboard(name)) == CLEAN[name]


@pytest.mark.parametrize("name", CLEAN)
def test_what_is_stored_is_stored_again_as_it_is(name):
    assert stored(CLEAN[name]) == CLEAN[name]
    assert pasted.untangled(CLEAN[name]) == CLEAN[name]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("<p>One.</p><p></p><p><br></p><p>Two.</p><p></p>", "<p>One.</p><p>Two.</p>"),
        ("<p>5&nbsp;000 « oui »  yes</p>",) * 2,
        ("<p>a&nbsp; b &nbsp;c&nbsp;</p>", "<p>a b c</p>"),
        ("<p>a<br>b</p>",) * 2,
        ("<p>– he said –</p><p>1. He said</p>",) * 2,
        ("<table><tbody><tr><td></td></tr></tbody></table>",) * 2,
        ("<p>a <strong>b</strong> <em>c</em></p>",) * 2,
        ("<b>a</b> <i>b</i> <del>c</del>", "<strong>a</strong> <em>b</em> <s>c</s>"),
        ("<p><span>a<b>b</span></b></p>", "<p>a<strong>b</strong></p>"),
        ("<h1><script>x()</script>a</h1><!-- b -->", "<h2>a</h2>"),
        ('<p><a href="#_ftn1">[1]</a></p>',) * 2,
    ],
)
def test_tidying_takes_away_nothing_that_was_meant(typed, kept):
    assert stored(typed) == kept


@pytest.mark.parametrize("run", [" ", "<br>", "&nbsp;", "<b>", "<p>1.&nbsp;&nbsp;"])
def test_long_runs_are_read_once(run):
    begun = perf_counter()

    stored(f"<p>{run * 20_000}x</p>")
    rendering.plain_text(f"<p>a{run * 20_000}x<small>n</small></p>")

    assert perf_counter() - begun < 2
