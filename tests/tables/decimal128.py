"""Random values of the type that the API counts in: IEEE decimal128, with 34 digits and a power of ten."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random

import attrs

LEAST, MOST = -6176, 6111
"""The powers of ten of the last digit."""
DIGITS = 34


@attrs.frozen
class Spelled:
    """A number, and the JSON that it comes in."""

    value: Decimal
    json: str

    @property
    def is_ordinary(self) -> bool:
        """Whether it has at most 8 digits before the point and 30 after it, as amounts mostly have."""
        return self.fits(38, 30)

    def fits(self, precision: int, scale: int) -> bool:
        """Whether a decimal with `scale` of `precision` digits after the point holds it; by other means."""
        units = Fraction(self.value) * 10**scale
        return bool(units.denominator == 1 and abs(units) < 10**precision)


def spelled(count: int, random: Random) -> list[Spelled]:
    """`count` numbers, each kind in turn, in the spellings that occur."""
    kinds = (_ordinary, _zero, _any, _subnormal, _ordinary, _fine, _extreme)
    return [_spelled(kinds[number % len(kinds)](random), random) for number in range(count)]


def _number(random: Random, digits: int, power: int) -> Decimal:
    coefficient = random.randrange(1, 10**digits)
    return Decimal((random.randrange(2), tuple(map(int, str(coefficient))), power))


def _ordinary(random: Random) -> Decimal:
    decimals = random.randrange(31)
    return _number(random, random.randrange(1, min(DIGITS, 8 + decimals) + 1), -decimals)


def _fine(random: Random) -> Decimal:
    """With up to 39 decimals, as has been recorded, or some more."""
    return _number(random, random.randrange(1, DIGITS + 1), -random.randrange(30, 55))


def _any(random: Random) -> Decimal:
    return _number(random, random.randrange(1, DIGITS + 1), random.randrange(LEAST, MOST + 1))


def _zero(random: Random) -> Decimal:
    return Decimal((random.randrange(2), (0,), random.choice([LEAST, 0, -2, random.randrange(LEAST, MOST)])))


def _subnormal(random: Random) -> Decimal:
    return _number(random, random.randrange(1, DIGITS), LEAST)


def _extreme(random: Random) -> Decimal:
    """The largest, the smallest, and the limits of what Arrow and plain digits hold."""
    texts = ["9." + "9" * 33 + "E+6144", "1E-6176", "1E+6111", "1E-6143", "99999999", "100000000", "1E-30"]
    texts += ["1E-31", "1E-50", "1E-51", "99999999999999999999999999", "1E+26", "1E-76", "1E-77", "1E+76"]
    return Decimal(random.choice(texts)).copy_sign(Decimal(random.choice([1, -1])))


def _spelled(value: Decimal, random: Random) -> Spelled:
    text = str(value)
    if -40 < value.adjusted() < 40 and random.random() < 0.5:
        text = format(value, "f")
    text = random.choice([text, text.lower()])
    return Spelled(value, random.choice([text, f'"{text}"', f'"{text}"']))
