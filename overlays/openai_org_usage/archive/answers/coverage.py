"""Which table of an archive answers a request, and which of its buckets are there. Pure.

A table answers if it is of the same endpoint, its buckets fit into those asked for, and it is grouped by all
that rows are grouped by and chosen by. Of several it is the one that begins early enough, reaches furthest
and has the fewest rows: then least is read and added up, or nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import attrs

from ...errors import ArchiveCoverageError, BadRequestError, LookbackExceededError
from ...pagination.plan import SECONDS
from ...times import readable
from ..archive_table import WIDTHS, ArchiveTable
from ..manifest import TableState
from .asked_buckets import AskedBuckets
from .sync_command import sync_command


@attrs.frozen
class KeptTable:
    """A table of one organization, and how far it has been read."""

    table: ArchiveTable
    state: TableState

    @property
    def read_from(self) -> int | None:
        """Start of the first bucket; None if nothing was read."""
        return None if self.state.read_until is None else self.state.read_from

    def read_until(self, *, settled: bool) -> int:
        """Where it ends; with `settled`, where its settled buckets do."""
        until = self.state.settled_until if settled else self.state.read_until
        return until or 0

    def fits(self, asked: AskedBuckets) -> bool:
        """Whether what is asked can be made of its rows."""
        table = self.table
        until = self.state.read_until
        open_ended = attrs.evolve(asked, end=None) if until and (asked.end or 0) >= until else asked
        is_finer = asked.seconds % table.seconds == 0 and _is_whole(open_ended, table.seconds)
        has_all = set(asked.dimensions) <= set(table.group_by)
        return table.operation == asked.operation.name and is_finer and has_all


@attrs.frozen(kw_only=True)
class KeptBuckets:
    """The buckets of a request that a table has. Times are Unix seconds.

    Attributes:
        until: what begins then was not read.
        unsettled: ranges of whole buckets that are left out, too.
        now: buckets that were running when they were read are cut off where that was, once they are over by
            now: they have not all of their time.
    """

    kept: KeptTable
    asked: AskedBuckets
    until: int
    now: float
    unsettled: Sequence[tuple[int, int]] = ()

    @classmethod
    def of(cls, kept: KeptTable, asked: AskedBuckets, *, settled: bool, now: float) -> KeptBuckets:
        """What `kept` has of `asked`; with `settled`, of whole buckets that are settled.

        Raises:
            LookbackExceededError: the range begins before the table.
        """
        width, first = asked.seconds, kept.read_from or 0
        begin = asked.start // width * width if asked.has_whole_buckets_only else asked.start
        if begin < first:
            raise _too_early(asked, -(-first // width) * width)
        until = kept.read_until(settled=settled)
        if not settled:
            return cls(kept=kept, asked=asked, until=until, now=now)
        unsettled = [
            (start // width * width, -(-end // width) * width) for start, end in kept.state.unsettled
        ]
        return cls(kept=kept, asked=asked, until=until // width * width, now=now, unsettled=unsettled)

    @property
    def gaps(self) -> list[tuple[int, int]]:
        """What of the range had been forgotten before it could be read, or settle if that is asked for."""
        end = self._end
        return [(start, after) for start, after in self._left_out if start < end and after > self.asked.start]

    @property
    def cut_at(self) -> int | None:
        """Where the table ends, if that is a bucket or more before the end of the range or the present."""
        width = self.asked.seconds
        is_short = self.until // width * width + width <= self._end
        return self.until if is_short else None

    def spans(self) -> list[tuple[int, int]]:
        """Start and end of the buckets of the page, and of one more if there is one."""
        found: list[tuple[int, int]] = []
        for span in self._every():
            found.append(span)
            if len(found) > self.asked.limit:
                break
        return found

    @property
    def _left_out(self) -> list[tuple[int, int]]:
        return sorted([*self.kept.state.gaps, *self.unsettled])

    @property
    def _end(self) -> float:
        """Of the range, as far as it has come."""
        return self.now if self.asked.end is None else min(self.asked.end, self.now)

    def _every(self) -> Iterator[tuple[int, int]]:
        asked, width = self.asked, self.asked.seconds
        end = math.inf if asked.end is None else asked.end
        start = asked.begin // width * width if asked.has_whole_buckets_only else asked.begin
        while start < min(end, self.until):
            full = start // width * width + width
            last = full if asked.has_whole_buckets_only else min(full, end)
            known = self._known_until(start, int(last))
            if known > start:
                yield start, known
            start = full

    def _known_until(self, start: int, end: int) -> int:
        """Where the bucket from `start` to `end` ends as far as it is known; `start` if nothing of it is."""
        for gap, after in self._left_out:
            if gap <= start < after:
                return start
            if start < gap < end:
                return gap
        if end <= self.until:
            return end
        is_whole = self.asked.has_whole_buckets_only or self.asked.end is not None
        return end if is_whole and self.now < end else self.until  # As the API has it of one that runs.


def covering_table(
    asked: AskedBuckets, tables: Sequence[KeptTable], *, settled: bool, organization: str, location: str
) -> KeptTable:
    """The one of `tables`, all of one organization, that answers.

    Raises:
        ArchiveCoverageError: none does; the message says what to sync.
        BadRequestError: the API refuses this organization the only one that would.
    """
    fitting = [each for each in tables if each.fits(asked)]
    read = [each for each in fitting if each.read_from is not None]
    if read:
        return min(read, key=lambda each: _rank(each, asked, settled=settled))
    refused = next((each.state.refused for each in fitting if each.state.refused), None)
    if refused is not None:
        name = asked.operation.name
        raise BadRequestError(
            f"{name}: not in the archive, as the last sync was refused it: {refused}", status=400
        )
    raise ArchiveCoverageError(_missing(asked, tables, organization, location))


def _rank(kept: KeptTable, asked: AskedBuckets, *, settled: bool) -> tuple[object, ...]:
    begins_late = asked.start < (kept.read_from or 0)
    reach = kept.read_until(settled=settled) // asked.seconds
    rows = sum(month.rows for month in kept.state.months.values())
    return begins_late, -reach, rows, len(kept.table.group_by), kept.table.name


def _is_whole(asked: AskedBuckets, width: int) -> bool:
    """Whether the range can be cut out of buckets of `width`; costs are rounded to whole days."""
    ends = (asked.start, *(() if asked.end is None else (asked.end,)))
    return asked.has_whole_buckets_only or not any(moment % width for moment in ends)


def _too_early(asked: AskedBuckets, earliest: int) -> LookbackExceededError:
    error = LookbackExceededError(
        f"{asked.operation.name}: the archive begins at {readable(earliest)}, and {readable(asked.start)} "
        "is before that",
        status=400,
        param="start_time",
        code="reporting_lookback_exceeded",
    )
    error.earliest_start = earliest
    return error


def _missing(asked: AskedBuckets, tables: Sequence[KeptTable], organization: str, location: str) -> str:
    """What the archive lacks, and how to get it."""
    name = asked.operation.name
    if asked.width not in WIDTHS:
        return f"{name}: an archive keeps days and hours, and no buckets of {asked.width}"
    width = next(each for each in WIDTHS if _is_whole(asked, SECONDS[each]) or each == WIDTHS[-1])
    if not _is_whole(asked, SECONDS[width]):
        return f"{name}: an archive keeps days and hours: begin and end with a full hour (UTC)"
    finest = min((width, asked.width), key=SECONDS.__getitem__)
    parts = [f"buckets of {finest}"] if finest != WIDTHS[0] else []
    parts += [f"the grouping by {', '.join(asked.dimensions)}"] if asked.dimensions else []
    missing = " and ".join(parts) or "this endpoint"
    why = "has not read" if any(each.fits(asked) for each in tables) else "does not keep"
    remedy = sync_command(location, organization, _table_options(asked, finest))
    return f"{name}: the archive {why} {missing}; this adds it: {remedy}"


def _table_options(asked: AskedBuckets, width: str) -> list[str]:
    words = ["--table", asked.operation.name]
    words += [] if width == WIDTHS[0] else ["--width", width]
    return words + (["--group-by", ",".join(asked.dimensions)] if asked.dimensions else [])


__all__ = ["KeptBuckets", "KeptTable", "covering_table"]
