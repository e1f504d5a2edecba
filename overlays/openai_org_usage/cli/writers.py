"""What writes rows: as a table for people, in one of the formats for programs, or as raw pages."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

import attrs
import msgspec

from .._generated import Operation
from ..pagination.rules import Bucket
from ..printable import escaped_lines
from ..tables.columns import select
from ..tables.formats import BATCHED, Format
from ..tables.records import RecordMaker
from ..tables.stream import Shape
from ..tables.targets import Stream
from ..tables.writing import ROW_GROUP, write_batches, write_buckets
from .aggregate import SortKey, sorted_rows, total_rows
from .calendar_ranges import readable
from .console import Console
from .destination import RowWriter
from .formats import OutputFormat, check_for_spreadsheets
from .interruptible import InterruptibleQuery
from .output import OutputOptions
from .row_addresses import own_names, without_addresses
from .table_drawing import GAP, cell_measure, draw_table, tell_what_is_spelled
from .table_layout import TableLayout, choose_columns, lay_out_table

if TYPE_CHECKING:
    from ..directory.names import Names

_NAMED = 4
"""How many columns are named that have no room; of completions it can be twenty."""


def writer_for(
    query: InterruptibleQuery,
    output: OutputOptions,
    format: OutputFormat,
    console: Console,
    names: Names | None,
) -> RowWriter:
    """What writes the rows of `query` in `format`, as `output` asks for, with `names` beside their ids.

    Raises:
        WrongUsageError: the format cannot go there.
    """
    if output.raw:
        return partial(_write_pages, query)
    check_for_spreadsheets(format, csv_safe=output.csv_safe, dates=output.dates)
    is_held = output.totals or output.sort or output.drop_empty
    is_changed = is_held or (output.no_emails and own_names(query.operation))
    if format in BATCHED and not is_changed:
        return partial(_write_columns, query, output, format, names)
    return writer_of_buckets(
        query, output, format, console, operation=query.operation, asked=query.asked, names=names
    )


def writer_of_buckets(
    buckets: Iterable[Bucket],
    output: OutputOptions,
    format: OutputFormat,
    console: Console,
    *,
    operation: Operation,
    asked: tuple[int, int | None],
    names: Names | None = None,
    caption: str | None = None,
    captioned: str | None = None,
) -> RowWriter:
    """What writes the rows of `buckets`, which are of `operation` and of the range that was `asked` for.

    A table for people has the `caption` below it, and needs no column of the name `captioned`.
    """
    to_terminal = sys.stdout.isatty() and output.output is None
    arranged = partial(_arranged, buckets, output, console, operation=operation, asked=asked, names=names)
    if format == "table":
        table = _Table(
            operation,
            output,
            console,
            names,
            to_terminal=to_terminal,
            caption=caption,
            captioned=captioned,
        )
        return lambda stream: table.write(arranged(), stream)

    def write(stream: Stream) -> int:
        rows = write_buckets(
            arranged(),
            stream,
            operation=operation,
            format=format,
            columns=output.chosen(operation, names),
            decimals=output.decimals,
            names=names,
            csv_safe=output.csv_safe,
            dates=output.dates,
            drop_empty=output.drop_empty,
        )
        if to_terminal:
            tell_what_is_spelled(console)
        return rows

    return write


def _arranged(
    buckets: Iterable[Bucket],
    output: OutputOptions,
    console: Console,
    *,
    operation: Operation,
    asked: tuple[int, int | None],
    names: Names | None,
) -> Iterable[Bucket]:
    """The rows of `buckets`, without addresses, added up and sorted if they are to be."""
    if output.no_emails:
        buckets = without_addresses(buckets, operation=operation)
    if output.totals:
        start, end = asked
        totals = total_rows(buckets, operation=operation, start=start, end=end)
        for level, moment in totals.levels.items():
            until = readable(int(moment.timestamp()))
            console.note(f"{level} is a level, not added up over time: this is the last, up to {until}")
        buckets = totals.rows
    keys = [SortKey.of(text) for text in output.sort]
    return sorted_rows(buckets, operation=operation, keys=keys, names=names) if keys else buckets


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
        pages, buckets = pages + 1, buckets + len(step.page.data)
    return pages if buckets else 0


@attrs.frozen
class _Table:
    """A table for people."""

    operation: Operation
    output: OutputOptions
    console: Console
    names: Names | None
    to_terminal: bool = attrs.field(kw_only=True)
    caption: str | None = attrs.field(kw_only=True)
    captioned: str | None = attrs.field(kw_only=True)
    """The column whose values the caption says; it is shown if it is asked for."""

    def write(self, buckets: Iterable[Bucket], stream: Stream) -> int:
        """Write the rows of `buckets`, as wide as the terminal is; how many there were."""
        measure = cell_measure()
        maker = RecordMaker(select(self.operation, None, names=self.names))
        records = [record for bucket in buckets for record in maker.records(bucket)]
        width = shutil.get_terminal_size().columns if self.to_terminal else None
        chosen = self.output.chosen(self.operation, self.names)
        columns = select(self.operation, chosen, names=self.names)
        if not self.output.columns:
            columns = choose_columns(
                [column for column in columns if column.name != self.captioned],
                records,
                ends=self.output.totals,
            )
        layout = lay_out_table(
            records,
            columns,
            width=width,
            gap=GAP,
            totals=self.output.totals,
            complete=bool(self.output.columns),
            measure=measure,
        )
        if records:
            stream.write(draw_table(layout, width=width).encode())
            if self.caption:
                stream.write(f"{self.caption}\n".encode())
            stream.flush()
        self._tell_what_is_left_out(layout)
        return len(records)

    def _tell_what_is_left_out(self, layout: TableLayout) -> None:
        if layout.times:
            self.console.note(f"all rows are of {' to '.join(layout.times)}")
        if layout.left_out:
            names, more = ", ".join(layout.left_out[:_NAMED]), len(layout.left_out) - _NAMED
            names += f" and {more} more" if more > 0 else ""
            self.console.note(f"no room for {names}: choose by --columns, or widen the terminal")
