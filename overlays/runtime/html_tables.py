"""What notebooks show of rows and queries: small tables in which no text is markup, and no key stands.

Nothing here does I/O: a notebook calls it whenever a value is the last line of a cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from html import escape

from .redaction import redacted

_LONGEST = 200
"""Characters of a cell."""


def html_table(
    rows: Iterable[Sequence[object]], *, head: Sequence[str] = (), caption: str = "", foot: str = ""
) -> str:
    """A table with `rows`; without a `head`, the first cell of each row is its name."""
    lines = [
        "".join(_cell(value, is_name=place == 0 and not head) for place, value in enumerate(row))
        for row in rows
    ]
    top = "".join(_cell(name, is_name=True) for name in head)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return (
        '<table style="font-variant-numeric: tabular-nums">'
        f'<caption style="text-align: left; caption-side: top">{_plain(caption)}</caption>'
        + (f"<thead><tr>{top}</tr></thead>" if top else "")
        + f"<tbody>{body}</tbody></table>"
        + (f"<p><small>{_plain(foot)}</small></p>" if foot else "")
    )


def cell_text(value: object) -> str:
    """`value` as people read it: moments to the minute, exact numbers in digits, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC" if value.tzinfo else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, Decimal):
        return f"{value:f}" if value and abs(value.adjusted()) < _LONGEST else str(value or 0)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


def _cell(value: object, *, is_name: bool) -> str:
    is_number = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    tag, side = "th" if is_name else "td", "right" if is_number else "left"
    return f'<{tag} style="text-align: {side}">{_plain(cell_text(value))}</{tag}>'


def _plain(text: str) -> str:
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return escape(redacted(short))


__all__ = ["cell_text", "html_table"]
