"""What writes rows: as a table for people, in one of the formats for programs, or as raw pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import TYPE_CHECKING

import attrs
import msgspec

from ...pagination.rules import Bucket
from ...printable import escaped_lines
from ...tables.columns import Column, select
from ...tables.formats import BATCHED, Format
from ...tables.records import Record, RecordMaker
from ...tables.stream import Shape
from ...tables.targets import Stream
from ...tables.writing import ROW_GROUP, write_batches, write_buckets
from ..console import Console
from ..interruptible import InterruptibleQuery
from ..rows.arrangement import Arrangement
from ..tables.column_choice import choose_columns
from ..tables.drawing import tell_what_is_spelled, write_table
from ..tables.layout import lay_out_table
from ..tables.table_style import TableStyle
from .destination import RowWriter
from .formats import OutputFormat
from .output_options import OutputOptions

if TYPE_CHECKING:
    from ...directory.names import Names


def writer_for(
    query: InterruptibleQuery,
    output: OutputOptions,
    format: OutputFormat,
    console: Console,
    *,
    arrangement: Arrangement,
    names: Names | None,
) -> RowWriter:
    """What writes the rows of `query`, arranged, as `output` asks for, with `names` beside ids."""
    if output.raw:
        return partial(_write_pages, query)
    if format in BATCHED and arrangement.is_plain and not output.drop_empty:
        return partial(_write_columns, query, output, format, names)
    return partial(BucketWriter(output, format, console, arrangement, names).write, query)


def _write_columns(
    query: InterruptibleQuery, output: OutputOptions, format: Format, names: Names | None, stream: Stream
) -> int:
    """Without making rows of the columns that the format has."""
    chosen = output.chosen(query.operation, names)
    shape = Shape(columns=chosen, decimals=output.decimals, names=names, rows=ROW_GROUP)
    schema, batches = query.batches(shape)
    return write_batches(batches, stream, schema=schema, format=format)


def _write_pages(query: InterruptibleQuery, stream: Stream) -> int:
    """How many there were; none, if there was no bucket in any."""
    pages, buckets = 0, 0
    for step in query.pages():
        stream.write(escaped_lines(msgspec.json.format(step.reply.body, indent=-1) + b"\n"))
        pages, buckets = pages + 1, buckets + len(step.reply.page.data)
    return pages if buckets else 0


@attrs.frozen
class BucketWriter:
    """What writes the rows of buckets, arranged."""

    output: OutputOptions
    format: OutputFormat
    console: Console
    arrangement: Arrangement
    names: Names | None
    caption: str = attrs.field(default="", kw_only=True)
    """What stands below a table for people."""
    captioned: str = attrs.field(default="", kw_only=True)
    """The column whose values the caption says; a table has it if it is asked for."""

    def write(self, buckets: Iterable[Bucket], stream: Stream) -> int:
        """Write the rows of `buckets`; how many there were."""
        arranged = self.arrangement.rows(buckets, names=self.names, note=self.console.note)
        if self.format == "table":
            return self._write_table(arranged, stream)
        rows = write_buckets(
            arranged,
            stream,
            operation=self.arrangement.operation,
            format=self.format,
            columns=self.output.chosen(self.arrangement.operation, self.names),
            decimals=self.output.decimals,
            names=self.names,
            csv_safe=self.output.csv_safe,
            dates=self.output.dates,
            drop_empty=self.output.drop_empty,
        )
        if self.output.is_to_terminal:
            tell_what_is_spelled(self.console)
        return rows

    def _write_table(self, buckets: Iterable[Bucket], stream: Stream) -> int:
        """Write a table as wide as the terminal is."""
        maker = RecordMaker(select(self.arrangement.operation, None, names=self.names))
        records = self._in_their_zone([record for bucket in buckets for record in maker.records(bucket)])
        if records:
            width = shutil.get_terminal_size().columns if self.output.is_to_terminal else None
            style = TableStyle(
                width=width,
                is_summed=self.arrangement.periods is not None,
                is_complete=bool(self.output.columns),
                exact=self.output.exact,
            )
            layout = lay_out_table(records, self._columns(records), style)
            write_table(
                layout, stream, self.console, width=width, fewer="choose by --columns", caption=self.caption
            )
        return len(records)

    def _in_their_zone(self, records: list[Record]) -> list[Record]:
        """`records` with times as the clocks show them by whose days they are added up."""
        periods = self.arrangement.periods
        if periods is None or periods.shown_zone is UTC:
            return records
        self.console.note(f"times are those of {periods.shown_zone}")
        return [_in_zone(record, periods.shown_zone) for record in records]

    def _columns(self, records: Sequence[Record]) -> Sequence[Column]:
        """Those that were asked for, else those that say something."""
        operation, periods = self.arrangement.operation, self.arrangement.periods
        columns = select(operation, self.output.chosen(operation, self.names), names=self.names)
        if self.output.columns:
            return columns
        offered = [column for column in columns if column.name != self.captioned]
        return choose_columns(offered, records, ends=periods is not None and periods.by == "total")


def _in_zone(record: Record, zone: tzinfo) -> Record:
    """`record` with its times as clocks show them there."""
    return {
        name: value.astimezone(zone) if isinstance(value, datetime) else value
        for name, value in record.items()
    }
