"""Record batches from consecutive buckets of a page, be they bare structs or models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain
from typing import Protocol, TypeGuard

import attrs
import msgspec

from .._generated import DECODING_ERRORS, Operation, StructColumns
from ..errors import InexactValueError
from ..pagination.rules import Bucket, Span
from .arrays import ArrayMaker, Values
from .columns import EXACT, Column, Kind
from .literals import as_json, digits
from .optional_imports import ArrowArray, ArrowBatch, require
from .records import RecordMaker
from .refusals import UnfitColumnError, UnfitError, is_held_by, refusal
from .schema import Decimals, schema_of

_AT_ONCE = 512
"""Rows whose values are read together, as long as the processor has them at hand."""


class BareBucket(Span, Protocol):
    """A bucket that was decoded into structs."""

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
        self._new_batch = require("pyarrow").record_batch
        self._columns = columns
        self._as_text = decimals == "string"
        self._arrays = ArrayMaker(columns, self.schema)

    def batch(self, part: Part) -> ArrowBatch:
        """The rows of `part`, in order; results of unknown types come last in their bucket.

        Bare buckets are empty afterwards: what is freed while it is at hand is freed in half the time.

        Raises:
            InexactValueError: a value does not fit its column exactly.
        """
        arrays: list[ArrowArray] | None = None
        if not self._as_text and are_bare(part.buckets):
            with suppress(UnfitError, *DECODING_ERRORS):
                arrays = self._arrays.arrays(_StructRows(part.buckets))
        if arrays is None:
            arrays = self._from_models(part.typed())
        batch: ArrowBatch = self._new_batch(arrays, schema=self.schema)
        return batch

    def _from_models(self, buckets: Sequence[Bucket]) -> list[ArrowArray]:
        try:
            return self._arrays.arrays(_ModelRows(buckets, self._columns))
        except UnfitColumnError as unfit:
            raise self._refusal(unfit.column, buckets) from None

    def _refusal(self, column: Column, buckets: Sequence[Bucket]) -> InexactValueError:
        kind = self.schema.field(column.name).type
        maker = RecordMaker([column])
        found = (
            (bucket, result, value)
            for bucket in buckets
            for result, (value,) in zip(
                (*bucket.results, *bucket.unknown_results), maker.rows(bucket), strict=True
            )
            if not is_held_by(kind, value)
        )
        bucket, result, value = next(found)
        return refusal(column, value, of=bucket, result=result, kind=kind)


class _StructRows:
    """The rows of bare buckets; the values of each are read and let go, some hundred at a time."""

    def __init__(self, buckets: Sequence[BareBucket]) -> None:
        self._buckets = [bucket for bucket in buckets if bucket.results]
        self.counts = [len(bucket.results) for bucket in self._buckets]

    def of_buckets(self, columns: Sequence[Column]) -> list[Values]:
        return [
            [datetime.fromtimestamp(getattr(bucket, *column.path), UTC) for bucket in self._buckets]
            if column.kind is Kind.TIME
            else [getattr(bucket, *column.path) for bucket in self._buckets]
            for column in columns
        ]

    def parts(self, columns: Sequence[Column]) -> Iterator[Sequence[Values]]:
        waiting: list[msgspec.Struct] = []
        for bucket in self._buckets:
            waiting += bucket.results
            bucket.results.clear()
            while len(waiting) >= _AT_ONCE:
                yield self._values(StructColumns(waiting[:_AT_ONCE]), columns)
                del waiting[:_AT_ONCE]
        if waiting:
            yield self._values(StructColumns(waiting), columns)

    def _values(self, read: StructColumns, columns: Sequence[Column]) -> list[Values]:
        return [
            (read.others(as_json) or [None] * len(read))
            if column.kind is Kind.OTHER
            else read.numerals(column.path)
            if column.kind in EXACT
            else read.members(column.path)
            for column in columns
        ]


class _ModelRows:
    """The rows of models."""

    def __init__(self, buckets: Sequence[Bucket], columns: Sequence[Column]) -> None:
        convert = dict.fromkeys(EXACT, digits) | {Kind.OTHER: as_json}
        maker = RecordMaker(columns, convert=convert)
        self._places = {column.name: place for place, column in enumerate(columns)}
        self._rows = [rows for bucket in buckets if (rows := list(maker.rows(bucket)))]
        self.counts = list(map(len, self._rows))

    def of_buckets(self, columns: Sequence[Column]) -> list[Values]:
        places = [self._places[column.name] for column in columns]
        return [[rows[0][place] for rows in self._rows] for place in places]

    def parts(self, columns: Sequence[Column]) -> Iterator[Sequence[Values]]:
        values = list(zip(*chain.from_iterable(self._rows), strict=True))
        if values:
            yield [values[self._places[column.name]] for column in columns]


def are_bare(buckets: Sequence[Span]) -> TypeGuard[Sequence[BareBucket]]:
    """Whether `buckets`, of one page, are structs."""
    return bool(buckets) and isinstance(buckets[0], msgspec.Struct)


__all__ = ["BatchMaker", "Part", "are_bare"]
