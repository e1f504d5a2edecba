"""A name in a table of the terminal, cut in its middle where it does not fit: its ends tell names apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs
from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions
from rich.measure import Measurement
from rich.text import Text

_DOT = " · "
_INDENT = "  "


@attrs.frozen
class NameCell:
    """A name, as wide as there is room for; its details stand behind it, or below where they have no room."""

    text: str
    details: Sequence[str] = ()
    is_whole: bool = False
    """Whether the name goes on in the next line where it would be cut."""

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(1, max(1, cell_len(self._line))).with_maximum(options.max_width)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        width = options.max_width
        if not self.details or cell_len(self._line) <= width:
            yield _one_line(cut_in_middle(self._line, width))
            return
        yield Text(self.text, no_wrap=False) if self.is_whole else _one_line(cut_in_middle(self.text, width))
        room = width - len(_INDENT)
        below = _DOT.join(self.details)
        for line in [below] if cell_len(below) <= room else self.details:
            yield _one_line(f"{_INDENT}{cut_in_middle(line, room)}", "dim")

    @property
    def _line(self) -> str:
        return _DOT.join((self.text, *self.details))


def _one_line(text: str, style: str = "") -> Text:
    return Text(text, style, no_wrap=True, overflow="crop")


def cut_in_middle(name: str, width: int) -> str:
    """`name` in at most `width` columns of a terminal, an ellipsis for what its middle has beyond that."""
    if cell_len(name) <= width:
        return name
    tail = (width - 1) // 2
    start = set_cell_size(name, width - 1 - tail)
    end = set_cell_size(name[::-1], tail)[::-1]
    return f"{start.rstrip()}…{end.lstrip()}"
