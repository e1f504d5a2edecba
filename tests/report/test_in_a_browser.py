"""The page as Chromium shows it, where there is one: no request leaves it, nothing is complained about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from openai_org_usage.report import Report, render_html

from . import chromium
from .eventful import eventful_report
from .figures import DAY, daily, report_of
from .hostile import hostile_names, hostile_report, owners_report
from .owners import NAMES, owned_report
from .sizes import FEWER, report_over

_BOXES = """[...document.querySelectorAll(".card, .chart")].map(element => {
  const box = element.getBoundingClientRect();
  return [box.left, box.top, box.right, box.bottom];
})"""
"""Left, top, right and bottom of each card and chart."""

_CLASHES = """(() => {
  const texts = document.querySelectorAll(
    "h1, h2, h3, .lead, dt, dd, figcaption p, .legend li, .scale span, .ticks text, .signs text, " +
    ".label, td, small, .marker"
  );
  const boxes = [...texts].filter(element => element.checkVisibility()).flatMap(element => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const outer = element.closest(".figures div, .card, .chart, main").getBoundingClientRect();
    return [...range.getClientRects()].filter(box => box.width).map(box => ({element, box, outer}));
  });
  const said = ({element, box}) => `${element.textContent} at ${Math.round(box.left)},${Math.round(box.top)}`;
  const clashes = boxes
    .filter(({box, outer}) => box.left < outer.left - 1 || box.right > outer.right + 1)
    .map(each => `beyond its card: ${said(each)}`);
  boxes.forEach((one, place) => boxes.slice(place + 1).forEach(other => {
    const width = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
    const height = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
    const apart = !one.element.contains(other.element) && !other.element.contains(one.element);
    if (apart && width > 1 && height > 3) clashes.push(`over each other: ${said(one)} and ${said(other)}`);
  }));
  for (const element of document.querySelectorAll("dd:not(.about)")) {
    const range = document.createRange();
    range.selectNodeContents(element);
    const lines = new Set([...range.getClientRects()].map(box => Math.round(box.bottom)));
    if (lines.size > 1) clashes.push(`broken in two: ${element.textContent}`);
  }
  return [boxes.length, clashes];
})()"""
"""How many texts are seen, and what is wrong: some over each other, out of their card, or broken in two."""

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


@pytest.fixture(scope="module")
def an_eventful_report() -> Report:
    return eventful_report()


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


_TIP = """(() => {
  const shown = [...document.querySelectorAll(".tip")].filter(tip => getComputedStyle(tip).opacity === "1");
  return shown.map(tip => tip.querySelector("b").textContent);
})()"""
"""The headings of what columns say at the moment."""


def test_columns_are_read_by_keyboard(browser: chromium.Browser, page: Path) -> None:
    """One stop of the tab key for a chart; the arrow keys go from day to day. Nothing is said before."""
    browser.open(page, width=1280, script=True)
    assert browser.measure(_TIP) == []
    said: list[list[str]] = []
    for key in ("Tab", "ArrowRight", "ArrowRight", "ArrowLeft"):
        browser.press(key)
        said.append(browser.measure(_TIP))
    assert said == [["Sun 1 Nov"], ["Mon 2 Nov"], ["Tue 3 Nov"], ["Mon 2 Nov"]]


def clashes(browser: chromium.Browser, report: Report, folder: Path, *, width: int) -> list[str]:
    """What lies over each other or out of its card in a window of this width, or beyond the window."""
    path = folder / "sized.html"
    path.write_text(render_html(report), encoding="utf-8")
    size = browser.open(path, width=width, script=True)
    seen, found = browser.measure(_CLASHES)
    assert seen > 50
    wider = size["width"] - width
    return [*found, *([f"{wider} pixels beyond the window"] if wider > 0 else [])]


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize(("a_day", "days"), FEWER)
def test_no_figure_is_cut_off(
    browser: chromium.Browser, tmp_path: Path, a_day: str, days: int, width: int
) -> None:
    """Whatever is spent over whatever time: headline figures, scales, labels and tables have their room."""
    assert clashes(browser, report_over(a_day, days), tmp_path, width=width) == []


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_names_have_their_room(
    browser: chromium.Browser, an_eventful_report: Report, tmp_path: Path, width: int
) -> None:
    """With owner, project and id, and in a month with causes; none makes the page wider than the window."""
    assert clashes(browser, owned_report().with_names(NAMES), tmp_path, width=width) == []
    assert clashes(browser, an_eventful_report, tmp_path, width=width) == []
    path = tmp_path / "hostile.html"
    path.write_text(render_html(owners_report().with_names(hostile_names())), encoding="utf-8")
    assert browser.open(path, width=width)["width"] <= width


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("day", [2, 12, 23, 28, 30])
def test_ends_of_lines_keep_apart(browser: chromium.Browser, tmp_path: Path, day: int, width: int) -> None:
    """On any day of the month, what is spent and what is forecast are read one beside the other."""
    now = datetime(2026, 11, day, 12, tzinfo=UTC)
    rows = daily(lambda day: 3_000_000 + day.day, start=now.date() - 90 * DAY, end=now.date() + DAY)
    assert clashes(browser, report_of(rows, now=now), tmp_path, width=width) == []
