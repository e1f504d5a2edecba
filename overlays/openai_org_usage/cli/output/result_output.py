"""Where and in which form the rows of a result go that is no query of usage: of SQL, of restatements."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Protocol

import attrs

from ...tables.columns import Column, Kind
from ...tables.formats import BATCHED, Format
from ...tables.optional_imports import ArrowReader, ArrowSchema, require
from ...tables.schema import schema_of_kinds
from ...tables.targets import Stream
from ...tables.text import write_rows, writing_in
from ...tables.workbook_rows import write_workbook_rows
from ..click_base import Option
from ..console import Console, counted
from ..errors import WrongUsageError
from .destination import WriteResult, write_to
from .formats import FormOptions, exact_option, format_option, output_option, spreadsheet_options

_SHEET = "rows"


class Result(Protocol):
    """Rows with columns, to be read once."""

    @property
    def columns(self) -> Sequence[Column]: ...
    def rows(self) -> Iterable[Sequence[object]]: ...
    def reader(self) -> ArrowReader: ...


@attrs.frozen
class RowResult:
    """Rows that are there already."""

    columns: Sequence[Column]
    _rows: Sequence[Sequence[object]]

    @classmethod
    def of(cls, kinds: Mapping[str, Kind], rows: Sequence[Sequence[object]]) -> RowResult:
        """`rows` with columns of these kinds by their names."""
        return cls([Column(name, kind, (), False) for name, kind in kinds.items()], rows)

    def rows(self) -> Iterable[Sequence[object]]:
        """The rows."""
        return self._rows

    def reader(self) -> ArrowReader:
        """A `pyarrow.RecordBatchReader` of them."""
        schema = schema_of_kinds({column.name: column.kind for column in self.columns})
        records = [dict(zip(schema.names, row, strict=True)) for row in self._rows]
        return require("pyarrow").Table.from_pylist(records, schema).to_reader()


@attrs.frozen(kw_only=True)
class ResultOutput(FormOptions):
    """Where and in which form the rows of a result go."""

    @classmethod
    def options(cls) -> list[Option]:
        """The options for it."""
        return [format_option(), output_option(), exact_option(), *spreadsheet_options()]

    def write(self, result: Result, console: Console) -> WriteResult:
        """Write `result`.

        Raises:
            NotWrittenError: it cannot be written there.
            MissingExtraError: the format needs an extra.
        """
        written = write_to(self.output, write=partial(self._write, result, console))
        if written.path is not None:
            console.note(f"{counted(written.rows, 'rows')} in {written.path}")
        return written

    def _write(self, result: Result, console: Console, stream: Stream) -> int:
        format, columns = self.choose_format(), result.columns
        if format == "table":
            return self._write_table(result, console, stream)
        if format in BATCHED:
            return _write_binary(result.reader(), stream, format=format)
        if format == "xlsx":
            return write_workbook_rows(result.rows(), stream, columns=columns, name=_SHEET)
        is_safe = self.csv_safe or self.dates == "plain"
        writing = writing_in(format, columns, csv_safe=is_safe, dates=self.dates)
        count = write_rows(result.rows(), stream, columns=columns, writing=writing)
        if self.is_to_terminal:
            from ..tables.drawing import tell_what_is_spelled

            tell_what_is_spelled(console)
        return count

    def _write_table(self, result: Result, console: Console, stream: Stream) -> int:
        from ..tables.drawing import write_table
        from ..tables.layout import lay_out_table
        from ..tables.table_style import TableStyle

        width = shutil.get_terminal_size().columns if self.is_to_terminal else None
        names = [column.name for column in result.columns]
        records = [dict(zip(names, row, strict=True)) for row in result.rows()]
        if not records:
            console.note("there are no rows")
            return 0
        style = TableStyle(width=width, adds_up=False, is_complete=True, exact=self.exact)
        layout = lay_out_table(records, result.columns, style)
        if width is not None and layout.width > width:
            layout = lay_out_table(records, result.columns, attrs.evolve(style, is_complete=False))
        write_table(layout, stream, console, width=width, fewer="ask for fewer columns")
        return len(records)


def _write_binary(reader: ArrowReader, stream: Stream, *, format: Format) -> int:
    from ...tables.writing import write_batches

    pa = require("pyarrow")
    try:
        return write_batches(reader, stream, schema=reader.schema, format=format)
    except pa.ArrowException:
        unfit = next((each for each in reader.schema if not _is_writable(pa.schema([each]), format)), None)
        if unfit is None:
            raise
        raise WrongUsageError(
            f"the column {unfit.name} cannot be written as {format}, as it is of the type {unfit.type}: "
            "have it as text, with ::varchar"
        ) from None


def _is_writable(schema: ArrowSchema, format: Format) -> bool:
    from ...tables.writing import write_batches

    try:
        write_batches([], io.BytesIO(), schema=schema, format=format)
    except require("pyarrow").ArrowException:
        return False
    return True


__all__ = ["Result", "ResultOutput", "RowResult"]
