"""Rows of an archived table as the results that the API gives for fewer dimensions or wider buckets."""

from __future__ import annotations

from collections import defaultdict

import attrs

from ..._generated import OPERATIONS, Operation, OverTime
from ...tables.columns import EXACT, OTHERS, START, Kind, columns_of
from ...tables.optional_imports import ArrowTable, require
from ..archive_table import ArchiveTable
from ..partitions import EXACT_SUFFIX
from .arrow_values import as_type, call, chosen, groups_of, is_one_of, options_of
from .asked_buckets import AskedBuckets
from .group_sums import BUCKET, CURRENCY, describes, group_sums
from .kept_results import TAG, Columns, Result, kept_columns, results_of, unknown_results


@attrs.frozen(kw_only=True)
class Grouping:
    """How the rows of a table become results.

    Attributes:
        group_by: the dimensions that stay.
        filters: dimensions, each with the values that are wanted.
        is_wider: whether the buckets are wider than those of the rows.
        is_own: whether the rows are grouped just so, in such buckets: then nothing is added up.
    """

    table: ArchiveTable
    group_by: tuple[str, ...]
    filters: tuple[tuple[str, tuple[str, ...]], ...]
    is_wider: bool
    is_own: bool

    @classmethod
    def of(cls, table: ArchiveTable, asked: AskedBuckets) -> Grouping:
        """What `asked` makes of `table`, which has all that it takes."""
        is_wider = table.seconds < asked.seconds
        return cls(
            table=table,
            group_by=asked.group_by,
            filters=tuple(asked.filters.items()),
            is_wider=is_wider,
            is_own=not is_wider and set(asked.group_by) == set(table.group_by),
        )

    @property
    def operation(self) -> Operation:
        """Whose rows they are."""
        return OPERATIONS[self.table.operation]

    @property
    def columns(self) -> tuple[str, ...]:
        """Those that it takes."""
        columns = [column for column in columns_of(self.operation) if not column.on_bucket]
        needed = {TAG, OTHERS, CURRENCY, *self.group_by, *(name for name, _ in self.filters)}
        names = [
            column.name
            for column in columns
            if self.is_own
            or column.name in needed
            or column.kind in (Kind.COUNT, *EXACT)
            or describes(column, self.group_by)
        ]
        exact = [column.name + EXACT_SUFFIX for column in columns if column.kind in EXACT]
        return (START, *names, *exact)

    def results(self, rows: ArrowTable) -> dict[int, list[Result]]:
        """The results by the start of their bucket, in a fixed order; those of unknown kinds come last.

        `rows` have the column BUCKET. Of a kind that is unknown, nobody can say what a filter chooses.
        """
        known, strange = self._apart(rows)
        columns = self._columns_of(known)
        found: defaultdict[int, list[Result]] = defaultdict(list)
        for bucket, result in zip(columns[BUCKET], results_of(columns, self.operation), strict=True):
            found[bucket].append(result)
        for bucket, result in zip(strange.column(BUCKET).to_pylist(), unknown_results(strange), strict=True):
            found[bucket].append(result)
        return found

    def known_results(self, rows: ArrowTable) -> Columns | None:
        """The same results as columns, beside BUCKET; None where some are of unknown kinds."""
        known, strange = self._apart(rows)
        return None if len(strange) else self._columns_of(known)

    def _apart(self, rows: ArrowTable) -> tuple[ArrowTable, ArrowTable]:
        """The rows of the kind that is known, and the others."""
        is_known = is_one_of(rows.column(TAG), [self.operation.result_object])
        if call("all", is_known).as_py() is not False:
            return rows, rows.slice(0, 0)
        return chosen(rows, is_known), chosen(rows, call("invert", is_known))

    def _columns_of(self, known: ArrowTable) -> Columns:
        known = self._chosen(_without_former_levels(known, self))
        if self.is_own:
            return kept_columns(known, self.operation, beside=BUCKET)
        return group_sums(known, self.operation, self.group_by)

    def _chosen(self, rows: ArrowTable) -> ArrowTable:
        text = require("pyarrow").string()
        for dimension, wanted in self.filters:
            rows = chosen(rows, is_one_of(as_type(rows.column(dimension), text), wanted))
        return rows


def _without_former_levels(rows: ArrowTable, grouping: Grouping) -> ArrowTable:
    """`rows` with the levels of the last of the buckets that go together: they add up over groups alone.

    Where there is nothing but levels, the other rows are gone.
    """
    pa = require("pyarrow")
    numbers = [column for column in columns_of(grouping.operation) if column.over_time is not None]
    levels = [column.name for column in numbers if column.over_time == OverTime.LAST]
    if not levels or not grouping.is_wider or not len(rows):
        return rows
    last = groups_of(rows, [BUCKET], [(START, "max", None)])
    place = call(
        "index_in",
        rows.column(BUCKET),
        options=options_of("SetLookup", last.column(BUCKET).combine_chunks()),
    )
    is_last = call("equal", rows.column(START), call("take", last.column(f"{START}_max"), place))
    if len(levels) == len(numbers):
        return chosen(rows, is_last)
    for name in levels:
        column = rows.column(name)
        kept = call("if_else", is_last, column, pa.nulls(1, column.type)[0])
        rows = rows.set_column(rows.schema.get_field_index(name), name, kept)
    return rows


__all__ = ["Grouping"]
