"""Arrow arrays from the values of a column, built by the thousand in C and never rounded.

Strings get their codes here and not in Arrow, because then each batch continues the dictionary of
the one before it.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate

import msgspec

from .literals import PLAIN_AT_MOST, digits
from .optional_imports import ArrowArray, ArrowType, require
from .refusals import UnfitError
from .schema import has_room, shortest

_NUMERAL = b'0123456789.,-"'
_POWER = b"eE+"
_WITH_POWER = re.compile(r"-?\d+(\.\d+)?[eE][-+]?\d{1,4}", re.ASCII)


class Dictionary:
    """The strings of a column so far, each with its code."""

    def __init__(self) -> None:
        self._codes = _Codes()
        self._strings: ArrowArray = None

    def encode(self, values: Sequence[str | None]) -> ArrowArray:
        """A dictionary array of `values`."""
        pa, pc = require("pyarrow"), require("pyarrow.compute")
        if _only_nulls(values):
            return self._array(pa.nulls(len(values), pa.int32()))
        packed = struct.pack(f"{len(values)}i", *map(self._codes.__getitem__, values))
        codes = pa.Array.from_buffers(pa.int32(), len(values), [None, pa.py_buffer(packed)])
        return self._array(pc.if_else(pc.equal(codes, _NULL), None, codes))

    def repeat(self, value: str, count: int) -> ArrowArray:
        """A dictionary array of `value`, `count` times."""
        pa = require("pyarrow")
        return self._array(pa.repeat(pa.scalar(self._codes[value], pa.int32()), count))

    def _array(self, codes: ArrowArray) -> ArrowArray:
        pa = require("pyarrow")
        if self._strings is None or len(self._strings) < len(self._codes) - 1:
            self._strings = pa.array([value for value in self._codes if value is not None], pa.string())
        return pa.DictionaryArray.from_arrays(codes, self._strings)


_NULL = -1
"""The code of null, which is no string of the dictionary: pandas takes no string twice."""


class _Codes(dict[str | None, int]):
    def __init__(self) -> None:
        super().__init__({None: _NULL})

    def __missing__(self, value: str | None) -> int:
        code = self[value] = len(self) - 1
        return code


def whole_numbers(values: Sequence[int | None]) -> ArrowArray:
    """An int64 array.

    Raises:
        UnfitError: a value needs more than 64 bits.
    """
    pa = require("pyarrow")
    if _only_nulls(values):
        return pa.nulls(len(values), pa.int64())
    try:
        packed = struct.pack(f"{len(values)}q", *values)
    except struct.error:
        return _slowly(values, pa.int64())
    return pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(packed)])


def times(seconds: Sequence[int], counts: Sequence[int]) -> ArrowArray:
    """Timestamps from Unix seconds and how many rows in turn have each.

    Raises:
        UnfitError: a time is beyond what microseconds in 64 bits can tell.
    """
    pa, pc = require("pyarrow"), require("pyarrow.compute")
    runs = [(second * 1_000_000, count) for second, count in zip(seconds, counts, strict=True) if count]
    moments = whole_numbers([moment for moment, _ in runs])
    ends = pa.array(accumulate(count for _, count in runs), pa.int32())
    encoded = pa.RunEndEncodedArray.from_arrays(ends, moments)
    return pc.run_end_decode(encoded).view(pa.timestamp("us", tz="UTC"))


def raw_decimals(values: Sequence[msgspec.Raw], kind: ArrowType, *, required: bool) -> ArrowArray:
    """Decimals from their JSON: a number or a string; null unless `required`.

    Raises:
        UnfitError: one is written in another way, is no number, or has more digits than `kind`.
    """
    pa, pc = require("pyarrow"), require("pyarrow.compute")
    if not values:
        return pa.array([], kind)
    text = b",".join(values)
    unread = text.translate(None, _NUMERAL)
    rest = unread.translate(None, _POWER)
    parts = pc.split_pattern(pa.array([text], pa.string()), ",").flatten()
    if len(parts) != len(values) or rest.replace(b"null", b"") or b'"n' in text or (rest and required):
        raise UnfitError
    if rest:
        parts = pc.if_else(pc.equal(parts, "null"), None, parts)
    numerals = pc.ascii_trim(parts, '"')
    return _cast(numerals if unread == rest else _without_powers(numerals), kind)


def _without_powers(numerals: ArrowArray) -> ArrowArray:
    """`numerals`, those with a power of ten written out; zeros, which mostly are `0E-6176`, as `0`."""
    pa, pc = require("pyarrow"), require("pyarrow.compute")
    has_power = pc.fill_null(pc.match_substring_regex(numerals, "[eE+]"), False)
    different = numerals.filter(has_power).dictionary_encode()
    plain = pa.array(map(_plain, different.dictionary.to_pylist()), pa.string())
    return pc.replace_with_mask(numerals, has_power, plain.take(different.indices))


def _plain(numeral: str) -> str:
    if not _WITH_POWER.fullmatch(numeral):
        raise UnfitError
    value = Decimal(numeral)
    if value and abs(value.adjusted()) >= PLAIN_AT_MOST:
        raise UnfitError
    return digits(value)


def _cast(numerals: ArrowArray, kind: ArrowType) -> ArrowArray:
    """Strings as decimals."""
    pa, pc = require("pyarrow"), require("pyarrow.compute")
    if not _have_room(numerals, kind):
        numerals = pc.replace_substring_regex(numerals, r"(\.[0-9]*?)0+$", r"\1")
        if not _have_room(numerals, kind):
            raise UnfitError
    try:
        return numerals.cast(kind)
    except pa.ArrowInvalid:
        raise UnfitError from None


def _have_room(numerals: ArrowArray, kind: ArrowType) -> bool:
    """Whether none has too many digits for `kind`: Arrow 26 casts such a one to another number."""
    pc = require("pyarrow.compute")
    length, point = pc.binary_length(numerals), pc.find_substring(numerals, ".")
    whole = pc.if_else(pc.less(point, 0), length, point)
    longest, finest = pc.max(whole).as_py() or 0, pc.max(pc.subtract(length, whole)).as_py() or 0
    return bool(longest <= kind.precision - kind.scale and finest <= kind.scale + 1)


def decimals(values: Sequence[Decimal | None], kind: ArrowType) -> ArrowArray:
    """Decimals, or their digits where `kind` is string.

    Raises:
        UnfitError: a value does not fit exactly. Arrow 26 itself lets some of them pass.
    """
    pa = require("pyarrow")
    if kind == pa.string():
        return pa.array([None if value is None else digits(value) for value in values], kind)
    for place, value in enumerate(values):
        if value and not has_room(value, kind.precision, kind.scale):
            raise UnfitError(place)
    return pa.array([None if value is None else shortest(value) for value in values], kind)


def nearest_floats(exact: ArrowArray) -> ArrowArray:
    """The binary floats nearest to decimals; Arrow 26 itself casts two of five to a float beside it."""
    pa = require("pyarrow")
    return exact.cast(pa.string()).cast(pa.float64())


def _only_nulls(values: Sequence[object]) -> bool:
    return bool(values) and values[0] is None and values.count(None) == len(values)


def _slowly(values: Sequence[object], kind: ArrowType) -> ArrowArray:
    pa = require("pyarrow")
    try:
        return pa.array(values, kind)
    except (OverflowError, pa.ArrowInvalid):
        unfit = next(place for place, value in enumerate(values) if not _fits(value, kind))
        raise UnfitError(unfit) from None


def _fits(value: object, kind: ArrowType) -> bool:
    pa = require("pyarrow")
    try:
        pa.array([value], kind)
    except (OverflowError, pa.ArrowInvalid):
        return False
    return True


__all__ = ["Dictionary", "decimals", "nearest_floats", "raw_decimals", "times", "whole_numbers"]
