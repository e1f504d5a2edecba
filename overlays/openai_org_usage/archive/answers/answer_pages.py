"""Pages of usage and costs as the API makes them, made of one organization's part of an archive."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

import attrs

from ..._generated import OPERATIONS, Operation
from ...query_steps import RowBucket
from ...tables.columns import START
from ...tables.optional_imports import ArrowArray, ArrowTable, require
from ..manifest import ArchiveManifest, OrganizationState
from ..partition_paths import month_of, months_between
from ..storage.storage import Storage
from .aggregation import Grouping
from .arrow_values import as_type, call, chosen, options_of, whole_number
from .asked_buckets import AskedBuckets, cursor_at
from .column_rows import ColumnRow, rows_by_bucket
from .coverage import KeptBuckets, KeptTable, covering_table
from .group_sums import BUCKET
from .kept_months import KeptMonths
from .kept_results import Result

_START_TEXT, _END_TEXT = "start_time_iso", "end_time_iso"
_AT_HAND: Final = 8
"""Months whose results stay: a page ends amid one, and the next page begins there."""


@attrs.define(eq=False, repr=False)
class ArchiveAnswers:
    """The pages that one organization's part of an archive gives.

    Attributes:
        settled: whether only buckets are there that had been over for the look-back when they were read.
        clock: the present in Unix seconds.
        used: the tables that answers came from so far, by name.
        cut_at: where the table ends before what was asked for, in Unix seconds; None if none did.
        gaps: what was asked for and could never be read.
    """

    storage: Storage
    manifest: ArchiveManifest
    organization: str
    settled: bool = attrs.field(kw_only=True)
    clock: Callable[[], float] = attrs.field(kw_only=True)
    used: dict[str, KeptTable] = attrs.field(init=False, factory=dict[str, KeptTable])
    cut_at: int | None = attrs.field(init=False, default=None)
    gaps: list[tuple[int, int]] = attrs.field(init=False, factory=list[tuple[int, int]])
    _state: OrganizationState = attrs.field(init=False)
    _months: KeptMonths = attrs.field(init=False)
    _made: dict[object, dict[int, list[Result]]] = attrs.field(
        init=False, factory=dict[object, dict[int, list[Result]]]
    )

    def __attrs_post_init__(self) -> None:
        self._state = self.manifest.kept(self.organization, location=self.storage.location)
        self._months = KeptMonths(self.storage, self.organization)

    @property
    def read_at(self) -> float | None:
        """When what was used was read, the oldest of it; None if nothing was."""
        states = [kept.state for kept in self.used.values()]
        moments = (min(state.read_at or 0.0, float(state.read_until or 0)) for state in states)
        return min(moments, default=None)

    @property
    def read_until(self) -> int | None:
        """Where what was used ends, the shortest of it; None if nothing was."""
        return min((kept.read_until(settled=self.settled) for kept in self.used.values()), default=None)

    @property
    def organization_id(self) -> str | None:
        """As answers of the API named it; None if none did."""
        return self._state.id

    def page(self, operation: Operation, pairs: Iterable[tuple[str, str]]) -> dict[str, object]:
        """The page that answers a query string.

        Raises:
            ArchiveCoverageError: the archive does not keep what was asked for.
            LookbackExceededError: the range begins before what it keeps.
            ArchiveDamagedError: a file is missing, or not as it was written.
        """
        asked = AskedBuckets.of(operation, pairs)
        kept, spans = self._found(asked)
        shown, following = spans[: asked.limit], spans[asked.limit :]
        return {
            "object": "page",
            "data": self._buckets(kept, asked, shown) if shown else [],
            "has_more": bool(following),
            "next_page": cursor_at(following[0][0]) if following else None,
        }

    def row_buckets(
        self, operation: Operation, pairs: Iterable[tuple[str, str]]
    ) -> Sequence[RowBucket] | None:
        """The buckets of all these pages at once, with rows; None where some results are of unknown kinds.

        Raises:
            OpenAIUsageError: as `page`.
        """
        asked = attrs.evolve(AskedBuckets.of(operation, pairs), limit=sys.maxsize)
        kept, spans = self._found(asked)
        grouping, width = Grouping.of(kept.table, asked), asked.seconds
        by_bucket = {start // width * width: (start, end) for start, end in spans}
        found: dict[int, Sequence[ColumnRow]] = {}
        for month in _months_of(kept, asked, spans):
            columns = grouping.known_results(self._rows(kept, asked, grouping, month))
            if columns is None:
                return None
            found |= rows_by_bucket(columns, operation, by_bucket)
        return [
            RowBucket(start, end, list(found.get(bucket, ()))) for bucket, (start, end) in by_bucket.items()
        ]

    def _found(self, asked: AskedBuckets) -> tuple[KeptTable, Sequence[tuple[int, int]]]:
        """The table that answers, and the buckets that it has of what was asked."""
        kept = covering_table(
            asked,
            self._tables(),
            settled=self.settled,
            organization=self.organization,
            location=self.storage.location,
        )
        buckets = KeptBuckets.of(kept, asked, settled=self.settled, now=self.clock())
        self._note(buckets)
        return kept, buckets.spans()

    def _note(self, buckets: KeptBuckets) -> None:
        """Keep what is to be said of answers."""
        self.used[buckets.kept.table.name] = buckets.kept
        cut = buckets.cut_at
        if cut is not None:
            self.cut_at = cut if self.cut_at is None else min(cut, self.cut_at)
        self.gaps += [gap for gap in buckets.gaps if gap not in self.gaps]

    def _tables(self) -> list[KeptTable]:
        states = self._state.tables
        names = [name for name in self.manifest.tables if name in states]
        return [KeptTable(self.manifest.table(name), states[name]) for name in names]

    def _buckets(
        self, kept: KeptTable, asked: AskedBuckets, spans: Sequence[tuple[int, int]]
    ) -> list[dict[str, object]]:
        width = asked.seconds
        found: dict[int, list[Result]] = {}
        for month in _months_of(kept, asked, spans):
            found |= self._results(kept, asked, month)
        texts = self._has_texts(kept, month_of(spans[-1][0]))
        return [
            _bucket(start, end, found.get(start // width * width, []), in_texts=texts) for start, end in spans
        ]

    def _results(self, kept: KeptTable, asked: AskedBuckets, month: str) -> dict[int, list[Result]]:
        """The results of a month by the start of their whole bucket; those of the last ones stay at hand."""
        grouping = Grouping.of(kept.table, asked)
        key = grouping, asked.width, asked.start, asked.end, month
        if key in self._made:
            return self._made[key]
        self._made[key] = made = grouping.results(self._rows(kept, asked, grouping, month))
        if len(self._made) > _AT_HAND:
            del self._made[next(iter(self._made))]
        return made

    def _rows(self, kept: KeptTable, asked: AskedBuckets, grouping: Grouping, month: str) -> ArrowTable:
        """The rows of a month that were asked for, with what `grouping` takes."""
        rows = self._months.rows(kept, month, grouping.columns)
        moments = rows.column(START)
        starts = buckets = _seconds(moments)
        if grouping.is_wider:  # Than an hour: a day.
            buckets = _seconds(
                call("floor_temporal", moments, options=options_of("RoundTemporal", unit="day"))
            )
        return _within(asked, rows.append_column(BUCKET, buckets), starts)

    def _has_texts(self, kept: KeptTable, month: str) -> bool:
        """Whether answers say the edges of buckets as text, too."""
        fields = [field.name for field in OPERATIONS[kept.table.operation].bucket_fields]
        if month not in kept.state.months or _START_TEXT not in fields:
            return False
        texts = self._months.rows(kept, month, [_START_TEXT]).column(_START_TEXT)
        return bool(texts.null_count < len(texts))


def _months_of(kept: KeptTable, asked: AskedBuckets, spans: Sequence[tuple[int, int]]) -> Sequence[str]:
    """The months that the buckets `spans` are in, of those that are kept."""
    if not spans:
        return ()
    width = asked.seconds
    months = months_between(month_of(spans[0][0] // width * width), month_of(spans[-1][1] - 1))
    return [month for month in months if month in kept.state.months]


def _seconds(moments: ArrowArray) -> ArrowArray:
    pa = require("pyarrow")
    return as_type(as_type(moments, pa.timestamp("s", "UTC")), pa.int64())


def _within(asked: AskedBuckets, rows: ArrowTable, starts: ArrowArray) -> ArrowTable:
    """Those of `rows` that begin in the range asked for; costs begin with the day of its start."""
    bounds = call("min_max", starts).as_py()
    first = asked.start // asked.seconds * asked.seconds if asked.has_whole_buckets_only else asked.start
    if (bounds["min"] or first) < first:
        is_after = call("greater_equal", starts, whole_number(first))
        rows, starts = chosen(rows, is_after), chosen(starts, is_after)
    if asked.end is not None and (bounds["max"] or 0) >= asked.end:
        rows = chosen(rows, call("less", starts, whole_number(asked.end)))
    return rows


def _bucket(start: int, end: int, results: list[Result], *, in_texts: bool) -> dict[str, object]:
    texts = {_START_TEXT: _text(start), _END_TEXT: _text(end)} if in_texts else {}
    return {"object": "bucket", "start_time": start, "end_time": end, **texts, "results": results}


def _text(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


__all__ = ["ArchiveAnswers"]
