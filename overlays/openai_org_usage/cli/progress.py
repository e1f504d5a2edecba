"""How far a command is, on standard error: only on a terminal, and only once it has taken a second."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from .._generated import OPERATIONS
from ..printable import visible
from ..terminal.streams import SanitizedStream
from .console import Console, counted

if TYPE_CHECKING:
    from ..archive.sync.sync_result import SyncProgress
    from ..hooks import PageEvent

PATIENCE = 1.0
"""Seconds before anything is shown."""
_WIDTH = 16
_SPINNER = 3
"""Columns before the line, and one left free after it."""


class ProgressLine(Protocol):
    """What is shown of something under way."""

    def wait(self, reason: str) -> None:
        """Nothing comes for a while."""

    def line(self, now: float) -> str:
        """How things stand at `now`, on the clock of `time.monotonic`."""
        ...


class Progress:
    """What is known of a query under way: pages, buckets, and how much of a cut range is left.

    Of `several` queries at once it is not known how much is left.
    """

    def __init__(self, name: str, *, several: bool = False) -> None:
        self._name = name
        self._several = several
        self._began = time.monotonic()
        self._pages = self._buckets = self._done = 0
        self._planned = 1
        self._waiting = ""

    def advance(self, event: PageEvent) -> None:
        """A page has come; those of lists of names say nothing of how far the figures are."""
        if event.operation not in OPERATIONS:
            return
        self._pages, self._buckets = self._pages + 1, self._buckets + event.buckets
        if not self._several:
            self._done, self._planned = event.windows_done, event.windows_planned
        self._waiting = ""

    def hook(self, console: Console) -> Callable[[PageEvent], None]:
        """What tells it, and the `console`, of pages."""

        def on_page(event: PageEvent) -> None:
            self.advance(event)
            console.tell_page(event)

        return on_page

    def wait(self, reason: str) -> None:
        """Nothing comes for a while."""
        self._waiting = reason

    def line(self, now: float) -> str:
        """How things stand at `now`, on the clock of `time.monotonic`."""
        if not self._pages:
            parts = [self._name, "waiting for the first page", self._waiting]
        else:
            parts = [self._name, self._bar(), f"{self._buckets:,} buckets", self._left(now), self._waiting]
        return "  ".join(part for part in parts if part)

    def _bar(self) -> str:
        if self._planned == 1:  # How many pages there are is known by the last one only.
            return counted(self._pages, "pages")
        return _bar(self._done, self._planned)

    def _left(self, now: float) -> str:
        """The time left at the pace so far; unknown where nothing was cut."""
        if not 0 < self._done < self._planned:
            return ""
        return f"about {_duration((now - self._began) / self._done * (self._planned - self._done))} left"


class ArchiveProgress:
    """What is known of a sync or an audit under way, of one organization or of several at once."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._latest: dict[str, SyncProgress] = {}
        self._waiting = ""

    def advance(self, event: SyncProgress) -> None:
        """A page has come; called on the thread of its organization."""
        self._latest = {**self._latest, event.organization: event}
        self._waiting = ""

    def wait(self, reason: str) -> None:
        """Nothing comes for a while."""
        self._waiting = reason

    def line(self, now: float) -> str:
        """How many tables are done, and what is being read."""
        latest = list(self._latest.values())
        if not latest:
            parts = [self._name, "waiting for the first page", self._waiting]
        else:
            reading = dict.fromkeys(each.table for each in latest if each.done < each.planned)
            pages = sum(each.pages for each in latest)
            bar = _bar(sum(each.done for each in latest), sum(each.planned for each in latest))
            parts = [self._name, f"{bar} tables", counted(pages, "pages"), ", ".join(reading), self._waiting]
        return "  ".join(part for part in parts if part)


def _bar(done: int, planned: int) -> str:
    filled = _WIDTH * done // planned
    return f"{'━' * filled}{'╌' * (_WIDTH - filled)} {done}/{planned}"


@contextmanager
def show_progress(progress: ProgressLine, console: Console) -> Generator[None]:
    """Show `progress` while this lasts, from the second second on."""
    if console.quiet or console.verbose or not _can_show():
        yield
        return
    display = _ProgressDisplay(progress)
    console.waiting = progress.wait
    try:
        yield
    finally:
        console.waiting = None
        display.stop()


class _ProgressDisplay:
    """A line that is written anew twice a second by a thread of its own."""

    def __init__(self, progress: ProgressLine) -> None:
        self._progress = progress
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._show, name="progress", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _show(self) -> None:
        if self._over.wait(PATIENCE):
            return
        from rich import console as rich_console
        from rich.text import Text

        stream = sys.stderr
        console = rich_console.Console(
            file=stream.for_display() if isinstance(stream, SanitizedStream) else stream
        )
        with console.status("") as status:
            while True:
                line = Text(visible(self._progress.line(time.monotonic())))
                line.truncate(console.width - _SPINNER, overflow="ellipsis")
                status.update(line)
                if self._over.wait(0.5):
                    return


def _can_show() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes / 60:.1f} h"
