"""Values as text: exact numbers in digits, times in ISO 8601, unknown members in JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from typing import Final

import msgspec

PLAIN_AT_MOST: Final = 78
"""Characters of a number without exponent: as many as a decimal of 256 bits can take, which has 76
digits, a sign and a point."""

_EXACT = Context(prec=MAX_PREC, Emin=MIN_EMIN, Emax=MAX_EMAX)
_JSON = msgspec.json.Encoder(decimal_format="number", order="sorted")


def digits(value: Decimal) -> str:
    """`value` as it came, without an exponent up to `PLAIN_AT_MOST` characters, then with one; zero is `0`.

    Amounts that have been recorded take at most 42 characters. But the API's own type has exponents from
    -6176 to 6111, and readers that take `1.5E-4000` do not take thousands of zeros.
    """
    if not value:
        return "0"
    text = str(value)
    if len(text) > PLAIN_AT_MOST:
        text = str(value.normalize(_EXACT))
    if "E" in text and abs(value.adjusted()) < PLAIN_AT_MOST:
        plain = format(value, "f")
        return plain if len(plain) <= PLAIN_AT_MOST else text
    return text


def as_json(members: object) -> str | None:
    """`members` as a JSON object, numbers exact and names sorted; None if there are none."""
    return _JSON.encode(members).decode() if members else None


def iso(moment: datetime) -> str:
    """`moment` in ISO 8601: `2026-11-20T00:00:00Z`."""
    return moment.isoformat().replace("+00:00", "Z")


def plain_time(moment: datetime) -> str:
    """`moment` as spreadsheets read it, in UTC: `2026-11-20 08:00:00`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def plain_day(moment: datetime) -> str:
    """The UTC day of `moment`: `2026-11-20`."""
    return moment.astimezone(UTC).date().isoformat()


__all__ = ["PLAIN_AT_MOST", "as_json", "digits", "iso", "plain_day", "plain_time"]
