"""`sql`: what is kept in an archive, asked by SQL."""

from __future__ import annotations

import re
import sys
from typing import Final

import click

from ...archive.archive import Archive
from ...archive.duplicate_organizations import duplicate_notes
from ...archive.file_checks import check_contents, check_sizes
from ...archive.manifest import ArchiveManifest
from ...archive.partition_paths import LISTS, RESTATEMENTS
from ...archive.sql.connection import connect
from ...archive.sql.sql_result import SqlResult
from ...archive.storage.storage import Storage, open_storage
from ...errors import ArchiveDamagedError
from ...tables.optional_imports import DuckConnection, require
from ...terminal.suggestions import suggestion
from ..click_base import PROGRAM, Command, options_from
from ..console import Console
from ..context import CommandContext
from ..errors import WrongUsageError
from ..exit_codes import Exit
from ..output.result_output import ResultOutput

_INTERRUPTED: Final = "Query interrupted"
"""What DuckDB says where Ctrl-C has ended a query."""
_STANDARD_INPUT: Final = "-"
_LIST: Final = """
SELECT table_name AS "table", string_agg(column_name, ', ' ORDER BY column_index) AS columns
FROM duckdb_columns() WHERE schema_name = 'main' AND NOT internal GROUP BY ALL ORDER BY ALL
"""
_UNKNOWN_TABLE: Final = re.compile(r"Table with name (\S+) does not exist")
_PLACE: Final = re.compile(r"\s*^LINE (\d+):.*", re.MULTILINE | re.DOTALL)
_HELP = """What is kept in an archive, asked by SQL: each table is a view of DuckDB, with names joined.

Without a QUERY, or with -, it is read from standard input; on a terminal, the tables and their columns are
listed. Of several statements, parted by semicolons, the rows of the last are written. Times are UTC.
Amounts are decimals with 30 digits after the point: their sums are exact, or refused beyond 100 million."""
_CLOSING = f"""Examples:
  {PROGRAM} sql usage "from archive_tables"
  {PROGRAM} sql usage "from costs where complete" -o costs.parquet
  {PROGRAM} sql usage < monthly.sql

monthly.sql may be:
  select month, project_name, sum(amount_value) as spent
  from costs group by all order by all
"""


def sql_command(name: str) -> Command:
    """The command."""
    return Command(
        name,
        arguments=[
            click.Argument(["directory"], metavar="DIR"),
            click.Argument(["query"], metavar="[QUERY]", required=False),
        ],
        options=[*ResultOutput.options(), *Console.options(pages=False)],
        run=_run,
        help_text=_HELP,
        closing=_CLOSING,
        extra="archive",
    )


def _run(context: CommandContext, *, directory: str, query: str | None, **given: object) -> int:
    output, console = options_from(ResultOutput, given), options_from(Console, given)
    output.choose_format()
    text, archive = _text_of(query), Archive(directory)
    duckdb, storage = require("duckdb"), open_storage(directory)
    mistakes = (duckdb.ParserException, duckdb.CatalogException, duckdb.BinderException)
    manifest = archive.manifest()
    for note in duplicate_notes(manifest):
        console.note(note)
    while True:
        try:
            _write_answer(storage, manifest, text, output, console)
            return Exit.DONE
        except (duckdb.Error, ArchiveDamagedError) as error:
            if not isinstance(error, mistakes):
                before, manifest = manifest, archive.manifest()
                if manifest != before:  # A sync has replaced what was being read.
                    continue
                _check_files(storage, manifest, text, error)
            if isinstance(error, ArchiveDamagedError):
                raise
            raise WrongUsageError(_line_of(str(error), sorted(manifest.tables))) from error


def _check_files(storage: Storage, manifest: ArchiveManifest, text: str, error: Exception) -> None:
    """Raise ArchiveDamagedError if that is why a query failed."""
    check_sizes(storage, manifest)
    if isinstance(error, require("duckdb").InvalidInputException):  # So it says that a checksum is wrong.
        named = [table for table in (*manifest.tables, RESTATEMENTS) if table in text.lower()]
        check_contents(storage, manifest, tables=[*named, *LISTS])  # Names are read from lists.


def _write_answer(
    storage: Storage, manifest: ArchiveManifest, text: str, output: ResultOutput, console: Console
) -> None:
    connection = connect(storage, manifest, query=text)
    try:
        result = _result_of(connection, text)
        if result is not None:
            output.write(result, console)
    except RuntimeError as error:
        if str(error) == _INTERRUPTED:
            raise KeyboardInterrupt from None
        raise
    finally:
        connection.close()


def _text_of(query: str | None) -> str:
    """The SQL; that which lists the tables where nobody is going to give any."""
    if query is None and sys.stdin.isatty():
        return _LIST
    text = _read_all() if query is None or query == _STANDARD_INPUT else query
    if not text.strip():
        raise WrongUsageError('there is no query: give one, such as "from archive_tables"')
    return text


def _read_all() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongUsageError("standard input is no text in UTF-8") from None


def _result_of(connection: DuckConnection, text: str) -> SqlResult | None:
    """Run all statements; the rows of the last, if it gives any."""
    rows = require("duckdb").ExpectedResultType.QUERY_RESULT
    connection.execute("SET python_enable_replacements = false")
    *others, last = connection.extract_statements(text) or [None]
    for statement in others:
        connection.execute(statement)
    if last is None:
        return None
    if last.expected_result_type == [rows]:
        return SqlResult.of(connection, last)
    connection.execute(last)
    return None


def _line_of(message: str, tables: list[str]) -> str:
    """DuckDB's error on one line, with the tables that may have been meant."""
    place = _PLACE.search(message)
    line = " ".join(_PLACE.sub("", message).split())
    unknown = _UNKNOWN_TABLE.search(message)
    if unknown:
        line = f"there is no table {unknown[1]!r}{suggestion(unknown[1], tables)}; sql DIR lists all"
    return f"{line} (line {place[1]})" if place and place[1] != "1" else line


__all__ = ["sql_command"]
