"""Referee: axe-core looks at the report's page in Chromium, for what keeps people from reading it.

It judges by the rules of WCAG 2.2 (A and AA) and its own best practices: contrast, names, roles, the order of
headings, what the keyboard reaches. The page is seen in both schemes, on a phone and on a desk.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from codegen.tree import array_at, as_object, text_at
from openai_org_usage.report import render_html
from tests.report.chromium import EXECUTABLE, Browser, browser
from tests.report.eventful import eventful_report

from .processes import NODE_PACKAGE
from .verdicts import ScoreSheet, skipped

_NAME, _ASKED = "axe", "the report's page: two widths, two schemes, figures open"
_AXE = NODE_PACKAGE.with_name("node_modules") / "axe-core" / "axe.min.js"
_WIDTHS = (375, 1280)
_RUN = "axe.run({resultTypes: ['violations']}).then(found => JSON.stringify(found))"
_OPEN_FIGURES = "document.querySelectorAll('details').forEach(each => { each.open = true; })"


def judge_by_axe(*, folder: Path) -> ScoreSheet:
    """What axe objects to; where there is no Chromium it is not asked."""
    if EXECUTABLE is None:
        return skipped(_NAME, asked=_ASKED, why="Chromium is not installed")
    sheet = ScoreSheet(_NAME, asked=_ASKED)
    page = folder / "report.html"
    page.write_text(render_html(eventful_report()), encoding="utf-8")
    with browser() as shown:
        for width, dark in product(_WIDTHS, (False, True)):
            shown.open(page, width=width, dark=dark, script=True)
            for rule, holds, detail in _rules(shown):
                sheet.expect(holds, rule, f"{width} pixels, {'dark' if dark else 'light'}: {detail}")
        faulty = folder / "faulty.html"
        text = page.read_text(encoding="utf-8")
        faulty.write_text(text.replace('<html lang="en">', "<html>"), encoding="utf-8")
        shown.open(faulty, width=_WIDTHS[0], script=True)
        seen = {rule for rule, holds, _ in _rules(shown) if not holds}
        sheet.expect("html-has-lang: serious" in seen, "control: does not see a page without a language")
    return sheet


def _rules(shown: Browser) -> Iterator[tuple[str, bool, str]]:
    """Each rule that applies to the page: its name and weight, whether it holds, and where it does not."""
    shown.measure(_AXE.read_text(encoding="utf-8"))
    shown.measure(_OPEN_FIGURES)
    found: object = json.loads(str(shown.measure(_RUN)))
    for rule in array_at(found, "passes"):
        yield text_at(rule, "id"), True, ""
    for rule in array_at(found, "violations"):
        nodes = [text_at(node, "html") for node in array_at(rule, "nodes")]
        weight = str(as_object(rule).get("impact"))
        yield f"{text_at(rule, 'id')}: {weight}", False, f"{text_at(rule, 'help')}: {nodes[:3]}"
