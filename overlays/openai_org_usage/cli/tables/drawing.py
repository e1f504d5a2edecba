"""Tables for people, drawn as they are laid out."""

from __future__ import annotations

import sys
from typing import Final

from ...terminal.streams import SanitizedByteStream, StyledText
from ..console import Console
from .layout import TableLayout

GAP: Final = 2
"""Between two columns; one of it is rich's own."""
_WIDE: Final = 10_000
"""Characters in a line of a file or pipe: nothing is folded there."""


def draw_table(layout: TableLayout, *, width: int | None) -> StyledText:
    """The table as text, with colours if it goes to a terminal."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from ...terminal.rich_output import render

    table = Table(box=box.SIMPLE, pad_edge=False, padding=(0, GAP - 1, 0, 0), show_edge=False)
    table.show_footer = bool(layout.footers)
    for number, column in enumerate(layout.columns):
        footer = [column.footers.get(name, "" if number else name) for name in layout.footers]
        table.add_column(
            Text(column.name, justify="right" if column.is_number else "left"),
            Text("\n".join(map(column.placed, footer))),
            overflow="fold",
            # Only texts are folded. Before 14.3, rich adds a blank to the last column where it has a width.
            width=None if column.is_number or column is layout.columns[-1] else column.width,
            max_width=None if column.is_number else column.width,
        )
    for row in zip(*(map(column.placed, column.cells) for column in layout.columns), strict=True):
        table.add_row(*map(Text, row))
    return render(
        table,
        width=max(width or _WIDE, layout.width),  # Narrower, it would fold numbers.
        colors=None if width is None else "auto",
    )


def tell_what_is_spelled(console: Console) -> None:
    """Say that a terminal does not get all characters as they are, if one did not."""
    stream = sys.stdout.buffer
    if isinstance(stream, SanitizedByteStream) and stream.has_spelled:
        console.note(
            "control characters are shown here as \\x1b or \\u202e; a file or pipe gets them as they are"
        )


__all__ = ["GAP", "draw_table", "tell_what_is_spelled"]
