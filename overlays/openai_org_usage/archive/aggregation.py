"""Rows of an archived table as the results that the API gives for fewer dimensions or wider buckets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from .._generated import Operation, OverTime
from ..tables.columns import START, columns_of
from ..tables.optional_imports import ArrowTable, require
from .group_sums import BUCKET, group_sums
from .kept_results import Result, exact_columns, results_of, unknown_results

_TAG: Final = "object"


@attrs.frozen(kw_only=True)
class Grouping:
    """How rows become results.

    Attributes:
        group_by: the dimensions that stay.
        filters: the values that are wanted, by dimension.
        is_wider: whether the buckets are wider than those of the rows.
        is_own: whether the rows are grouped just so, in such buckets: then nothing is added up.
    """

    operation: Operation
    group_by: tuple[str, ...]
    filters: Mapping[str, Sequence[str]]
    is_wider: bool
    is_own: bool

    def results(self, rows: ArrowTable) -> Mapping[int, list[Result]]:
        """The results by the start of their bucket, in a fixed order; those of unknown kinds come last.

        `rows` have the column BUCKET. Of a kind that is unknown, nobody can say what a filter chooses.
        """
        compute = require("pyarrow.compute")
        is_known = compute.equal(rows.column(_TAG), self.operation.result_object)
        known = rows.filter(is_known)
        if self.is_wider:
            known = _without_former_levels(known, self.operation)
        known = self._chosen(known)
        columns = (
            exact_columns(known, self.operation, beside=BUCKET)
            if self.is_own
            else group_sums(known, self.operation, self.group_by)
        )
        found: defaultdict[int, list[Result]] = defaultdict(list)
        for bucket, result in zip(columns[BUCKET], results_of(columns, self.operation), strict=True):
            found[bucket].append(result)
        for results in found.values():
            results.sort(key=self._order)
        strange = rows.filter(compute.invert(is_known)) if len(known) < len(rows) else rows.slice(0, 0)
        for bucket, result in zip(strange.column(BUCKET).to_pylist(), unknown_results(strange), strict=True):
            found[bucket].append(result)
        return found

    def _order(self, result: Result) -> str:
        return str(tuple(result.get(name) for name in self.group_by))

    def _chosen(self, rows: ArrowTable) -> ArrowTable:
        pa, compute = require("pyarrow"), require("pyarrow.compute")
        for dimension, wanted in self.filters.items():
            column = rows.column(dimension)
            is_flag = column.type == pa.bool_()
            values = pa.array([value == "true" for value in wanted] if is_flag else wanted, column.type)
            rows = rows.filter(compute.is_in(column, value_set=values))
        return rows


def _without_former_levels(rows: ArrowTable, operation: Operation) -> ArrowTable:
    """`rows` with the levels of the last of the buckets that go together: they add up over groups alone.

    Where there is nothing but levels, the other rows are gone.
    """
    pa, compute = require("pyarrow"), require("pyarrow.compute")
    numbers = [column for column in columns_of(operation) if column.over_time is not None]
    levels = [column.name for column in numbers if column.over_time == OverTime.LAST]
    if not levels or not len(rows):
        return rows
    last = rows.group_by(BUCKET, use_threads=False).aggregate([(START, "max")])
    place = compute.index_in(rows.column(BUCKET), value_set=last.column(BUCKET).combine_chunks())
    is_last = compute.equal(rows.column(START), last.column(f"{START}_max").take(place))
    if len(levels) == len(numbers):
        return rows.filter(is_last)
    for name in levels:
        column = rows.column(name)
        kept = compute.if_else(is_last, column, pa.scalar(None, column.type))
        rows = rows.set_column(rows.schema.get_field_index(name), name, kept)
    return rows


__all__ = ["Grouping"]
