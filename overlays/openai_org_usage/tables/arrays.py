"""Arrow arrays from the values of columns, built by the thousand in C and never rounded.

The values come some hundred rows at a time, while the processor still has them at hand: that halves the
time of a large page. Strings get their codes here and not in Arrow, because then each batch continues
the dictionary of the one before it.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import accumulate, groupby
from types import ModuleType
from typing import Any, Protocol, TypeAlias

from .columns import FLOAT_SUFFIX, Column, Kind
from .literals import PLAIN_AT_MOST, digits
from .name_arrays import NameArrays
from .optional_imports import ArrowArray, ArrowSchema, ArrowType, import_whole, require
from .refusals import UnfitColumnError

Values: TypeAlias = Sequence[Any]
"""Of one column, all alike."""
_WITH_POWER = re.compile(r"-?\d+(\.\d+)?[eE][-+]?\d{1,4}", re.ASCII)

_IDLE_ZEROS = {r"(\.[0-9]*?)0+$": r"\1", r"^([-+]?)0+([0-9])": r"\1\2"}
"""Zeros that take room in a number and say nothing, and what is left of it without them."""


class RowColumns(Protocol):
    """The rows of some buckets that have any; all values of a column are alike."""

    @property
    def counts(self) -> Sequence[int]:
        """How many rows each bucket has."""
        ...

    def of_buckets(self, columns: Sequence[Column]) -> Sequence[Values]:
        """What the buckets have in each of `columns`, which are the same in all their rows."""
        ...

    def parts(self, columns: Sequence[Column]) -> Iterator[Sequence[Values]]:
        """What the rows have in each of `columns`, some rows after the other."""
        ...


class ArrayMaker:
    """Makes the arrays of a table; exact numbers come as text."""

    def __init__(self, columns: Sequence[Column], schema: ArrowSchema) -> None:
        self._pa = require("pyarrow")
        require("pyarrow.compute")  # Which is `pa.compute` from now on.
        import_whole("pandas, if it is installed", lambda: self._pa.array([0]))  # As the first array does.
        self._names = [column.name for column in columns]
        self._named = {
            column: NameArrays(column.names, self._pa) for column in columns if column.names is not None
        }
        read = [column for column in columns if column.kind is not Kind.FLOAT and column.path]
        self._makers = {
            column.name: _MAKERS.get(column.kind, _Plain)(column, schema.field(column.name).type, self._pa)
            for column in read
        }
        self._own = [column for column in read if not column.on_bucket]
        self._shared = [column for column in read if column.on_bucket]

    def arrays(self, rows: RowColumns) -> list[ArrowArray]:
        """The arrays of all columns, those of floats made of the exact ones.

        Raises:
            UnfitColumnError: a value does not fit exactly.
        """
        parts: dict[str, list[ArrowArray]] = {name: [] for name in self._makers}
        for values in rows.parts(self._own):
            self._add(self._own, values, parts)
        self._add(self._shared, rows.of_buckets(self._shared), parts)
        places = self._places(rows.counts)
        made: dict[str, ArrowArray] = {}
        for column in (*self._own, *self._shared):
            array = self._makers[column.name].whole(parts[column.name])
            made[column.name] = array.take(places) if column.on_bucket else array
        for column, names in self._named.items():
            made[column.name] = names.array(made[column.beside], made.get(column.name))
        return [made[name] if name in made else self._floats(made[_exact(name)]) for name in self._names]

    def _add(
        self,
        columns: Sequence[Column],
        values: Sequence[Values],
        parts: Mapping[str, list[ArrowArray]],
    ) -> None:
        for column, own in zip(columns, values, strict=True):
            parts[column.name].append(self._makers[column.name].part(own))

    def _places(self, counts: Sequence[int]) -> ArrowArray:
        """The number of its bucket for each row."""
        pa = self._pa
        ends = pa.array(accumulate(counts), pa.int32())
        numbers = pa.array(range(len(counts)), pa.int32())
        return pa.compute.run_end_decode(pa.RunEndEncodedArray.from_arrays(ends, numbers))

    def _floats(self, exact: ArrowArray) -> ArrowArray:
        """The binary floats nearest to decimals; Arrow 26 itself casts two of five to a float beside it."""
        return exact.cast(self._pa.string()).cast(self._pa.float64())


def _exact(name: str) -> str:
    return name.removesuffix(FLOAT_SUFFIX)


class _Plain:
    """Makes the array of one column, of what Arrow makes of its values."""

    def __init__(self, column: Column, kind: ArrowType, pa: ModuleType) -> None:
        self._column, self._kind, self._pa = column, kind, pa

    def part(self, values: Values) -> ArrowArray:
        """An array of the values of some rows."""
        return self._pa.array(values, self._kind)

    def whole(self, parts: Sequence[ArrowArray]) -> ArrowArray:
        """The array of the column, of which these are the parts."""
        return self._joined(parts, self._kind)

    def _joined(self, parts: Sequence[Any], kind: ArrowType) -> ArrowArray:
        """The array of `parts`: arrays, and values that are packed, which Arrow takes over as they are."""
        pa = self._pa
        arrays: list[ArrowArray] = []
        for is_packed, some in groupby(parts, key=lambda part: isinstance(part, bytes)):
            if is_packed:
                data = b"".join(some)
                count = len(data) * 8 // kind.bit_width
                arrays.append(pa.Array.from_buffers(kind, count, [None, pa.py_buffer(data)]))
            else:
                arrays += some
        return pa.concat_arrays(arrays) if arrays else pa.array([], kind)


class _Counts(_Plain):
    def part(self, values: Sequence[int | None]) -> ArrowArray | bytes:
        pa = self._pa
        try:
            return _packed("q", _shortest(values), count=len(values))
        except struct.error:  # One is null or too large.
            pass
        try:
            return pa.array(values, self._kind)
        except (OverflowError, pa.ArrowInvalid):
            raise UnfitColumnError(self._column) from None


class _Texts(_Plain):
    """A dictionary array, whose dictionary has all strings so far, each with its code."""

    def __init__(self, column: Column, kind: ArrowType, pa: ModuleType) -> None:
        super().__init__(column, kind, pa)
        self._codes = _Codes()
        self._strings: ArrowArray = pa.array([], pa.string())

    def whole(self, parts: Sequence[bytes]) -> ArrowArray:
        pa = self._pa
        codes = self._joined(parts, pa.int32())
        if len(self._strings) < len(self._codes) - 1:
            self._strings = pa.array([value for value in self._codes if value is not None], pa.string())
        codes = pa.compute.if_else(pa.compute.equal(codes, _NULL), None, codes)
        return pa.DictionaryArray.from_arrays(codes, self._strings)

    def part(self, values: Sequence[str | None]) -> bytes:
        codes = list(map(self._codes.__getitem__, _shortest(values)))
        return _packed("i", codes, count=len(values))


_NULL = -1
"""The code of null, which is no string of the dictionary: pandas takes no string twice."""


class _Codes(dict[str | None, int]):
    def __init__(self) -> None:
        super().__init__({None: _NULL})

    def __missing__(self, value: str | None) -> int:
        code = self[value] = len(self) - 1
        return code


class _Numbers(_Plain):
    """Decimals from text, or the text itself where that is the kind.

    Arrow 26 casts a number with too many digits to another number: none gets that far.
    """

    def whole(self, parts: Sequence[ArrowArray]) -> ArrowArray:
        pa, pc = self._pa, self._pa.compute
        numerals = self._joined(parts, pa.string())
        if self._kind == pa.string():
            return numerals
        has_power = pc.fill_null(pc.match_substring_regex(numerals, "[eE+]"), False)
        if pc.any(has_power).as_py():
            numerals = self._without_powers(numerals, has_power)
        if not self._have_room(numerals):
            for zeros, kept in _IDLE_ZEROS.items():
                numerals = pc.replace_substring_regex(numerals, zeros, kept)
            if not self._have_room(pc.ascii_ltrim(numerals, "+-")):
                raise UnfitColumnError(self._column)
        try:
            return numerals.cast(self._kind)
        except pa.ArrowInvalid:
            raise UnfitColumnError(self._column) from None

    def part(self, values: Sequence[str | None]) -> ArrowArray:
        return self._pa.array(values, self._pa.string())

    def _without_powers(self, numerals: ArrowArray, has_power: ArrowArray) -> ArrowArray:
        """`numerals`, those with a power of ten written out; zeros, which mostly are `0E-6176`, as `0`."""
        pa, pc = self._pa, self._pa.compute
        different = numerals.filter(has_power).dictionary_encode()
        plain = pa.array(map(self._plain, different.dictionary.to_pylist()), pa.string())
        return pc.replace_with_mask(numerals, has_power, plain.take(different.indices))

    def _plain(self, numeral: str) -> str:
        value = Decimal(numeral) if _WITH_POWER.fullmatch(numeral) else None
        if value is None or (value and abs(value.adjusted()) >= PLAIN_AT_MOST):
            raise UnfitColumnError(self._column)
        return digits(value)

    def _have_room(self, numerals: ArrowArray) -> bool:
        """Whether none has too many digits."""
        pc, kind = self._pa.compute, self._kind
        length, point = pc.binary_length(numerals), pc.find_substring(numerals, ".")
        whole = pc.if_else(pc.less(point, 0), length, point)
        longest, finest = pc.max(whole).as_py() or 0, pc.max(pc.subtract(length, whole)).as_py() or 0
        return bool(longest <= kind.precision - kind.scale and finest <= kind.scale + 1)


def _shortest(values: Values) -> Values:
    """`values`, or the first alone if all others are equal to it, as they are in half of the columns."""
    are_alike = values and values[0] == values[-1] and values.count(values[0]) == len(values)
    return values[:1] if are_alike else values


def _packed(code: str, values: Sequence[int | None], *, count: int) -> bytes:
    """`count` values in the machine's own form, the only one of `values` that often."""
    packed = struct.pack(f"{len(values)}{code}", *values)
    return packed if len(values) == count else packed * count


_MAKERS: dict[Kind, type[_Plain]] = {
    Kind.TAG: _Texts,
    Kind.TEXT: _Texts,
    Kind.COUNT: _Counts,
    Kind.MONEY: _Numbers,
    Kind.DECIMAL: _Numbers,
}

__all__ = ["ArrayMaker", "RowColumns", "Values"]
