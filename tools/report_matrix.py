"""`python -m tools.report_matrix FOLDER`: the report at many sizes, to be looked at before a release.

Five sizes of spend over five ranges and a month in which something happened, each as text of 60, 80 and 120
columns, and as the page on a phone and on a desk, light and dark, and on paper. `index.html` has all pictures
side by side. What lies over something else or is cut off is found by tests; what is ugly, only by looking.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from html import escape
from itertools import product
from pathlib import Path

from openai_org_usage.report import Report, render_html, render_terminal
from tests.report.chromium import EXECUTABLE, Browser, browser
from tests.report.eventful import eventful_report
from tests.report.sizes import GRID, WIDTHS, report_over

WINDOWS = {"phone": 375, "desk": 1280}
"""Their width in pixels."""


def main() -> int:
    """Make all of it, or say what is needed."""
    parser = argparse.ArgumentParser(prog="python -m tools.report_matrix", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, report in reports():
        for width in WIDTHS:
            text = render_terminal(report, width=width)
            (folder / f"{name}-{width}.txt").write_text(text, encoding="utf-8")
        (folder / f"{name}.html").write_text(render_html(report), encoding="utf-8")
    if EXECUTABLE is None:
        print("texts and pages are there; pictures need Chromium")
        return 0
    with browser() as shown:
        pictures = [picture for name, _ in reports() for picture in _taken(shown, name, folder)]
    (folder / "index.html").write_text(_index(pictures), encoding="utf-8")
    print(folder / "index.html")
    return 0


def reports() -> Iterator[tuple[str, Report]]:
    """Each report with a name for its files."""
    yield "eventful", eventful_report()
    for a_day, days in GRID:
        yield f"{a_day}-a-day-{days}-days", report_over(a_day, days)


def _taken(shown: Browser, name: str, folder: Path) -> Iterator[Path]:
    """The pictures of one page; the paper is a PDF beside them."""
    for (window, width), dark in product(WINDOWS.items(), (False, True)):
        seen = shown.show(folder / f"{name}.html", width=width, dark=dark)
        picture = folder / f"{name}-{window}-{'dark' if dark else 'light'}.png"
        picture.write_bytes(seen.picture)
        if not dark:  # Paper is the same for all windows and schemes.
            (folder / f"{name}.pdf").write_bytes(seen.paper)
        yield picture


def _index(pictures: list[Path]) -> str:
    shown = (
        f'<figure><img src="{escape(each.name)}" height="900"><figcaption>{each.stem}</figcaption></figure>'
        for each in pictures
    )
    style = "body { display: flex; flex-wrap: wrap; font: 14px sans-serif; }"
    return f"<!doctype html><title>The report</title><style>{style}</style>{''.join(shown)}"


if __name__ == "__main__":
    raise SystemExit(main())
