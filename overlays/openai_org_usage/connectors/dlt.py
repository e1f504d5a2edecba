"""A source for dlt: a resource for each table and each list, exact, and replaced bucket by bucket.

dlt merges by key, and no key tells of a row that is gone. So a reading brings, besides its rows, one without
content for each bucket that it has read, be it empty by now: old rows are deleted by these, and they are not
inserted. `bucket_row`, which counts the rows of a bucket from 1, is 0 in them. It also tells rows apart that
are alike in all else, so that dlt drops what a load that was interrupted brings twice.

What has been read of each table and organization is dlt's state of the resource, stored with the rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Final

import attrs
import msgspec

from .._generated import OpenAIUsageError
from ..archive.archive_table import ArchiveTable
from ..archive.manifest import ArchiveManifest, OrganizationState, TableState
from ..archive.reading.organization_answers import OrganizationAnswers
from ..archive.reading.reading_plan import (
    ReadingPlan,
    check_clock,
    lookback_seconds,
    plan_reading,
    since_seconds,
)
from ..archive.reading.table_reading import TableReading, is_refusal
from ..archive.sync.organization_sync import chosen_tables
from ..client import UsageClient
from ..directory.names import Names
from ..errors import APIStatusError, MissingExtraError
from ..tables.columns import START
from ..tables.optional_imports import ArrowTable
from .bucket_rows import BUCKET_ROW, CALLED, bucket_marks, numbered_rows
from .listed_rows import LISTS, listed_rows, reading_note

try:
    import dlt
    from dlt.common.schema.typing import TDeleteInsertStrategyDict, TSchemaContractDict
    from dlt.common.typing import SecretSentinel
    from dlt.extract import DltResource, make_hints
    from dlt.extract.items import DataItemWithMeta
except ModuleNotFoundError as error:
    if error.name != "dlt":
        raise
    raise MissingExtraError.of("dlt", purpose="the source for dlt", library="dlt") from error

READINGS: Final = "readings"
"""The table of what was read when, and what was not given."""
_BY_BUCKET: Final[TDeleteInsertStrategyDict] = {
    "disposition": "merge",
    "strategy": "delete-insert",
    "source_filter": "bucket_row > 0",
    # With a merge key beside the primary key dlt deletes by either: databases take minutes for that `or`.
    # Not all of them know a prefix for columns of the table that is deleted from, so these have none.
    "destination_scope": "EXISTS (SELECT 1 FROM "
    "(SELECT organization AS read_organization, start_time AS read_start FROM {staging_table}) AS s "
    "WHERE s.read_organization = organization AND s.read_start = start_time)",
}
_CONTRACT: Final[TSchemaContractDict] = {"tables": "evolve", "columns": "evolve", "data_type": "freeze"}

_Items = Iterator[ArrowTable | DataItemWithMeta]


@attrs.frozen(kw_only=True)
class FailedReading:
    """What could not be read.

    Attributes:
        organization: as the call of the source calls it.
        table: its name; `names` for the lists.
        error: why.
    """

    organization: str
    table: str
    error: OpenAIUsageError


@dlt.source(name="openai_org_usage", max_table_nesting=0)
def openai_org_usage(
    organizations: Annotated[Mapping[str, UsageClient | str], SecretSentinel] | None = None,
    *,
    admin_key: dlt.TSecretStrValue | None = None,
    base_url: str | None = None,
    tables: Sequence[ArchiveTable | str] | None = None,
    lookback: str = "10d",
    since: str | None = None,
    names: bool = True,
    on_failure: Callable[[FailedReading], object] | None = None,
) -> Iterator[DltResource]:
    """Usage and costs of one organization, or of several.

    What is not given comes from dlt's configuration, such as `[sources.openai_org_usage]` in `secrets.toml`.

    Args:
        organizations: admin keys, or clients, by the names that rows have in `organization`; without them
            there is one, called `default`.
        admin_key: of that one; by default from OPENAI_ADMIN_KEY.
        base_url: where requests go; by default as a client's.
        tables: endpoints, or `costs_by_key`, or ArchiveTables; by default all that an archive has.
        lookback: how long after its end a bucket may be restated: a reading goes back that far behind the one
            before it.
        since: where a first reading begins, such as `2026-01-01`; by default as far back as the API goes.
        names: whether the lists of projects, users and keys are read.
        on_failure: is told what failed, and the rest goes on. Without it the run fails, and loads nothing.

    Raises:
        ConfigurationError: a key or an address cannot be used.
        InvalidParameterError: there is no such table, or the look-back is none. That `since` is none is an
            error of the run.
    """
    chosen = chosen_tables(tables, ArchiveManifest())
    readings = _Readings(
        clients=_clients({"default": admin_key} if organizations is None else organizations, base_url),
        table_names=frozenset(table.name for table in chosen),
        lookback=lookback_seconds(lookback),
        since=since,
        on_failure=on_failure,
    )
    yield from (_resource(table, readings) for table in chosen)
    if names:
        yield from _lists(readings)


def _clients(
    organizations: Mapping[str, UsageClient | str | None], base_url: str | None
) -> dict[str, UsageClient]:
    return {
        name: each if isinstance(each, UsageClient) else UsageClient(admin_key=each, base_url=base_url)
        for name, each in organizations.items()
    }


def _resource(table: ArchiveTable, readings: _Readings) -> DltResource:
    return dlt.resource(
        _rows_of(table, readings),
        name=table.name,
        write_disposition=_BY_BUCKET,
        primary_key=(CALLED, START, BUCKET_ROW),
        schema_contract=_CONTRACT,
    )


def _lists(readings: _Readings) -> Iterator[DltResource]:
    """A resource for each list, all of one reading, which is none that is loaded."""
    read = dlt.resource(_names_of(readings), name="names", selected=False)
    for name in LISTS:
        yield dlt.transformer(
            _items_of(name),
            data_from=read,
            name=name,
            write_disposition="merge",
            primary_key=(CALLED, "id"),
            schema_contract=_CONTRACT,
        )


@attrs.frozen(kw_only=True, repr=False, eq=False)
class _Readings:
    """The readings of one run; `refused` has the tables that an organization does not give."""

    clients: Mapping[str, UsageClient]
    table_names: frozenset[str]
    lookback: int
    since: str | None
    on_failure: Callable[[FailedReading], object] | None
    refused: defaultdict[str, set[str]] = attrs.field(factory=lambda: defaultdict(set))

    def of_table(self, table: ArchiveTable) -> _Items:
        """The rows of a table, of one organization after the other."""
        states = dlt.current.resource_state()
        for organization in self.clients:
            with self._failing(organization, table.name):
                known = msgspec.convert(states.get(organization, {}), OrganizationState)
                yield from self._rows(organization, table, known)
                states[organization] = msgspec.to_builtins(known)

    def _rows(self, organization: str, table: ArchiveTable, known: OrganizationState) -> _Items:
        """The rows of one organization; `known` is what is known of it, before and then after."""
        answers = OrganizationAnswers.of(
            self.clients[organization], name=organization, id=known.id, told=lambda: None
        )
        before = known.tables.get(table.name, TableState())
        reading = TableReading(answers, table, self._plan(table, before, now=answers.clock()))
        count, notes = 0, reading.notes
        try:
            for _, rows in reading.months():
                count += len(rows)
                yield numbered_rows(rows, organization=organization, plan=reading.plan)
            yield bucket_marks(table, organization=organization, plan=reading.plan)
            state = reading.plan.after_all(before)
            self.refused[organization].discard(table.name)
        except APIStatusError as error:
            if not self._is_left_out(organization, table, error):
                raise
            state = attrs.evolve(before, refused=str(error))
            notes = [*notes, str(error)]
        known.id, known.tables[table.name] = answers.id, state
        note = reading_note(
            organization,
            table.name,
            read_at=reading.plan.now,
            read_from=reading.plan.start,
            row_count=count,
            problems=notes,
        )
        yield _noted(note)

    def _plan(self, table: ArchiveTable, before: TableState, *, now: float) -> ReadingPlan:
        check_clock(now, [before])
        since = since_seconds(self.since, now=now)
        return plan_reading(before, now=now, width=table.seconds, lookback=self.lookback, since=since)

    def _is_left_out(self, organization: str, table: ArchiveTable, error: APIStatusError) -> bool:
        """Whether the others are read without this table: it is refused, and not every one is."""
        if not is_refusal(error):
            return False
        refused = self.refused[organization]
        refused.add(table.name)
        return refused < self.table_names

    def of_lists(self) -> Iterator[tuple[str, Names]]:
        """The names of each organization."""
        for organization, client in self.clients.items():
            with self._failing(organization, "names"):
                yield organization, client.names()

    @contextmanager
    def _failing(self, organization: str, table: str) -> Generator[None]:
        try:
            yield
        except OpenAIUsageError as error:
            if self.on_failure is None:
                raise
            self.on_failure(FailedReading(organization=organization, table=table, error=error))


def _rows_of(table: ArchiveTable, readings: _Readings) -> Callable[[], _Items]:
    """A function for dlt, which takes no methods."""

    def rows() -> _Items:
        yield from readings.of_table(table)

    return rows


def _names_of(readings: _Readings) -> Callable[[], Iterator[tuple[str, Names]]]:
    def names() -> Iterator[tuple[str, Names]]:
        yield from readings.of_lists()

    return names


def _items_of(name: str) -> Callable[[tuple[str, Names]], _Items]:
    """What makes the rows of a list of an organization's names."""

    def items(read: tuple[str, Names]) -> _Items:
        organization, names = read
        yield listed_rows(names, list_name=name, organization=organization)
        if names.problems and name == "projects":
            yield _noted(
                reading_note(organization, "names", read_at=names.read_at or 0.0, problems=names.problems)
            )

    return items


def _noted(note: ArrowTable) -> DataItemWithMeta:
    """A row for the table of readings."""
    hints = make_hints(table_name=READINGS, write_disposition="append", primary_key=())
    return dlt.mark.with_hints(note, hints, create_table_variant=True)


__all__ = ["READINGS", "FailedReading", "openai_org_usage"]
