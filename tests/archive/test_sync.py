"""What a sync reads and writes: everything at first, then what has changed."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from openai_org_usage import Archive, ArchiveError, ArchiveTable, ServerError
from openai_org_usage.archive.storage.journal import Journal
from openai_org_usage.archive.storage.storage import open_storage
from openai_org_usage.archive.sync import sync_run
from openai_org_usage.archive.sync.sync_result import SyncProgress, SyncResult
from openai_org_usage.emulator import FaultPlan
from openai_org_usage.emulator.faults import Status

from ..conftest import DAY, MIDNIGHT, NOW
from .world import DAYS_SERVED, Row, World, client_of_organization

TABLES = ("images", "vector_stores", "moderations")
EARLIEST = MIDNIGHT - DAYS_SERVED * DAY


def test_a_first_sync_keeps_all_that_the_api_serves(world: World) -> None:
    """It asks for more than that, and begins where the refusal says."""
    result = world.sync(*TABLES)
    for table in TABLES:
        assert world.kept(table) == world.served(table), table
        state = world.archive.manifest().organizations["default"].tables[table]
        assert (state.read_from, state.read_until, state.read_at) == (EARLIEST, NOW, NOW)
        assert list(state.months) == ["2026-10", "2026-11"]
    assert [table.months for table in result.tables] == [("2026-10", "2026-11")] * 3
    assert result.rows == sum(len(world.rows(table)) for table in TABLES)
    assert result.id == "org-emulated"
    assert result.notes == result.tables[0].notes == ()


def test_an_unchanged_second_sync_writes_nothing(world: World) -> None:
    """Not a byte, not a time of a file; and each table is one request, for the look-back."""
    world.sync(*TABLES)
    before = world.snapshot()
    world.api.reset()
    result = world.sync(*TABLES)
    assert world.snapshot() == before
    assert result.files_written == 0
    assert [table.requests for table in result.tables] == [1, 1, 1]
    assert result.requests == len(world.asked) == 3
    assert {asked["start_time"] for asked in world.asked} == {str(MIDNIGHT - 10 * DAY)}


def test_a_day_later_what_is_new_is_there(world: World) -> None:
    """And the day that was running is whole."""
    world.sync(*TABLES)
    world.clock.now += DAY
    old = world.snapshot()["table=images/organization=default/month=2026-10/data.parquet"]
    world.sync(*TABLES)
    for table in TABLES:
        assert world.served(table) - world.kept(table) == {}
    assert world.archive.audit(world.client).differences.num_rows == 0
    assert world.snapshot()["table=images/organization=default/month=2026-10/data.parquet"] == old


def test_a_bucket_that_was_read_again_is_replaced_whole(world: World) -> None:
    """Rows that vanished upstream vanish, and a bucket that has not changed keeps when it was read."""
    world.sync()
    emptied, halved = MIDNIGHT - 3 * DAY, MIDNIGHT - 2 * DAY

    def change(start: int, row: Row) -> Row | None:
        if start == halved:
            row["images"] //= 2
        return None if start == emptied else row

    world.change(change)
    world.clock.now += 600
    result = world.sync()
    assert world.kept() == world.served()
    later = {
        row["start_time"].timestamp() for row in world.rows() if row["pulled_at"].timestamp() == NOW + 600
    }
    assert later == {halved, MIDNIGHT}
    assert emptied not in {row["start_time"].timestamp() for row in world.rows()}
    assert result.tables[0].restated > 0


def test_a_month_of_which_nothing_is_left_has_no_file(world: World) -> None:
    """Neither in the folder nor in the manifest."""
    world.sync("vector_stores", lookback="45d")
    world.change(lambda start, row: row if start >= MIDNIGHT - 10 * DAY else None)
    world.sync("vector_stores", lookback="45d")
    assert [path.parent.name for path in world.files("vector_stores")] == ["month=2026-11"]
    months = world.archive.manifest().organizations["default"].tables["vector_stores"].months
    assert list(months) == ["2026-11"]


def test_however_seldom_one_syncs_nothing_is_missed(world: World) -> None:
    """The look-back counts from the sync before."""
    world.sync()
    world.clock.now += 20 * DAY
    world.change(lambda start, row: row | {"images": 7} if start == MIDNIGHT - 9 * DAY else row)
    world.sync()
    assert {row["images"] for row in world.rows() if row["start_time"].timestamp() == MIDNIGHT - 9 * DAY} == {
        7
    }


def test_what_the_api_forgot_before_it_was_read_is_a_gap(world: World) -> None:
    """It is noted, and what is kept stays."""
    world.sync()
    before = world.kept()
    world.clock.now += 100 * DAY
    result = world.sync()
    gap = (NOW, MIDNIGHT + 55 * DAY)
    assert result.tables[0].gaps == (gap,)
    assert result.tables[0].notes == (
        "the API has forgotten what was from 2026-11-20T15:30:00Z to 2027-01-14, before it was read",
    )
    assert before - world.kept() == {}
    assert world.archive.manifest().organizations["default"].tables["images"].gaps == [gap]


def test_a_first_sync_that_is_interrupted_goes_on(world: World) -> None:
    """At the month that was not complete."""
    world.client = world.client.with_options(concurrency=1)
    world.api.faults = FaultPlan({2: Status(500)})
    with pytest.raises(ServerError):
        world.sync(since=EARLIEST)
    assert [path.parent.name for path in world.files()] == ["month=2026-10"]
    october = world.snapshot()["table=images/organization=default/month=2026-10/data.parquet"]
    world.api.reset()
    world.sync()
    assert [asked["start_time"] for asked in world.asked] == [str(MIDNIGHT - 19 * DAY)]
    assert world.kept() == world.served()
    assert world.snapshot()["table=images/organization=default/month=2026-10/data.parquet"] == october


def test_ctrl_c_leaves_what_is_committed_and_no_lock(world: World) -> None:
    """The next sync goes on."""

    def interrupt(progress: SyncProgress) -> None:
        if progress.table == "vector_stores":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.sync("images", "vector_stores", on_progress=interrupt)
    assert [path.parts[-4] for path in world.files()] == ["table=images"] * 2
    result = Archive(world.folder).sync(world.client, tables=["images", "vector_stores"], names=False)
    assert result.tables[0].requests == 1
    assert world.kept("vector_stores") == world.served("vector_stores")


@pytest.mark.parametrize(("together", "manifests"), [(math.inf, 1), (0, 6)])
def test_months_that_come_soon_are_written_at_once(
    together: float, manifests: int, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one manifest; those that take longer one by one. Restatements of all of them are kept."""
    monkeypatch.setattr(sync_run, "TOGETHER", together)
    assert world.sync(*TABLES).files_written == 6 + manifests
    world.change(
        lambda _, row: row | dict.fromkeys(row.keys() & {"images", "usage_bytes", "input_tokens"}, 7)
    )
    result = world.sync(*TABLES)
    restated = [table.restated for table in result.tables]
    assert min(restated) > 0
    assert sum(restated) == len(world.rows("restatements"))


def test_nothing_more_is_written_after_a_commit_that_failed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether that counts is for the next sync to find out."""
    errors, commit = [ArchiveError("the disk is full")], Journal.commit

    def fail_once(journal: Journal, files: Mapping[str, bytes], *, removed: Collection[str] = ()) -> None:
        if errors:
            raise errors.pop()
        commit(journal, files, removed=removed)

    with monkeypatch.context() as patch:
        patch.setattr(sync_run, "TOGETHER", 0)
        patch.setattr(Journal, "commit", fail_once)
        with pytest.raises(ArchiveError, match="the disk is full"):
            world.sync("images", since="3d")
    assert world.files() == []
    world.sync("images", since="3d")
    assert len(world.files()) == 1


def test_since_is_how_far_back_it_goes(world: World) -> None:
    """An older one later on goes back farther; one that the API lacks changes nothing."""
    world.sync(since="2026-11-10")
    assert min(row["start_time"].day for row in world.rows()) == 10
    world.sync(since="2026-10-20")
    assert world.archive.manifest().organizations["default"].tables["images"].read_from == MIDNIGHT - 31 * DAY
    assert world.archive.audit(world.client).differences.num_rows == 0
    world.sync(since="2020-01-01")
    assert world.kept() == world.served()
    before = world.snapshot()
    assert world.sync(since="2020-01-01").rows < 1_000
    assert world.snapshot() == before


def test_an_older_since_that_is_interrupted_goes_on(world: World) -> None:
    """What it lacks by then is a gap, and none once it was read."""
    world.client = world.client.with_options(concurrency=1)
    world.sync(since="2026-11-10")
    world.api.faults = FaultPlan({2: Status(500)})
    with pytest.raises(ServerError):
        world.sync(since=EARLIEST)
    state = world.archive.manifest().organizations["default"].tables["images"]
    assert state.read_from == EARLIEST
    assert state.gaps == [state.unread] == [(MIDNIGHT - 19 * DAY, MIDNIGHT - 10 * DAY)]
    world.api.reset()
    assert world.sync().tables[0].gaps == ()
    assert world.kept() == world.served()


def test_an_object_store_has_the_same_files(world: World, s3_url: str) -> None:
    """Byte for byte, and as few are written."""
    kept = Archive(s3_url)
    options: dict[str, Any] = {"tables": ["vector_stores"], "since": "3d", "names": False}
    assert kept.sync(world.client, **options).files_written == 2
    assert kept.sync(world.client, **options).files_written == 0
    world.sync("vector_stores", since="3d")
    store = open_storage(s3_url)
    assert {path: store.read(path) for path in store.sizes()} == {
        path: content for path, (_, content) in world.snapshot().items()
    }


def test_widths_and_groupings_are_tables_of_their_own(world: World) -> None:
    """They are never mixed."""
    hourly = ArchiveTable.of("images", bucket_width="1h")
    by_model = ArchiveTable.of("images", group_by=["model"])
    world.sync("images", hourly, by_model, since="2026-11-15")
    assert sorted({path.parts[-4] for path in world.files()}) == [
        "table=images",
        "table=images_1h",
        "table=images_by_model",
    ]
    sums = [
        sum(row["images"] for row in world.rows(name)) for name in ("images", "images_1h", "images_by_model")
    ]
    assert len(set(sums)) == 1


def test_progress_tells_of_each_page(world: World) -> None:
    """Which table, how many are done, how many pages have come; and the client's own hook is told, too."""
    own: list[object] = []
    client = world.client.with_options(on_page=own.append)
    told: list[SyncProgress] = []
    world.archive.sync(client, tables=["images", "moderations"], names=False, on_progress=told.append)
    assert [(each.table, each.done, each.planned, each.pages) for each in told] == [
        ("images", 0, 2, 1),
        ("images", 0, 2, 2),
        ("moderations", 1, 2, 3),
        ("moderations", 1, 2, 4),
    ]
    assert len(own) == 4


def test_several_threads_sync_through_one_archive(world: World) -> None:
    """Each its organization; the first takes the lock, and the last gives it back."""
    names = ["one", "two", "three"]

    def sync(name: str) -> SyncResult:
        with client_of_organization(f"org-{name}", world.clock) as client:
            return world.archive.sync(client, organization=name, tables=["images"], since="30d", names=False)

    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(sync, names))
    assert [each.organization for each in done] == names
    manifest = Archive(world.folder).manifest()
    assert {name: list(each.tables) for name, each in manifest.organizations.items()} == {
        name: ["images"] for name in names
    }
    assert len(world.files("images")) == 6
