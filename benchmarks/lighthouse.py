"""Lighthouse on a phone, five times, of one page that is being served.

    npm install --no-save --ignore-scripts lighthouse@12.8.2
    python -m benchmarks.lighthouse http://localhost:8000/2018/02/05/some-article/

Prints the median of each score and fails where one is below its mark. The page has to
be served as production serves it: ``make demo`` does.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = 5
MARKS = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
CHROMIUM_FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-quic"
LIGHTHOUSE = os.environ.get("LIGHTHOUSE", "node_modules/.bin/lighthouse")


def scores(address: str, report: Path) -> dict[str, float]:
    """One run: each category's score, of a hundred."""
    subprocess.run(
        [
            *(LIGHTHOUSE, address, "--quiet", "--output=json"),
            f"--output-path={report}",
            f"--only-categories={','.join(MARKS)}",
            f"--chrome-flags={CHROMIUM_FLAGS}",
        ],
        check=True,
        env={"CHROME_PATH": "/usr/bin/chromium"} | os.environ,
    )
    told = json.loads(report.read_text())
    lost = [
        audit["title"]
        for audit in told["audits"].values()
        if audit["score"] is not None and audit["score"] < 0.9
    ]
    found = {name: told["categories"][name]["score"] * 100 for name in MARKS}
    print({name: round(score) for name, score in found.items()}, lost)
    return found


def main(address: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        runs = [scores(address, Path(folder) / "report.json") for _ in range(RUNS)]
    medians = {name: statistics.median(run[name] for run in runs) for name in MARKS}
    for name, mark in MARKS.items():
        print(f"{name:15} {medians[name]:5.0f}  (at least {mark})")
    return int(any(medians[name] < mark for name, mark in MARKS.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
