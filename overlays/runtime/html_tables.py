"""What notebooks show of rows and queries: small tables in which no text is markup, and no key stands.

Nothing here does I/O: a notebook calls it whenever a value is the last line of a cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from html import escape

from .redaction import redacted

_LONGEST = 200
"""Characters of a cell."""
_UNBROKEN = 40
"""Characters that stand on one line; a table that is wider than its window is scrolled."""
_CAPTION = "text-align: left; caption-side: top; white-space: nowrap"
_MIDNIGHT = time(tzinfo=UTC)


def html_table(
    rows: Iterable[Sequence[object]], *, head: Sequence[str] = (), caption: str = "", foot: str = ""
) -> str:
    """A table with `rows`; without a `head`, the first cell of each row is its name."""
    lines = [_line(row, is_named=not head) for row in rows]
    top = "".join(_cell("th", name) for name in head)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return (
        '<div style="overflow-x: auto"><table style="font-variant-numeric: tabular-nums">'
        f'<caption style="{_CAPTION}">{_plain(caption)}</caption>'
        + (f"<thead><tr>{top}</tr></thead>" if top else "")
        + f"<tbody>{body}</tbody></table></div>"
        + (f"<p><small>{_plain(foot)}</small></p>" if foot else "")
    )


def cell_text(value: object) -> str:
    """`value` as people read it: days and minutes in UTC, exact numbers in plain digits, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.timetz() == _MIDNIGHT else f"{value:%Y-%m-%d %H:%M} UTC"
    if isinstance(value, Decimal):
        return _digits(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


def _digits(value: Decimal) -> str:
    """All digits of `value`, without zeros at the end; with an exponent where they would be too many."""
    if not value:
        return "0"
    text = f"{value:f}" if abs(value.adjusted()) < _LONGEST else str(value)
    return text.rstrip("0").rstrip(".") if "." in text and "E" not in text else text


def _line(row: Sequence[object], *, is_named: bool) -> str:
    if not is_named:
        return "".join(_cell("td", value, is_number=_is_number(value)) for value in row)
    name, *values = row
    return _cell("th", name) + "".join(_cell("td", value) for value in values)


def _cell(tag: str, value: object, *, is_number: bool = False) -> str:
    text = cell_text(value)
    wraps = "white-space: nowrap" if is_number or len(text) <= _UNBROKEN else f"min-width: {_UNBROKEN // 2}em"
    style = f"{wraps}; text-align: {'right' if is_number else 'left'}"
    return f'<{tag} style="{style}">{_plain(text)}</{tag}>'


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def _plain(text: str) -> str:
    safe = redacted(text)  # Before it is cut: nobody recognises half of a key.
    return escape(safe if len(safe) <= _LONGEST else f"{safe[:_LONGEST]}…")


__all__ = ["cell_text", "html_table"]
