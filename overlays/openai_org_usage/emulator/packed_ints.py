"""Columns of numbers as one long integer each, with which CPython computes at the speed of C.

Every number has a lane of its own, wide enough for a product of two 64-bit numbers, so one addition
or multiplication of long integers does the work of hundreds. What crosses into a neighbouring lane,
as the low bits do in a shift to the right, has to be masked out.
"""

from collections.abc import Sequence
from functools import lru_cache
from struct import Struct
from typing import Final

WIDTH: Final = 128
"""Bits of a lane."""

Column = int
"""Numbers in lanes, the first one in the lowest bits."""


class Lanes:
    """As many lanes as a column has numbers."""

    def __init__(self, count: int) -> None:
        self.ones = ((1 << WIDTH * count) - 1) // ((1 << WIDTH) - 1)
        """1 in every lane; times a number, that number in every lane."""
        self._layout = Struct("<" + "Q8x" * count)
        self._all_but_last = (1 << WIDTH * (count - 1)) - 1

    def pack(self, numbers: Sequence[int]) -> Column:
        """Return the column of these numbers, each in [0, 2**64)."""
        return int.from_bytes(self._layout.pack(*numbers), "little")

    def unpack(self, column: Column) -> tuple[int, ...]:
        """Return the numbers of a column, each in [0, 2**64)."""
        return self._layout.unpack(column.to_bytes(self._layout.size, "little"))

    def divide(self, column: Column, divisor: int) -> Column:
        """Return the whole quotients by a divisor of up to 24 bits, of numbers below 2**60.

        A multiplication by the reciprocal, exact for these sizes, as compilers do it (Granlund and
        Montgomery, "Division by Invariant Integers using Multiplication", 1994).
        """
        places = 60 + divisor.bit_length()
        return column * ((1 << places) // divisor + 1) >> places & self.ones * ((1 << WIDTH - places) - 1)

    def ends(self, column: Column) -> Column:
        """Return all numbers of a column but the first: a lane less."""
        return column >> WIDTH

    def steps(self, column: Column) -> Column:
        """Return how far each number of a column that never falls is below the next: a lane less."""
        return (column >> WIDTH) - (column & self._all_but_last)


@lru_cache(maxsize=32)
def lanes_for(count: int) -> Lanes:
    """Return the lanes of a column of `count` numbers."""
    return Lanes(count)
