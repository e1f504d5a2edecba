"""Values as the cells of a table show them: amounts to the cent, and points below each other. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import partial
from typing import Final

import attrs

from ...printable import clean
from ...tables.columns import Kind
from ...tables.records import as_json, digits

_MONEY_PLACES: Final = 2
_MOST: Final[Mapping[Kind, int]] = {Kind.MONEY: _MONEY_PLACES, Kind.DECIMAL: 3}
"""Digits after the point to which a kind is rounded; of columns with small numbers alone, more."""
_WIDE: Final = Context(prec=400, rounding=ROUND_HALF_EVEN)
_WHOLE: Final = 300
"""Digits before the point beyond which nothing is rounded."""


@attrs.frozen
class CellStyle:
    """How values are written, in all columns of a table."""

    whole_days: bool
    """Whether moments are dates, as all are midnights."""
    exact: bool
    """Whether numbers have all their digits; else they are rounded to be read."""

    @classmethod
    def of(cls, moments: Iterable[datetime | None], *, exact: bool) -> CellStyle:
        """The style of a table that has these `moments`."""
        return cls(all(each is None or each.time() == time.min for each in moments), exact)

    def texts(self, values: Sequence[object], kind: Kind) -> tuple[str, ...]:
        """The cells of a column of this `kind`."""
        numbers = [value for value in values if isinstance(value, Decimal)]
        least = _MONEY_PLACES if kind is Kind.MONEY else 0
        most = None if self.exact else _most_places(numbers, kind)
        places = max([least, *(_places(value, most) for value in numbers)])
        decimal = partial(_decimal, least=least, places=places, most=most)
        return tuple(decimal(each) if isinstance(each, Decimal) else self._text(each) for each in values)

    def _text(self, value: object) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, datetime):
            return value.strftime("%Y-%m-%d" if self.whole_days else "%Y-%m-%d %H:%M")
        if isinstance(value, int | float):
            return f"{value:,}" if isinstance(value, int) else repr(value)
        return clean(value if isinstance(value, str) else as_json(value) or "")


def _most_places(numbers: Sequence[Decimal], kind: Kind) -> int | None:
    """To how many places `numbers` are rounded: such that the largest keeps two significant digits."""
    largest = max((number.copy_abs() for number in numbers), default=Decimal(0))
    most = _MOST.get(kind)
    return most if most is None or not largest else max(most, 1 - largest.adjusted())


def _decimal(value: Decimal, *, least: int, places: int, most: int | None) -> str:
    """At `least` so many digits after the point, and blanks where others have up to `places`."""
    plain = digits(value)
    if most is not None and value.adjusted() <= _WHOLE:
        unit = Decimal(1).scaleb(-most)
        if value and value.copy_abs() < unit:
            return f"<{unit:f}" if value > 0 else f">-{unit:f}"
        value = value.quantize(unit, context=_WIDE)
    elif "E" in plain:
        return plain
    own = max(least, _places(value, most))
    return f"{value:,.{own}f}".ljust(len(f"{value:,.{places}f}"))


def _places(value: Decimal, most: int | None) -> int:
    """How many digits after the point come before the last zeros, up to `most`; none with an exponent."""
    plain = digits(value)
    places = 0 if "E" in plain else len(plain.partition(".")[2].rstrip("0"))
    return places if most is None else min(most, places)


__all__ = ["CellStyle"]
