"""Arrow arrays from the values of a column, built by the thousand in C and never rounded.

Strings get their codes here and not in Arrow, because then each batch continues the dictionary of
the one before it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from itertools import accumulate
from typing import NoReturn

import msgspec

from ..errors import InexactValueError
from .columns import Column
from .extras import ArrowArray, ArrowType, require
from .records import digits

_NUMERAL = b'0123456789.,-"'
_EXACT = Context(prec=MAX_PREC, Emin=MIN_EMIN, Emax=MAX_EMAX)


class UnfitError(Exception):
    """These values are not as they mostly are; the typed path knows what to do with them."""


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
        if None in self._codes:
            codes = pc.if_else(pc.equal(codes, self._codes[None]), None, codes)
        return self._array(codes)

    def repeat(self, value: str, count: int) -> ArrowArray:
        """A dictionary array of `value`, `count` times."""
        pa = require("pyarrow")
        return self._array(pa.repeat(pa.scalar(self._codes[value], pa.int32()), count))

    def _array(self, codes: ArrowArray) -> ArrowArray:
        pa = require("pyarrow")
        if self._strings is None or len(self._strings) < len(self._codes):
            self._strings = pa.array([value or "" for value in self._codes], pa.string())
        return pa.DictionaryArray.from_arrays(codes, self._strings)


class _Codes(dict[str | None, int]):
    def __missing__(self, value: str | None) -> int:
        code = self[value] = len(self)
        return code


def whole_numbers(values: Sequence[int | None], column: Column) -> ArrowArray:
    """An int64 array.

    Raises:
        InexactValueError: a value needs more than 64 bits.
    """
    pa = require("pyarrow")
    if _only_nulls(values):
        return pa.nulls(len(values), pa.int64())
    try:
        packed = struct.pack(f"{len(values)}q", *values)
    except struct.error:
        return _slowly(values, pa.int64(), column)
    return pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(packed)])


def times(seconds: Sequence[int], counts: Sequence[int], column: Column) -> ArrowArray:
    """Timestamps from Unix seconds and how many rows in turn have each.

    Raises:
        InexactValueError: a time is beyond what microseconds in 64 bits can tell.
    """
    pa, pc = require("pyarrow"), require("pyarrow.compute")
    runs = [(second * 1_000_000, count) for second, count in zip(seconds, counts, strict=True) if count]
    moments = whole_numbers([moment for moment, _ in runs], column)
    ends = pa.array(accumulate(count for _, count in runs), pa.int32())
    encoded = pa.RunEndEncodedArray.from_arrays(ends, moments)
    return pc.run_end_decode(encoded).view(pa.timestamp("us", tz="UTC"))


def raw_decimals(values: Sequence[msgspec.Raw], kind: ArrowType, *, required: bool) -> ArrowArray:
    """Decimals from their JSON: a number or a string, without exponent; null unless `required`.

    Raises:
        UnfitError: one is written in another way, is no number, or has more digits than `kind`.
    """
    pa, pc = require("pyarrow"), require("pyarrow.compute")
    if not values:
        return pa.array([], kind)
    text = b",".join(values)
    rest = text.translate(None, _NUMERAL)
    parts = pc.split_pattern(pa.array([text], pa.string()), ",").flatten()
    if len(parts) != len(values) or rest.replace(b"null", b"") or b'"n' in text or (rest and required):
        raise UnfitError
    if rest:
        parts = pc.if_else(pc.equal(parts, "null"), None, parts)
    return _cast(pc.ascii_trim(parts, '"'), kind)


def _cast(numerals: ArrowArray, kind: ArrowType) -> ArrowArray:
    """Strings as decimals. Arrow 26 casts one with too many digits to another number: they are counted."""
    pa, pc = require("pyarrow"), require("pyarrow.compute")
    length, point = pc.binary_length(numerals), pc.find_substring(numerals, ".")
    whole = pc.if_else(pc.less(point, 0), length, point)
    longest, finest = pc.max(whole).as_py() or 0, pc.max(pc.subtract(length, whole)).as_py() or 0
    if longest > kind.precision - kind.scale or finest > kind.scale + 1:
        raise UnfitError
    try:
        return numerals.cast(kind)
    except pa.ArrowInvalid:
        raise UnfitError from None


def decimals(values: Sequence[Decimal | None], kind: ArrowType, column: Column) -> ArrowArray:
    """Decimals, or their digits where `kind` is string.

    Raises:
        InexactValueError: a value does not fit exactly.
    """
    pa = require("pyarrow")
    if kind == pa.string():
        return pa.array([None if value is None else digits(value) for value in values], kind)
    shortest = [None if value is None else value.normalize(_EXACT) for value in values]
    for value in shortest:
        if value and not _has_room(value, kind):
            _refuse(value, kind, column)
    return pa.array(shortest, kind)


def _has_room(value: Decimal, kind: ArrowType) -> bool:
    """Whether `kind` holds `value`, which has no zeros at its end. Arrow 26 lets some others pass, too."""
    lowest = value.adjusted() - len(value.as_tuple().digits) + 1
    return bool(value.adjusted() < kind.precision - kind.scale and lowest >= -kind.scale)


def _only_nulls(values: Sequence[object]) -> bool:
    return bool(values) and values[0] is None and values.count(None) == len(values)


def _slowly(values: Sequence[object], kind: ArrowType, column: Column) -> ArrowArray:
    pa = require("pyarrow")
    try:
        return pa.array(values, kind)
    except (OverflowError, pa.ArrowInvalid):
        _refuse(next(value for value in values if not _fits(value, kind)), kind, column)


def _fits(value: object, kind: ArrowType) -> bool:
    pa = require("pyarrow")
    try:
        pa.array([value], kind)
    except (OverflowError, pa.ArrowInvalid):
        return False
    return True


def _refuse(value: object, kind: ArrowType, column: Column) -> NoReturn:
    text = digits(value) if isinstance(value, Decimal) else str(value)
    hint = '; pass decimals="decimal256" or decimals="string"' if isinstance(value, Decimal) else ""
    raise InexactValueError(
        f"{column.name}: {text} has more digits than {kind} holds exactly{hint}", column=column.name
    )


__all__ = ["Dictionary", "UnfitError", "decimals", "raw_decimals", "times", "whole_numbers"]
