"""Tables for people, drawn as they are laid out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from ...tables.targets import Stream
from ...terminal.streams import SanitizedByteStream, StyledText
from ..console import Console
from .column_layout import ColumnLayout
from .layout import GAP, TableLayout

if TYPE_CHECKING:
    from rich.table import Table

_NAMED: Final = 4
"""How many columns are named that have no room; of completions it can be twenty."""
_WIDE: Final = 10_000
"""Characters in a line of a file or pipe: nothing is folded there."""


def write_table(
    layout: TableLayout, stream: Stream, console: Console, *, width: int | None, fewer: str, caption: str = ""
) -> None:
    """Write the table with its `caption`, and say what is left out; `fewer` says how to ask for less."""
    below = f"{caption}\n" if caption else ""
    stream.write(_drawn(layout, width=width).encode())
    stream.write(below.encode())
    stream.flush()
    if layout.times:
        console.note(f"all rows are of {' to '.join(layout.times)}")
    if layout.left_out:
        names, more = ", ".join(layout.left_out[:_NAMED]), len(layout.left_out) - _NAMED
        names += f" and {more} more" if more > 0 else ""
        console.note(f"no room for {names}: {fewer}, or widen the terminal")


def _drawn(layout: TableLayout, *, width: int | None) -> StyledText:
    """The table as text, with colours if it goes to a terminal."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from ...terminal.rich_output import render

    # One character of the gap is rich's own.
    table = Table(box=box.SIMPLE, pad_edge=False, padding=(0, GAP - 1, 0, 0), show_edge=False)
    table.show_footer = bool(layout.footers)
    for number, column in enumerate(layout.columns):
        footer = [column.footers.get(name, "" if number else name) for name in layout.footers]
        _add_column(table, column, footer, is_last=column is layout.columns[-1])
    for row in zip(*(map(column.placed, column.cells) for column in layout.columns), strict=True):
        table.add_row(*map(Text, row))
    return render(
        table,
        width=max(width or _WIDE, layout.width),  # Narrower, it would fold numbers.
        colors=None if width is None else "auto",
    )


def _add_column(table: Table, column: ColumnLayout, footer: list[str], *, is_last: bool) -> None:
    from rich.text import Text

    table.add_column(
        Text(column.name, justify="right" if column.is_number else "left"),
        Text("\n".join(map(column.placed, footer))),
        overflow="fold",
        # Only texts are folded. Before 14.3, rich adds a blank to the last column where it has a width.
        width=None if column.is_number or is_last else column.width,
        max_width=None if column.is_number else column.width,
    )


def tell_what_is_spelled(console: Console) -> None:
    """Say that a terminal does not get all characters as they are, if one did not."""
    stream = sys.stdout.buffer
    if isinstance(stream, SanitizedByteStream) and stream.has_spelled:
        console.note(
            "control characters are shown here as \\x1b or \\u202e; a file or pipe gets them as they are"
        )


__all__ = ["tell_what_is_spelled", "write_table"]
