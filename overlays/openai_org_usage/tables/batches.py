"""Record batches from consecutive buckets of a page, be they bare structs or models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import chain, repeat
from typing import Any, Protocol, TypeGuard

import attrs
import msgspec
from msgspec.structs import astuple

from .._generated import Operation
from ..errors import InexactValueError
from ..pagination.rules import Bucket, Span
from .arrays import Dictionary, decimals, nearest_floats, raw_decimals, times, whole_numbers
from .columns import EXACT, FLOAT_SUFFIX, Column, Kind
from .literals import as_json
from .optional_imports import ArrowArray, ArrowBatch, require
from .records import Record, RecordMaker
from .refusals import UnfitError, refusal
from .schema import Decimals, schema_of
from .struct_decoder import FOREIGN, NULL, places_in

_LOSSLESS = msgspec.json.Decoder(float_hook=Decimal)


class BareBucket(Span, Protocol):
    """A bucket that `bodies` has read as a struct."""

    @property
    def results(self) -> list[msgspec.Struct]: ...


@attrs.frozen
class Part:
    """Consecutive buckets of one page.

    Attributes:
        buckets: bare structs or models.
        typed: gives the models, decoding the page anew if need be.
    """

    buckets: Sequence[Span]
    typed: Callable[[], Sequence[Bucket]]

    @classmethod
    def of(cls, models: Sequence[Bucket]) -> Part:
        """Buckets that are models already."""
        return cls(models, lambda: models)

    def __getitem__(self, place: slice) -> Part:
        return Part(self.buckets[place], lambda: self.typed()[place])


class BatchMaker:
    """Makes the batches of one table; each continues the dictionaries of the one before."""

    def __init__(self, operation: Operation, columns: Sequence[Column], decimals: Decimals) -> None:
        self.schema = schema_of(columns, decimals=decimals)
        self._columns = columns
        self._tag = operation.result_object
        self._as_text = decimals == "string"
        self._records = RecordMaker(columns)
        self._dictionaries = {column.name: Dictionary() for column in columns}

    def batch(self, part: Part) -> ArrowBatch:
        """The rows of `part`, in order; results of unknown types come last in their bucket.

        Raises:
            InexactValueError: a value does not fit its column exactly.
        """
        pa = require("pyarrow")
        arrays = None
        if not self._as_text and are_bare(part.buckets):
            try:
                arrays = self._from_structs(part.buckets)
            except (UnfitError, *FOREIGN):
                pass
        if arrays is None:
            arrays = self._from_models(part.typed())
        batch: ArrowBatch = pa.record_batch(arrays, schema=self.schema)
        return batch

    def _from_structs(self, buckets: Sequence[BareBucket]) -> list[ArrowArray]:
        results = _Results(buckets)
        return self._all(lambda column: self._from_struct_values(column, results))

    def _from_struct_values(self, column: Column, results: _Results) -> ArrowArray:
        if column.kind is Kind.TIME:
            return times(_times(results.buckets, column), results.counts)
        if column.kind is Kind.TAG:
            return self._dictionaries[column.name].repeat(self._tag, len(results))
        if column.kind is Kind.OTHER:
            return require("pyarrow").array(results.others(), self.schema.field(column.name).type)
        if column.kind in EXACT:
            kind = self.schema.field(column.name).type
            return raw_decimals(results.values(column, absent=NULL), kind, required=column.required)
        return self._array(column, results.values(column, absent=None))

    def _from_models(self, buckets: Sequence[Bucket]) -> list[ArrowArray]:
        rows = [list(self._records.records(bucket)) for bucket in buckets]
        records = list(chain.from_iterable(rows))
        counts = list(map(len, rows))

        def array(column: Column) -> ArrowArray:
            if column.kind is Kind.TIME:
                return times(_times(buckets, column), counts)
            try:
                return self._array(column, [record[column.name] for record in records])
            except UnfitError as unfit:
                raise self._refusal(column, unfit.place, records, buckets) from None

        return self._all(array)

    def _all(self, array: Callable[[Column], ArrowArray]) -> list[ArrowArray]:
        """The arrays of all columns; those of floats are made of the exact ones."""
        made = {column.name: array(column) for column in self._columns if column.kind is not Kind.FLOAT}
        return [
            nearest_floats(made[column.name.removesuffix(FLOAT_SUFFIX)])
            if column.kind is Kind.FLOAT
            else made[column.name]
            for column in self._columns
        ]

    def _refusal(
        self, column: Column, place: int, records: Sequence[Record], buckets: Sequence[Bucket]
    ) -> InexactValueError:
        results = [(bucket, one) for bucket in buckets for one in (*bucket.results, *bucket.unknown_results)]
        bucket, result = results[place]
        kind = self.schema.field(column.name).type
        return refusal(column, records[place][column.name], of=bucket, result=result, kind=kind)

    def _array(self, column: Column, values: Sequence[Any]) -> ArrowArray:
        pa = require("pyarrow")
        kind = self.schema.field(column.name).type
        if column.kind is Kind.COUNT:
            return whole_numbers(values)
        if column.kind in (Kind.TEXT, Kind.TAG):
            return self._dictionaries[column.name].encode(values)
        if column.kind in EXACT:
            return decimals(values, kind)
        if column.kind is Kind.OTHER:
            values = [as_json(value) for value in values]
        return pa.array(values, kind)


class _Results:
    """The results of bare buckets, column by column."""

    def __init__(self, buckets: Sequence[BareBucket]) -> None:
        self.buckets = buckets
        self.counts = [len(bucket.results) for bucket in buckets]
        results = list(chain.from_iterable(bucket.results for bucket in buckets))
        self._known, self._unknown = places_in(type(results[0])) if results else ({}, {})
        self._width = len(self._known) + len(self._unknown)
        self._flat: list[object] = list(chain.from_iterable(map(astuple, results)))
        self._count = len(results)

    def __len__(self) -> int:
        return self._count

    def values(self, column: Column, *, absent: object) -> list[Any]:
        """The values of `column`; `absent` where there is no object that could have it."""
        if not self._count:
            return []
        first, *inner = column.path
        own = column.on_bucket
        values = [getattr(bucket, first) for bucket in self.buckets] if own else self._members(first)
        for name in inner:
            values = [absent if value is None else getattr(value, name) for value in values]
        return list(chain.from_iterable(map(repeat, values, self.counts))) if own else values

    def _members(self, name: str) -> list[Any]:
        return self._flat[self._known[name] :: self._width]

    def others(self) -> list[str | None]:
        """The members that the document lacks, as JSON; None where there are none."""
        if not self._unknown:
            return [None] * self._count
        rows = zip(*(self._flat[place :: self._width] for place in self._unknown.values()), strict=True)
        seen: dict[tuple[bytes, ...], str | None] = {}
        return [self._object(tuple(map(bytes, row)), seen) for row in rows]

    def _object(self, row: tuple[bytes, ...], seen: dict[tuple[bytes, ...], str | None]) -> str | None:
        if row not in seen:
            sent = zip(self._unknown, row, strict=True)
            seen[row] = as_json({name: _LOSSLESS.decode(value) for name, value in sent if value})
        return seen[row]


def are_bare(buckets: Sequence[Span]) -> TypeGuard[Sequence[BareBucket]]:
    """Whether `buckets`, of one page, are structs."""
    return bool(buckets) and isinstance(buckets[0], msgspec.Struct)


def _times(buckets: Sequence[Span], column: Column) -> list[int]:
    return [getattr(bucket, *column.path) for bucket in buckets]


__all__ = ["BatchMaker", "Part", "are_bare"]
