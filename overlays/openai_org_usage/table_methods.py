"""The methods that queries have for tables.

They belong to the queries, and so to the core, which imports no tables: each of these methods imports what
does the work when it is called, here and nowhere else; no fork comes in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .hidden_arguments import hides_arguments, hides_awaited_arguments
from .lazy_names import late_imports

if TYPE_CHECKING:
    from .named_rows import NameLookup
    from .tables.formats import Dates, Format
    from .tables.optional_imports import ArrowReader, ArrowTable, PandasFrame, PolarsFrame
    from .tables.records import Record
    from .tables.schema import Decimals
    from .tables.stream import AsyncQuery, Query
    from .tables.writing import Target


class TableMethods:
    """A query's results as tables. `columns` are names in the order wanted, all if None.

    `decimals` is how exact numbers are held: as `decimal128`, which has 8 digits before the point of an
    amount and 30 after it; as `decimal256`, with 26 and 50; or as `string`, which holds any. A number
    that does not fit raises `InexactValueError` and is never rounded. `float64` is `decimal128` with a
    column of binary floats beside each exact one, for what libraries cannot do with decimals:
    `amount_value_float` after `amount_value`.

    With `names`, such as those of `client.names()`, each id is followed by what it stands for: `project_id`
    by `project_name`, `user_id` by `user_name` and `user_email`, `api_key_id` by `api_key_name`; null where
    nobody knows it. The rows are the same.
    """

    @hides_arguments
    def to_records(self: Query, *, names: NameLookup | None = None) -> list[Record]:
        """The rows as dictionaries with the columns of the table. Needs no extra."""
        with late_imports():
            from .tables.convert import to_records

        return to_records(self, names)

    @hides_arguments
    def to_reader(
        self: Query,
        *,
        columns: Sequence[str] | None = None,
        decimals: Decimals = "decimal128",
        names: NameLookup | None = None,
    ) -> ArrowReader:
        """A `pyarrow.RecordBatchReader`, which sends the query when it is read, batch by batch.

        Needs the extra `arrow`.
        """
        with late_imports():
            from .tables.convert import to_reader
            from .tables.stream import Shape

        return to_reader(self, Shape(columns=columns, decimals=decimals, names=names))

    @hides_arguments
    def to_arrow(
        self: Query,
        *,
        columns: Sequence[str] | None = None,
        decimals: Decimals = "decimal128",
        names: NameLookup | None = None,
    ) -> ArrowTable:
        """A `pyarrow.Table`. Needs the extra `arrow`."""
        with late_imports():
            from .tables.convert import to_arrow
            from .tables.stream import Shape

        return to_arrow(self, Shape(columns=columns, decimals=decimals, names=names))

    @hides_arguments
    def to_polars(
        self: Query,
        *,
        columns: Sequence[str] | None = None,
        decimals: Decimals = "decimal128",
        names: NameLookup | None = None,
    ) -> PolarsFrame:
        """A `polars.DataFrame`, which cannot have `decimal256`. Needs the extra `polars`."""
        with late_imports():
            from .tables.convert import to_polars
            from .tables.stream import Shape

        return to_polars(self, Shape(columns=columns, decimals=decimals, names=names))

    @hides_arguments
    def to_pandas(
        self: Query,
        *,
        columns: Sequence[str] | None = None,
        decimals: Decimals = "decimal128",
        names: NameLookup | None = None,
    ) -> PandasFrame:
        """A `pandas.DataFrame`. Needs the extra `pandas`."""
        with late_imports():
            from .tables.convert import to_pandas
            from .tables.stream import Shape

        return to_pandas(self, Shape(columns=columns, decimals=decimals, names=names))

    @hides_arguments
    def write(
        self: Query,
        target: Target,
        *,
        format: Format | None = None,
        columns: Sequence[str] | None = None,
        decimals: Decimals = "decimal128",
        names: NameLookup | None = None,
        csv_safe: bool = False,
        dates: Dates = "iso",
        drop_empty: bool = False,
    ) -> int:
        """Write the rows to a file, which appears when it is complete, or to a stream; their number.

        `format` is `csv`, `ndjson`, `json`, `parquet`, `arrow` or `xlsx`; by default as the path's suffix
        says. With `csv_safe`, `'` stands in CSV before texts that a spreadsheet would run as a formula;
        `dates="plain"` does so, too, and has times as spreadsheets read them, in UTC. With `drop_empty`,
        columns without any value are left out; the rows are held until that is known.
        """
        with late_imports():
            from .tables.file_options import FileOptions, format_of
            from .tables.writing import write

        options = FileOptions(
            format=format_of(target, format),
            columns=columns,
            decimals=decimals,
            names=names,
            csv_safe=csv_safe,
            dates=dates,
            drop_empty=drop_empty,
        )
        return write(self, target, options)

    def __arrow_c_stream__(self: Query, requested_schema: object = None) -> object:
        """The table as an Arrow stream, which polars, pandas, DuckDB and pyarrow read directly."""
        with late_imports():
            from .tables.convert import to_reader
            from .tables.stream import Shape

        return to_reader(self, Shape()).__arrow_c_stream__(requested_schema)


class AsyncTableMethods:
    """As `TableMethods`, to be awaited."""

    @hides_awaited_arguments
    async def to_records(self: AsyncQuery, *, names: NameLookup | None = None) -> list[Record]:
        """The rows as dictionaries with the columns of the table. Needs no extra."""
        with late_imports():
            from .tables.convert import to_records_async

        return await to_records_async(self, names)

    @hides_awaited_arguments
    async def to_arrow(
        self: AsyncQuery,
        *,
        columns: Sequence[str] | None = None,
        decimals: Decimals = "decimal128",
        names: NameLookup | None = None,
    ) -> ArrowTable:
        """A `pyarrow.Table`. Needs the extra `arrow`."""
        with late_imports():
            from .tables.convert import to_arrow_async
            from .tables.stream import Shape

        return await to_arrow_async(self, Shape(columns=columns, decimals=decimals, names=names))

    @hides_awaited_arguments
    async def to_polars(
        self: AsyncQuery,
        *,
        columns: Sequence[str] | None = None,
        decimals: Decimals = "decimal128",
        names: NameLookup | None = None,
    ) -> PolarsFrame:
        """A `polars.DataFrame`, which cannot have `decimal256`. Needs the extra `polars`."""
        with late_imports():
            from .tables.convert import to_polars_async
            from .tables.stream import Shape

        return await to_polars_async(self, Shape(columns=columns, decimals=decimals, names=names))

    @hides_awaited_arguments
    async def to_pandas(
        self: AsyncQuery,
        *,
        columns: Sequence[str] | None = None,
        decimals: Decimals = "decimal128",
        names: NameLookup | None = None,
    ) -> PandasFrame:
        """A `pandas.DataFrame`. Needs the extra `pandas`."""
        with late_imports():
            from .tables.convert import to_pandas_async
            from .tables.stream import Shape

        return await to_pandas_async(self, Shape(columns=columns, decimals=decimals, names=names))

    @hides_awaited_arguments
    async def write(
        self: AsyncQuery,
        target: Target,
        *,
        format: Format | None = None,
        columns: Sequence[str] | None = None,
        decimals: Decimals = "decimal128",
        names: NameLookup | None = None,
        csv_safe: bool = False,
        dates: Dates = "iso",
        drop_empty: bool = False,
    ) -> int:
        """Write the rows to a file, which appears when it is complete, or to a stream; their number.

        `format` is `csv`, `ndjson`, `json`, `parquet`, `arrow` or `xlsx`; by default as the path's suffix
        says. With `csv_safe`, `'` stands in CSV before texts that a spreadsheet would run as a formula;
        `dates="plain"` does so, too, and has times as spreadsheets read them, in UTC. With `drop_empty`,
        columns without any value are left out; the rows are held until that is known.
        """
        with late_imports():
            from .tables.file_options import FileOptions, format_of
            from .tables.writing import write_async

        options = FileOptions(
            format=format_of(target, format),
            columns=columns,
            decimals=decimals,
            names=names,
            csv_safe=csv_safe,
            dates=dates,
            drop_empty=drop_empty,
        )
        return await write_async(self, target, options)


__all__ = ["AsyncTableMethods", "TableMethods"]
