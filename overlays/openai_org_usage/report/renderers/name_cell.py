"""A name in a table of the terminal, cut in its middle where it does not fit: its ends tell names apart."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions
from rich.measure import Measurement
from rich.text import Text


@attrs.frozen
class NameCell:
    """A name, as wide as there is room for."""

    text: str

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(1, max(1, cell_len(self.text))).with_maximum(options.max_width)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        yield Text(cut_in_middle(self.text, options.max_width), no_wrap=True, overflow="crop")


def cut_in_middle(name: str, width: int) -> str:
    """`name` in at most `width` columns of a terminal, an ellipsis for what its middle has beyond that."""
    if cell_len(name) <= width:
        return name
    tail = (width - 1) // 2
    start = set_cell_size(name, width - 1 - tail)
    end = set_cell_size(name[::-1], tail)[::-1]
    return f"{start.rstrip()}…{end.lstrip()}"
