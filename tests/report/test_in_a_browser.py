"""The page as Chromium shows it, where there is one: no request leaves it, nothing is complained about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from openai_org_usage.report import render_html

from . import chromium
from .hostile import hostile_report

_BOXES = """[...document.querySelectorAll(".card, .chart")].map(element => {
  const box = element.getBoundingClientRect();
  return [box.left, box.top, box.right, box.bottom];
})"""
"""Left, top, right and bottom of each card and chart."""

pytestmark = pytest.mark.skipif(chromium.EXECUTABLE is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "spend.html"
    path.write_text(render_html(hostile_report()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[chromium.Browser]:
    with chromium.browser() as browser:
        yield browser


@pytest.mark.parametrize(("width", "script"), [(375, False), (1280, True)])
def test_the_page_keeps_to_itself(browser: chromium.Browser, page: Path, width: int, script: bool) -> None:
    """On a phone and on a desk, with JavaScript and without: one request, for the file; no message.

    Nor does it scroll sideways, and it can be printed.
    """
    seen = browser.show(page, width=width, dark=script, script=script)
    assert seen.requests == [page.as_uri()]
    assert seen.complaints == []
    assert seen.overflow == 0
    assert seen.paper.startswith(b"%PDF")


@pytest.mark.parametrize("width", [375, 1280])
def test_no_two_cards_touch(browser: chromium.Browser, page: Path, width: int) -> None:
    """Each has as much room below it as the others, whichever column is the longest."""
    browser.show(page, width=width, script=True)
    boxes: list[list[float]] = browser.measure(_BOXES)
    gaps = [
        min(gap)
        for left, _, _, bottom in boxes
        if (
            gap := [top - bottom for other, top, right, _ in boxes if other <= left < right and top >= bottom]
        )
    ]
    assert len(gaps) > 5
    assert min(gaps) == pytest.approx(16, abs=1)
