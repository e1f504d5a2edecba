"""What stands in the cells of a workbook, and how it looks. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

import attrs

from .literals import digits, iso

LARGEST_WHOLE: Final = 2**53
"""Beyond it, numbers of a spreadsheet skip whole ones."""


@attrs.frozen
class Style:
    """How a cell looks."""

    number_format: str = "General"
    bold: bool = False
    wraps: bool = False


PLAIN: Final = Style()
HEAD: Final = Style(bold=True)
COUNT: Final = Style("#,##0")
MONEY: Final = Style("#,##0.00")
PERCENT: Final = Style("0.0%")
DAY: Final = Style("yyyy-mm-dd")
MOMENT: Final = Style("yyyy-mm-dd hh:mm:ss")


@attrs.frozen
class Formula:
    """A formula and its result, which is what programs show that do not reckon."""

    text: str
    result: Decimal | int


def is_number(value: Decimal | float) -> bool:
    """Whether a cell can have `value` as a number; fractions are rounded to 15 digits, whole ones never."""
    if isinstance(value, int):
        return abs(value) <= LARGEST_WHOLE
    return abs(float(value)) < float("inf")  # False for what is no number, too.


def as_text(value: object) -> str:
    """`value` as text, exact."""
    match value:
        case Decimal():
            return digits(value)
        case datetime():
            return iso(value)
        case _:
            return str(value)


def shown(value: object, style: Style) -> str:
    """About as wide as what a spreadsheet shows for `value`."""
    match value:
        case Formula():
            return shown(value.result, style)
        case bool() | str() | None:
            return str(value)
        case date():
            return style.number_format
        case _ if style.number_format == PLAIN.number_format:
            return f"{value:.10g}"
        case _:
            return f"{value:,.2f}"


def letters_of(place: int) -> str:
    """What a spreadsheet calls the column at `place`, counted from 0: A, Z, AA."""
    above, rest = divmod(place, 26)
    return (letters_of(above - 1) if above else "") + chr(ord("A") + rest)


def utc(moment: date) -> date:
    """`moment` in UTC; a day as it is."""
    return moment.astimezone(UTC) if isinstance(moment, datetime) and moment.tzinfo else moment


__all__ = [
    "COUNT",
    "DAY",
    "HEAD",
    "MOMENT",
    "MONEY",
    "PERCENT",
    "PLAIN",
    "Formula",
    "Style",
    "as_text",
    "is_number",
    "letters_of",
    "shown",
    "utc",
]
