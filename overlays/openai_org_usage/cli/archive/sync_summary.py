"""What came of a sync or an audit: a table on a terminal, a line for each in a pipe, and an exit code."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import attrs

from ...printable import clean
from ...tables.columns import Kind
from ...times import readable
from ..console import counted, tell
from ..exit_codes import Exit
from ..output.result_output import RowResult

if TYPE_CHECKING:
    from ...archive.reading.reading_plan import Gap
    from ...archive.sync.audit import AuditedTable, AuditResult
    from ...archive.sync.sync_result import SyncedTable, SyncResult

_MAY_BE_REFUSED: Final = "costs_by_key"
"""One of the usual tables, which some organizations are refused."""
_SHOWN: Final = 10
"""How many differences are told of."""


@attrs.frozen(kw_only=True)
class TableSummary:
    """What came of one table: figures by what they count."""

    organization: str
    table: str
    figures: Mapping[str, int]
    refused: bool
    is_kept: bool = True

    @property
    def reason(self) -> str | None:
        """Why there are no figures; None if there are."""
        return "refused" if self.refused else None if self.is_kept else "not synced yet"

    def line(self, *, named: bool) -> str:
        """For a pipe or a file."""
        name = f"{self.organization} {self.table}" if named else self.table
        figures = ", ".join(counted(count, what) for what, count in self.figures.items())
        return f"{name}: {self.reason or figures}"


@attrs.frozen(kw_only=True)
class ArchiveSummary:
    """What came of one organization; of an audit with all differences, as rows by column."""

    organization: str
    tables: tuple[TableSummary, ...]
    notes: tuple[str, ...]
    closing: str
    code: Exit
    differences: Sequence[Mapping[str, object]] = ()


def sync_summary(result: SyncResult, *, by_name: bool) -> ArchiveSummary:
    """What a sync did; tables that were asked for `by_name` have to be given."""
    tables = tuple(_synced(result.organization, each) for each in result.tables)
    code = _code_of(tables, by_name=by_name)
    return ArchiveSummary(
        organization=result.organization,
        tables=tables,
        notes=tuple(_notes_of(result)),
        closing=f"{counted(result.files_written, 'files')} written, {counted(result.requests, 'requests')}",
        code=Exit.NOT_ALL if result.damaged and code is Exit.DONE else code,
    )


def _synced(organization: str, table: SyncedTable) -> TableSummary:
    figures = {
        "rows read": table.rows,
        "months written": len(table.months),
        "fields restated": table.restated,
        "requests": table.requests,
    }
    is_refused = table.refused is not None
    return TableSummary(organization=organization, table=table.name, figures=figures, refused=is_refused)


def _code_of(tables: Sequence[TableSummary], *, by_name: bool) -> Exit:
    """What tables that are not given make of the exit code."""
    if tables and all(each.refused for each in tables):
        return Exit.NOT_PERMITTED
    needed = [each for each in tables if by_name or each.table != _MAY_BE_REFUSED]
    return Exit.NOT_ALL if any(each.reason for each in needed) else Exit.DONE


def _notes_of(result: SyncResult) -> Iterator[str]:
    yield from result.notes
    for each in result.tables:
        if each.refused is not None:
            yield f"{each.name}: the API refuses it: {each.refused}"
        for start, end in map(_readable, each.gaps):
            yield f"{each.name}: nobody has {start} to {end}: the API no longer has it"
        for note in each.notes:
            yield f"{each.name}: {note}"


def _readable(gap: Gap) -> tuple[str, str]:
    return readable(gap[0]), readable(gap[1])


def audit_summary(result: AuditResult, *, by_name: bool) -> ArchiveSummary:
    """What an audit found; tables that were asked for `by_name` have to be given."""
    tables = tuple(_audited(result.organization, each) for each in result.tables)
    differences: list[Mapping[str, object]] = result.differences.to_pylist()
    refused = [f"{each.name}: the API refuses it: {each.refused}" for each in result.tables if each.refused]
    return ArchiveSummary(
        organization=result.organization,
        tables=tables,
        notes=tuple(refused),
        closing=f"{counted(len(differences), 'differences')}, {counted(result.requests, 'requests')}",
        code=Exit.DIFFERENCES if differences else _code_of(tables, by_name=by_name),
        differences=differences,
    )


def _audited(organization: str, table: AuditedTable) -> TableSummary:
    return TableSummary(
        organization=organization,
        table=table.name,
        figures={"rows compared": table.rows, "differences": table.differences},
        refused=table.refused is not None,
        is_kept=table.is_kept,
    )


def differences_of(summaries: Sequence[ArchiveSummary]) -> RowResult:
    """All differences, each with its organization: `before` is what is kept, `after` what the API has."""
    from ...archive.sync.restatements import RESTATEMENT_COLUMNS

    rows = [
        [each.organization, *(row[name] for name in RESTATEMENT_COLUMNS)]
        for each in summaries
        for row in each.differences
    ]
    return RowResult.of({"organization": Kind.TEXT, **RESTATEMENT_COLUMNS}, rows)


def _difference(row: Mapping[str, object]) -> str:
    where = f"{row['source_table']} {row['start_time']:%Y-%m-%dT%H:%MZ} {row['dimensions']}"
    return f"{where} {row['field']}: {_shown(row['before'])} kept, {_shown(row['after'])} by the API"


def _shown(value: object) -> str:
    return "none" if value is None else str(value)


def notes_of(summaries: Sequence[ArchiveSummary], *, differences: bool) -> Iterator[str]:
    """What is out of the ordinary, with the first `differences` if these are to be told.

    Of several organizations each note says of which it is.
    """
    for each in summaries:
        for note in (*each.notes, *(_first_differences(each) if differences else ())):
            yield f"{each.organization}: {note}" if len(summaries) > 1 else note


def _first_differences(summary: ArchiveSummary) -> Iterator[str]:
    yield from map(_difference, summary.differences[:_SHOWN])
    more = len(summary.differences) - _SHOWN
    if more > 0:
        yield f"and {counted(more, 'differences')} more, which --output FILE lists"


def tell_summaries(summaries: Sequence[ArchiveSummary]) -> None:
    """Print what came of all of them on standard output."""
    tables = [table for each in summaries for table in each.tables]
    named = len(summaries) > 1
    if tables and sys.stdout.isatty():
        tell(_drawn(tables, named=named).rstrip("\n"))
    else:
        for table in tables:
            tell(clean(table.line(named=named)))
    for each in summaries:
        name = f"{each.organization}: " if named else ""
        tell(clean(f"{name}{each.closing}"))


def _drawn(tables: Sequence[TableSummary], *, named: bool) -> str:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from ...terminal.rich_output import render

    drawn = Table(box=box.SIMPLE, pad_edge=False, show_edge=False)
    for heading in ["organization"] * named + ["table"]:
        drawn.add_column(heading)
    for heading in tables[0].figures:
        drawn.add_column(heading, justify="right")
    for table in tables:
        texts = [f"{figure:,}" for figure in table.figures.values()]
        cells = [table.reason, *[""] * (len(texts) - 1)] if table.reason else texts
        drawn.add_row(*map(Text, [table.organization] * named + [table.table, *cells]))
    return render(drawn, width=shutil.get_terminal_size().columns, colors="auto")


__all__ = [
    "ArchiveSummary",
    "TableSummary",
    "audit_summary",
    "differences_of",
    "notes_of",
    "sync_summary",
    "tell_summaries",
]
