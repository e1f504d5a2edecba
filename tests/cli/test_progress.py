"""What the line of a long pull says; the terminal and the second is not waited for."""

from __future__ import annotations

import time
from typing import Any

import pytest

from openai_org_usage import OPERATIONS, PageEvent, Request
from openai_org_usage.cli.console import Console
from openai_org_usage.cli.progress import Progress, show_progress

REQUEST = Request[Any, Any, Any].of(OPERATIONS["costs"], {"start_time": 0})


def event(*, done: int, planned: int) -> PageEvent:
    return PageEvent(
        operation="costs",
        request=REQUEST,
        page=done,
        buckets=1000,
        bytes=1,
        attempts=1,
        request_id=None,
        windows_done=done,
        windows_planned=planned,
    )


def test_the_estimate_is_what_the_pages_so_far_took() -> None:
    """Of a range that was cut; a retry is told of until the next page comes."""
    began = time.monotonic()
    progress = Progress("costs")
    assert progress.line(began) == "costs  waiting for the first page"

    progress.advance(event(done=1, planned=4))
    progress.advance(event(done=2, planned=4))
    progress.wait("trying again in 2.0 s")

    line = progress.line(began + 60)
    assert line == "costs  ━━━━━━━━╌╌╌╌╌╌╌╌ 2/4  2,000 buckets  about 60 s left  trying again in 2.0 s"
    progress.advance(event(done=4, planned=4))
    assert progress.line(began + 90) == "costs  ━━━━━━━━━━━━━━━━ 4/4  3,000 buckets"


@pytest.mark.parametrize("several", [True, False])
def test_nothing_is_promised_that_is_not_known(several: bool) -> None:
    """A query that follows cursors, and several at once, have no known end."""
    progress = Progress("report", several=several)
    for _ in range(2):
        progress.advance(event(done=0, planned=9 if several else 1))
    assert progress.line(time.monotonic() + 10) == "report  2 pages  2,000 buckets"


@pytest.mark.parametrize(
    ("console", "terminal", "is_shown"),
    [
        (Console(), True, True),
        (Console(), False, False),
        (Console(quiet=True), True, False),
        (Console(verbose=True), True, False),
    ],
)
def test_it_is_shown_on_a_terminal_only(
    console: Console, terminal: bool, is_shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not beside what --verbose says; retries go there while it lasts."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    monkeypatch.setenv("TERM", "xterm")
    with show_progress(Progress("costs"), console):
        assert (console.waiting is not None) == is_shown
    assert console.waiting is None


def test_it_is_one_line_that_goes_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Written over and over, and cleared in the end."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr("openai_org_usage.cli.progress.PATIENCE", 0)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")
    progress = Progress("a-rather-long-name-of-a-command")
    progress.advance(event(done=1, planned=40))
    with show_progress(progress, Console()):
        written = ""
        while "a-rather-long-name" not in written:
            written += capsys.readouterr().err
    assert "\n" not in written
    assert "…" in written
    assert capsys.readouterr().err.endswith("\x1b[2K")
