"""A random walk: an archive is synced at random times, and compared with all that the API says each time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import attrs

from openai_org_usage import OpenAIUsageError
from openai_org_usage.archive.archive import Archive
from openai_org_usage.archive.archive_table import ArchiveTable
from openai_org_usage.archive.manifest import TableState
from openai_org_usage.archive.reading.reading_plan import Gap

from .contents import audited
from .observation import Moment, Observer
from .simulated_organization import DAY, HOUR, SimulatedOrganization

TABLES = (
    ArchiveTable.of("costs"),
    ArchiveTable.of("costs", group_by=["project_id", "line_item", "api_key_id"]),
    ArchiveTable.of("costs", group_by=[]),
    ArchiveTable.of("completions"),
    ArchiveTable.of("completions", group_by=["model"]),
    ArchiveTable.of("images", bucket_width="1h", group_by=["api_key_id"]),
    ArchiveTable.of("embeddings"),
    ArchiveTable.of("web_search_calls"),
    ArchiveTable.of("vector_stores"),
)


class Walk:
    """Syncs of an organization into an archive in `folder`, some of its `tables` at a time."""

    def __init__(
        self,
        organization: SimulatedOrganization,
        folder: Path,
        *,
        tables: Sequence[ArchiveTable],
        dice: Random,
        counts: Counter[str],
        name: str = "default",
    ) -> None:
        self.organization = organization
        self.archive = Archive(folder, clock=organization.clock)
        self.tables = tables
        self._dice = dice
        self._counts = counts
        self._name = name
        self._read_at: dict[ArchiveTable, dict[int, int]] = {}
        observer = Observer(organization, self.archive, folder, name=name, dice=dice, counts=counts)
        self.look, self.truth = observer.look, observer.truth

    def sync(self, *, lookback: int, fails: bool = False, since: int | None = None) -> Sequence[ArchiveTable]:
        """Sync some of the tables, and check what must hold always; which of them have come to their end."""
        tables = self._dice.sample(self.tables, k=self._dice.randint(1, len(self.tables)))
        if fails:
            self.organization.fail(self._dice.choice(tables).operation)
        before = {table: self.look(table) for table in self.tables}
        refused = self._synced(tables, lookback=lookback, since=since)
        self.organization.recover()
        for table, old in before.items():
            new = self.look(table)
            if table not in tables:
                assert attrs.evolve(new, noted=old.noted) == old
            self._check_noted(table, old, new)
            self._check_files(table, old, new)
            if table in refused:
                self._check_unfinished(table, old, new)
            elif table in tables:
                self._check_finished(old, new, since=since)
        return [table for table in tables if table not in refused]

    def audit(self, table: ArchiveTable, *, finished: bool) -> None:
        """Check that an audit finds all that is not as the API says, and nothing else.

        Of a table that has not come to its end just now, what was over when it was read is compared.
        """
        now = self.look(table)
        if now.state.read_at is None:
            return
        begin = max(now.state.read_from or 0, self.organization.earliest)
        end = (
            self.organization.now
            if finished
            else min(now.state.read_at, now.state.read_until or 0) - table.seconds
        )
        kept, true = (
            each.among(lambda start: begin <= start <= end)
            for each in (now.contents, self.truth(table, start=begin))
        )
        found = self.archive.audit(
            self.organization.client, organization=self._name, tables=[table]
        ).differences.to_pylist()
        differences = kept.differences(true)
        assert audited(found, table) == differences
        self._counts["audits"] += 1
        self._counts["differences that audits found"] += differences.total()

    def check_idle(self, table: ArchiveTable, *, lookback: int) -> None:
        """Check that nothing is written when nothing has changed."""
        before = self.look(table)
        result = self.archive.sync(
            self.organization.client,
            organization=self._name,
            tables=[table],
            lookback=f"{lookback}d",
            names=False,
        )
        assert result.files_written == 0
        assert self.look(table) == before

    def check_same(self, table: ArchiveTable) -> None:
        """Check that the archive has what a full pull says, row for row, but for its gaps."""
        now = self.look(table)
        true = self.truth(table, start=now.state.read_from or 0).among(
            lambda start: not _is_within(start, now.state.gaps)
        )
        assert now.contents.buckets == true.buckets
        self._counts["rows compared"] += true.rows

    def check_complete(self, table: ArchiveTable) -> None:
        """Check that what is said to have settled has, after a sync whose look-back is long enough."""
        now = self.look(table)
        state, true = now.state, self.truth(table, start=now.state.read_from or 0)

        def is_complete(start: int) -> bool:
            end = start + table.seconds
            forgotten = any(start < last and first < end for first, last in state.unsettled)
            return end <= (state.settled_until or 0) and not forgotten and not _is_within(start, state.gaps)

        complete = true.among(is_complete)
        assert now.contents.among(is_complete).buckets == complete.buckets
        self._counts["complete buckets compared"] += len(complete.buckets)
        self._counts["ranges that never settled"] += len(state.unsettled)

    def _synced(
        self, tables: Sequence[ArchiveTable], *, lookback: int, since: int | None
    ) -> Collection[ArchiveTable]:
        """Sync, and return the tables of which it is not known that they have come to their end."""
        self._counts["syncs"] += 1
        try:
            result = self.archive.sync(
                self.organization.client,
                organization=self._name,
                tables=tables,
                lookback=f"{lookback}d",
                since=since,
                names=False,
            )
        except OpenAIUsageError:
            self._counts["syncs that failed"] += 1
            return tables
        refused = {each.name for each in result.tables if each.refused}
        self._counts["tables refused"] += len(refused)
        return [table for table in tables if table.name in refused]

    def check_outlived(self, table: ArchiveTable, before: TableState, *, lookback: int) -> None:
        """Check what is kept of a table of which the API may have forgotten something too soon.

        `before` is how far it had been read before this sync.
        """
        now, earliest = self.look(table), self.organization.earliest
        true = self.truth(table, start=now.state.read_from or 0).buckets
        start = earliest
        if before.read_at is not None and before.read_until is not None:
            reached = min(before.read_until, int(before.read_at) - lookback * DAY) // DAY * DAY
            start = max(reached, earliest)
        read_at = self._read_at.setdefault(table, {})
        read_at.update(
            dict.fromkeys(range(start, self.organization.now, table.seconds), self.organization.now)
        )
        forgotten = {
            bucket
            for first, end in now.state.gaps
            for bucket in range(_aligned_up(first, table), end, table.seconds)
        }
        assert not forgotten & (read_at.keys() | now.contents.buckets.keys())
        assert true.keys() <= forgotten | read_at.keys()
        patience = self.organization.days * DAY + table.seconds
        for bucket in true.keys() - forgotten:
            settled = bucket >= earliest or read_at[bucket] >= bucket + patience
            assert not settled or now.contents.buckets.get(bucket) == true[bucket]
        self._counts["buckets that the API forgot before they were read"] += len(forgotten & true.keys())

    def _check_finished(self, old: Moment, new: Moment, *, since: int | None) -> None:
        """How far it says that it has been read."""
        simulated, known = self.organization, old.state.read_from
        asked = simulated.earliest if since is None else max(simulated.earliest, since // DAY * DAY)
        begin = asked if known is None else known if since is None else min(known, asked)
        assert new.state.read_from == begin
        until = old.state.read_until
        forgotten = {(until, simulated.earliest)} if until and until < simulated.earliest else set[Gap]()
        kept = {each for each in old.state.gaps if each != old.state.unread}
        if old.state.unread is not None and old.state.unread[0] < simulated.earliest:
            first, end = old.state.unread
            kept.add((first, min(end, simulated.earliest)))
        assert set(new.state.gaps) == {*kept, *forgotten}
        assert new.state.unread is None
        assert (new.state.read_until or 0) >= simulated.now - HOUR
        assert new.state.refused is None

    def _check_unfinished(self, table: ArchiveTable, old: Moment, new: Moment) -> None:
        """Each bucket is what it was, or what it is now."""
        was, now = old.contents.buckets, new.contents.buckets
        if now:
            true = self.truth(table, start=min(now)).buckets
            known = old.state.read_from or 0
            older = {each for each in now.keys() | true.keys() if (new.state.read_from or 0) <= each < known}
            lost = {
                each for each in older if not _is_within(each, new.state.gaps) and now.get(each) != true[each]
            }
            assert not lost
            self._counts["buckets of an older start that was interrupted"] += len(older & now.keys())
            mixed = [
                each
                for each in now.keys() | was.keys()
                if now.get(each) not in (was.get(each), true.get(each))
            ]
            assert not mixed

    def _check_noted(self, table: ArchiveTable, old: Moment, new: Moment) -> None:
        """What has changed in buckets that had been over when they were read is noted, and nothing else."""
        begin = old.state.read_from or 0
        until = min(old.state.read_at or 0, old.state.read_until or 0) - table.seconds
        before, after = (
            each.contents.among(
                lambda start: begin <= start <= until and not _is_within(start, old.state.gaps)
            )
            for each in (old, new)
        )
        changes = before.differences(after)
        times = (int(old.state.read_at or 0), self.organization.now)
        assert new.noted - old.noted == Counter({(each, *times): count for each, count in changes.items()})
        assert old.noted <= new.noted
        self._counts["restated numbers"] += changes.total()

    def _check_files(self, table: ArchiveTable, old: Moment, new: Moment) -> None:
        """A month in which no bucket has changed is the same file; a bucket says when it changed."""
        was, now = old.contents.buckets, new.contents.buckets
        for bucket, rows in now.items():
            pulled_at = old.contents.pulled_at[bucket] if rows == was.get(bucket) else self.organization.now
            assert new.contents.pulled_at[bucket] == pulled_at
        changed = {_month_of(each) for each in was.keys() | now.keys() if was.get(each) != now.get(each)}
        rewritten = {
            month
            for month in old.files.keys() | new.files.keys()
            if old.files.get(month) != new.files.get(month)
        }
        assert rewritten == changed
        self._counts["months written"] += len(changed)


def _is_within(moment: int, ranges: Sequence[Gap]) -> bool:
    return any(first <= moment < end for first, end in ranges)


def _aligned_up(moment: int, table: ArchiveTable) -> int:
    return -(-moment // table.seconds) * table.seconds


def _month_of(bucket: int) -> str:
    return datetime.fromtimestamp(bucket, UTC).strftime("month=%Y-%m")
