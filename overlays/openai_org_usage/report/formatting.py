"""How figures are put into words: the same in every form of the report. Rounded for reading only. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal

from ..printable import clean
from ..times import month_after
from .periods import Period

DIMENSIONS: Mapping[str, str] = {
    "line_item": "line item",
    "model": "model",
    "project_id": "project",
    "user_id": "user",
    "api_key_id": "API key",
}
"""What the dimensions are called."""

_SYMBOLS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}
_UNITS = {
    "duration_seconds": "seconds",
    "duration_minutes": "minutes",
    "duration_hours": "hours",
    "gibibyte_hours": "GiB hours",
}
_THOUSANDS = {"1000_tokens": "tokens"}
_CONTEXT = Context(prec=400, rounding=ROUND_HALF_EVEN)
_TWO_DIGITS = Context(prec=2, rounding=ROUND_HALF_EVEN)
_THREE_DIGITS = Context(prec=3, rounding=ROUND_HALF_EVEN)
_FOUR_DIGITS = Context(prec=4, rounding=ROUND_HALF_EVEN)
_DIME = Decimal("0.1")
_TINY, _HUGE = Decimal("1e-6"), Decimal("1e15")
_MAGNITUDES = ((10**12, 10**12, "T"), (10**9, 10**9, "B"), (10**6, 10**6, "M"), (10**4, 10**3, "k"))
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"


def money(amount: Decimal, currency: str) -> str:
    """Such as `$1,234.57` or `CHF 1,234.57`; below a tenth with two significant digits.

    What is above a quadrillion or below a millionth is written like `$4.20e-7`, so that it fits a column.
    """
    return f"{MINUS if amount < 0 else ''}{symbol(currency)}{figure(amount.copy_abs())}"


def figure(amount: Decimal) -> str:
    """`money` without a currency."""
    sign = MINUS if amount < 0 else ""
    size = amount.copy_abs()
    if _is_extreme(size):
        return f"{sign}{_with_exponent(size)}"
    places = 2 if size >= _DIME or not size else 1 - _TWO_DIGITS.plus(size).adjusted()
    return f"{sign}{size.quantize(Decimal(1).scaleb(-places), context=_CONTEXT):,f}"


def _with_exponent(size: Decimal) -> str:
    return f"{size:.2e}".replace("e+", "e")


def _is_extreme(size: Decimal) -> bool:
    return bool(size) and not _TINY <= size < _HUGE


def magnitude(size: Decimal) -> tuple[Decimal, str]:
    """The unit for numbers up to `size`, and its sign: `k` from ten thousand on, then `M`, `B`, `T`."""
    if _is_extreme(size):
        return Decimal(1).scaleb(size.adjusted()), f"e{size.adjusted()}"
    units = ((Decimal(unit), sign) for least, unit, sign in _MAGNITUDES if size >= least)
    return next(units, (Decimal(1), ""))


def signed_money(amount: Decimal, currency: str) -> str:
    """`money` with a sign for increases, too."""
    return f"+{money(amount, currency)}" if amount > 0 else money(amount, currency)


def percent(ratio: Decimal | None, *, signed: bool = False) -> str:
    """Such as `12.3%`, for a ratio of 0.123; a dash where there is none."""
    if ratio is None:
        return DASH
    size = ratio.copy_abs().scaleb(2, context=_CONTEXT)
    digits = _with_exponent(size) if size >= 10**9 else f"{size:,.{1 if size < 1000 else 0}f}"
    if not digits.strip("0."):
        return f"{digits}%"
    sign = MINUS if ratio < 0 else "+" if signed else ""
    return f"{sign}{digits}%"


def count(number: int | Decimal) -> str:
    """Such as `1.23M`, `45.6k`, `789` or `0.0123`: three digits are enough to compare by."""
    value = Decimal(number)
    size = value.copy_abs()
    if size < 10**4 and (size >= 100 or value == value.to_integral_value()):
        return f"{value:,.0f}"
    rounded = _THREE_DIGITS.plus(value)
    unit, sign = magnitude(rounded.copy_abs())
    scaled = rounded / unit
    digits = f"{scaled:.{max(0, 2 - scaled.adjusted())}f}"
    return f"{digits}{sign}" if sign else plain(Decimal(digits))


def plain(value: Decimal) -> str:
    """All digits, without exponent and trailing zeros."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def price(value: Decimal, currency: str) -> str:
    """A unit price: to the cent at least; with up to four decimals from one on, four digits below."""
    size = value.copy_abs()
    if size >= _HUGE:
        return money(value, currency)
    size = size.quantize(Decimal("0.0001"), context=_CONTEXT) if size >= 1 else _FOUR_DIGITS.plus(size)
    whole, _, fraction = plain(size).partition(".")
    sign = MINUS if value < 0 else ""
    return f"{sign}{symbol(currency)}{int(whole):,}.{fraction.ljust(2, '0')}"


def days(period: Period) -> str:
    """Such as `November 2026` or `2026`, or the first and last day where it is no whole month or year."""
    start, last = period.start, period.last
    if _is_year(period):
        return f"{start:%Y}"
    if start.day == 1 and period.end == month_after(start):
        return f"{start:%B %Y}"
    if start == last:
        return f"{start.day} {start:%B %Y}"
    if (start.year, start.month) == (last.year, last.month):
        return f"{start.day}{DASH}{last.day} {last:%B %Y}"
    if start.year == last.year:
        return f"{start.day} {start:%B} {DASH} {last.day} {last:%B %Y}"
    return f"{start.day} {start:%B %Y} {DASH} {last.day} {last:%B %Y}"


def within(period: Period) -> str:
    """`days` with what stands before it: `in November 2026`, `on 26 November 2026`, or `from … to …`."""
    start, last = period.start, period.last
    if _is_year(period) or (start.day == 1 and period.end == month_after(start)):
        return f"in {days(period)}"
    if start == last:
        return f"on {days(period)}"
    month = "" if (start.year, start.month) == (last.year, last.month) else f" {start:%B}"
    year = "" if start.year == last.year else f" {start.year}"
    return f"from {start.day}{month}{year} to {last.day} {last:%B %Y}"


def _is_year(period: Period) -> bool:
    start, last = period.start, period.last
    return start.year == last.year and (start.month, start.day, last.month, last.day) == (1, 1, 12, 31)


def of_days(number: int, which: str = "") -> str:
    """Such as `1 day` or `6 complete days`."""
    return f"{number} {f'{which} ' if which else ''}day{'s' if number != 1 else ''}"


def day(when: date) -> str:
    """Such as `Thu 19 Nov`."""
    return f"{when:%a} {when.day} {when:%b}"


def line_item(name: str | None) -> str:
    """What a line item is called; None for what the API gave none of."""
    return f"no {DIMENSIONS['line_item']} given" if name is None else clean(name)


def span(period: Period) -> str:
    """`day` for a single one, else `days`: what a column of a chart or a row of its table is of."""
    return day(period.start) if period.days == 1 else days(period)


def others(number: int, dimension: str) -> str:
    """Such as `12 other models`."""
    noun = DIMENSIONS.get(dimension, dimension)
    return f"{number} other {noun}{'s' if number != 1 else ''}"


def singly(number: Decimal, unit: str) -> tuple[Decimal, str]:
    """A quantity and its unit as people read it: what the API counts in thousands is counted one by one."""
    if unit in _THOUSANDS:
        return _CONTEXT.multiply(number, 1000), _THOUSANDS[unit]
    return number, _UNITS.get(unit) or clean(unit).replace("_", " ")


def quantity(number: Decimal, unit: str) -> str:
    """Such as `15.5M tokens` or `34.2k GiB hours`, of a unit of the API."""
    single, name = singly(number, unit)
    return f"{count(single)} {name}"


def part(kind: str, modality: str | None) -> str:
    """What a part of the tokens is called, such as `cached input, audio`."""
    return f"{kind}, {modality}" if modality else kind


def short_money(value: Decimal, currency: str) -> str:
    """An amount for a label in a chart: without cents from a hundred on."""
    if 100 <= value.copy_abs() < _HUGE:
        return f"{MINUS if value < 0 else ''}{symbol(currency)}{value.copy_abs():,.0f}"
    return money(value, currency)


def symbol(currency: str) -> str:
    """What stands before an amount, such as `$` or `CHF `."""
    return _SYMBOLS.get(currency) or f"{clean(currency).upper()} "
