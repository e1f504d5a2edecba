"""Exact numbers: one grammar, for one number and for the thousands of a page."""

from __future__ import annotations

import types
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar

import attrs

AmountT = TypeVar("AmountT", Decimal, Decimal | None)
ZERO = Decimal(0)
"""What every zero becomes; the API writes it with 6,176 decimals: `0E-6176`."""

_INVALID = "Invalid decimal"
_CHARACTERS = frozenset("0123456789.eE+-")
_BYTES = "".join(sorted(_CHARACTERS)).encode()
_KINDS: frozenset[type] = frozenset({str, int, Decimal})
_LARGEST = 100
_ORDINARY = frozenset(range(-_LARGEST, _LARGEST + 1))
"""Powers of ten of the first digit that need no closer look: it would take longer than all the rest."""


def exact_decimal(_: object, attribute: attrs.Attribute[AmountT], value: AmountT) -> None:
    """Refuse what is no amount: NaN, infinities, sizes that no IEEE decimal128 has."""
    if value is not None and not _are_exact([value]):
        raise ValueError(f"`{attribute.name}` is not a finite decimal of the size of an IEEE decimal128")


def read_decimal(text: str) -> Decimal:
    """The number that `text` is: ASCII digits, a point, a sign, a power of ten, as IEEE decimals are written.

    `Decimal` itself reads more: `1_000`, blanks around, the digits of other scripts, `NaN`.

    Raises:
        ValueError: it is no number, or one that no Decimal holds.
    """
    if set(text) <= _CHARACTERS:
        try:
            return Decimal(text)
        except ArithmeticError:
            pass
    raise ValueError("Invalid decimal string")


def read_decimals(values: Sequence[Any]) -> list[Any]:
    """The numbers of one member in many objects, from what JSON has for them; None stays. Fast.

    Every zero is `Decimal(0)`. All texts are looked at as one: what is left without the characters of
    numbers is in no number.

    Raises:
        ValueError, ArithmeticError: one is no number, or not as exact as `exact_decimal` wants it.
    """
    kinds = set(map(type, values))
    if types.NoneType in kinds:
        numbers = iter(read_decimals([value for value in values if value is not None]))
        return [value if value is None else next(numbers) for value in values]
    texts = values if kinds == {str} else [value for value in values if isinstance(value, str)]
    if not kinds <= _KINDS or "".join(texts).encode().translate(None, _BYTES):
        raise ValueError(_INVALID)
    found = list(map(Decimal, values))
    if not all(found):
        found = [number or ZERO for number in found]
    if not _are_exact(found):
        raise ValueError(_INVALID)
    return found


def _are_exact(values: Sequence[Decimal]) -> bool:
    """Whether `exact_decimal` takes all `values`; fast."""
    if not all(map(Decimal.is_finite, values)):
        return False
    return _ORDINARY.issuperset(map(Decimal.adjusted, values)) or all(map(_is_decimal128, values))


def _is_decimal128(value: Decimal) -> bool:
    """Whether `value` is one of 34 digits and the exponents -6176 to 6111, or of ordinary size."""
    digits = value.as_tuple().digits
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    lowest = value.adjusted() - (len(digits) - zeros - 1)
    is_128 = len(digits) - zeros <= 34 and lowest >= -6176 and value.adjusted() <= 6144
    return is_128 or not value or value.adjusted() in _ORDINARY


__all__ = ["ZERO", "exact_decimal", "read_decimal", "read_decimals"]
