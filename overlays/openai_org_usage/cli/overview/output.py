"""The overview as it is written: the figures first, and below them what takes longer to find."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable

import attrs
import click
import msgspec

from ...printable import escaped_json
from ...times import ago
from ..console import tell, writable
from ..tables.shortened_texts import cell_measure
from .figures import Overview
from .screen import HEIGHT, WIDEST, Screen, ScreenLine


class JsonOutput:
    """One object, when all is there."""

    def figures(self, overview: Overview) -> None:
        """Nothing yet."""

    def rest(self, overview: Overview) -> None:
        """All of it."""
        text = msgspec.json.format(msgspec.json.encode(overview), indent=2).decode()
        click.echo(escaped_json(text))


@attrs.define
class ScreenOutput:
    """Lines for people: the figures first, before anyone knows why."""

    now: float
    screen: Screen
    _shown: int = 0

    @classmethod
    def on_terminal(cls, now: float) -> ScreenOutput:
        """As wide as the terminal."""
        return cls(now, Screen(min(shutil.get_terminal_size().columns, WIDEST), cell_measure()))

    def figures(self, overview: Overview) -> None:
        """The lines with figures."""
        origin = "from the archive, " if overview.is_archived else ""
        age = f"{origin}read {ago(self.now - overview.read_at)}"
        self._show(self.screen.figures(overview, age=age))

    def rest(self, overview: Overview) -> None:
        """The lines below them."""
        self._show(self.screen.words(overview, room=HEIGHT - self._shown))

    def _show(self, lines: Iterable[ScreenLine]) -> None:
        for line in lines:
            text = writable(line.text)
            tell(click.style(text, bold=True) if line.is_heading else text)
            self._shown += 1
        sys.stdout.flush()


__all__ = ["JsonOutput", "ScreenOutput"]
