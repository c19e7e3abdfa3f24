"""The results as bars: python -m benchmarks.plot results.jsonl out.svg

Each panel has a scale of its own. A bar says in words what its limit is, and has a mark
there; the colours follow the reader's light or dark scheme.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from xml.etree import ElementTree as ET

from benchmarks import results

WIDTH, LABELS, BARS, MARGIN = 780, 330, 270, 16
ROW, HEAD, LINE, THICK = 20, 40, 16, 12
STYLE = """
  svg { font: 12px system-ui, sans-serif; }
  .ground { fill: #fff; } text { fill: #222; } .head { font-weight: 600; }
  .bar { fill: #2f6db5; } .over { fill: #c2541b; } .limit { stroke: #222; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #16181b; } text { fill: #e6e6e6; }
    .bar { fill: #6aa3e8; } .over { fill: #f0905a; } .limit { stroke: #e6e6e6; }
  }
"""


@dataclass(frozen=True)
class Panel:
    benchmark: str
    unit: str
    title: str
    is_more_better: bool = False

    def keeps(self, figure: dict) -> bool:
        if figure["limit"] is None:
            return True
        within = figure["value"] <= figure["limit"]
        return figure["value"] >= figure["limit"] if self.is_more_better else within


PANELS = [
    Panel(
        "origin",
        "bare views",
        "Answers in a second, for each of a bare Django view: more is better",
        is_more_better=True,
    ),
    Panel(
        "front",
        "files",
        "nginx’s answers in a second, for each of a compressed file: more is better",
        is_more_better=True,
    ),
    Panel(
        "lighthouse",
        "of 100",
        "Lighthouse’s scores of the article behind nginx, on a phone: more is better",
        is_more_better=True,
    ),
    Panel(
        "post",
        "bare views",
        "Processor’s time of a reply, in that of a bare Django view",
    ),
    Panel("peer", "bare views", "The same beside Isso, a peer on SQLite, in one run"),
    Panel(
        "mixed", "medians", "Readers and writers at once: slowest hundredth, in medians"
    ),
    Panel("cold", "of the smallest", "Time to make a page, in that with few comments"),
    Panel("startup", "s", "Seconds from starting the server to its first whole page"),
    Panel("scaled", "s", "Two groups and a replica: seconds until a reply is seen"),
]


def draw(machine: dict, figures: list[dict]) -> str:
    svg = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", role="img")
    ET.SubElement(svg, "title").text = "What the benchmarks found"
    ET.SubElement(svg, "style").text = STYLE
    ground = ET.SubElement(svg, "rect", {"class": "ground", "width": "100%"})
    y = MARGIN
    for panel in PANELS:
        kind = (panel.benchmark, panel.unit)
        shown = [f for f in figures if (f["benchmark"], f["unit"]) == kind]
        if shown:
            y = _panel(svg, panel, shown, y)
    for line in wrap(caption(machine), 105):
        y += LINE
        _text(svg, MARGIN, y, line)
    height = str(y + MARGIN)
    ground.set("height", height)
    svg.attrib |= {"viewBox": f"0 0 {WIDTH} {height}", "width": str(WIDTH)}
    ET.indent(svg)
    return ET.tostring(svg, encoding="unicode") + "\n"


def caption(machine: dict) -> str:
    versions = ", ".join(f"{name} {n}" for name, n in machine["versions"].items())
    return (
        f"{machine['processor']}, {machine['cores']} cores shared by servers, "
        f"databases and load, {machine['memory'] / 2**30:.0f} GiB; "
        f"{machine['kernel']}; {versions}; {machine['date']}"
    )


def label(figure: dict) -> str:
    kind = {"postgres": "PostgreSQL", "sqlite": "SQLite"}.get(figure["database"])
    return f"{figure['name']}, {kind}" if kind else figure["name"]


def _panel(svg: ET.Element, panel: Panel, figures: list[dict], y: int) -> int:
    """Draw it from ``y`` on; where the next one begins."""
    most = max(max(f["value"], f["limit"] or 0) for f in figures) or 1
    _text(svg, MARGIN, y + LINE, panel.title, {"class": "head"})
    for n, figure in enumerate(figures):
        top = y + HEAD - LINE + n * ROW
        base = top + THICK - 2
        end = {"text-anchor": "end"}
        _text(svg, MARGIN + LABELS - 8, base, label(figure), end)
        length = BARS * figure["value"] / most
        kind = "bar" if panel.keeps(figure) else "bar over"
        at = {"x": MARGIN + LABELS, "y": top, "width": round(length, 1)}
        _shape(svg, "rect", **at, height=THICK, **{"class": kind})
        if figure["limit"] is not None:
            x = round(MARGIN + LABELS + BARS * figure["limit"] / most, 1)
            at = {"x1": x, "x2": x, "y1": top - 2, "y2": top + THICK + 2}
            _shape(svg, "line", **at, **{"class": "limit"})
        _text(svg, MARGIN + LABELS + BARS + 10, base, _number(panel, figure))
    return y + HEAD + ROW * len(figures)


def _number(panel: Panel, figure: dict) -> str:
    said = f"{figure['value']:.3g}"
    if figure["limit"] is not None:
        word = "least" if panel.is_more_better else "most"
        said += f" (at {word} {figure['limit']:.3g})"
    return said


def _shape(svg: ET.Element, kind: str, **attributes: object) -> None:
    ET.SubElement(svg, kind, {name: str(value) for name, value in attributes.items()})


def _text(svg, x: int, y: int, words: str, more: dict | None = None) -> None:
    ET.SubElement(svg, "text", {"x": str(x), "y": str(y)} | (more or {})).text = words


if __name__ == "__main__":
    found, out = map(Path, sys.argv[1:])
    out.write_text(draw(*results.read(found)), encoding="utf-8")
