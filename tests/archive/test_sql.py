"""An archive is asked by SQL: exact, with names, and no more of it is read than the query needs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from openai_org_usage import Archive, ArchiveDamagedError, ArchiveError, sum_amounts
from openai_org_usage.archive.sql.connection import connect
from openai_org_usage.archive.storage.storage import open_storage
from openai_org_usage.emulator import Emulator

from ..conftest import DAY, MIDNIGHT, NOW
from .world import MovingClock, World, client_of_organization, world_in

duckdb: Any = pytest.importorskip("duckdb")
pa: Any = pytest.importorskip("pyarrow")
pq: Any = pytest.importorskip("pyarrow.parquet")
SINCE = MIDNIGHT - 22 * DAY
"""In the month before."""
pytestmark = pytest.mark.xdist_group("sql")
OF_NOVEMBER = (
    "SELECT count(*), sum(amount_value) FROM costs WHERE month = '2026-11' AND organization = 'default'"
)
Rows = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def kept(
    tmp_path_factory: pytest.TempPathFactory, served_api: Emulator, moving_clock: MovingClock
) -> Iterator[World]:
    """A world whose archive has costs and completions of three weeks, and names."""
    with world_in(tmp_path_factory.mktemp("kept") / "archive", served_api, moving_clock) as world:
        world.archive.sync(world.client, tables=["costs", "completions"], since=SINCE)
        yield world


@pytest.fixture
def copy(kept: World, tmp_path: Path) -> World:
    """The same, to be changed."""
    folder = tmp_path / "copy"
    shutil.copytree(kept.folder, folder)
    return World(kept.api, kept.clock, kept.client, folder)


def ask(archive: Archive, query: str) -> Rows:
    """What a connection of its own says."""
    connection = archive.duckdb()
    try:
        rows: Rows = connection.execute(query).fetchall()
        return rows
    finally:
        connection.close()


def test_sums_are_those_of_the_api(kept: World) -> None:
    """Exact to the last digit."""
    asked = kept.client.costs(start_time=SINCE, group_by=["project_id", "line_item"])
    (row,) = ask(kept.archive, "SELECT sum(amount_value), any_value(amount_currency) FROM costs")
    assert row == (sum_amounts(asked)["usd"], "usd")


def test_names_stand_beside_their_ids(kept: World) -> None:
    """As those of the rows of a query, and null where nobody knows one."""
    names = kept.archive.names()
    found = ask(
        kept.archive,
        "SELECT DISTINCT project_id, project_name, user_id, user_name, user_email, api_key_id, api_key_name "
        "FROM completions",
    )
    assert len(found) > 5
    for project, project_name, user, user_name, email, key, key_name in found:
        assert project_name == names.project_name(project)
        assert (user_name, email) == (names.user_name(user), names.user_email(user))
        assert key_name == names.api_key_name(key)
    assert any(row[-1] is None for row in found), "keys that were deleted before have no name"


def test_names_that_rows_bring_stand_in_for_those_that_no_list_has(
    tmp_path: Path, served_api: Emulator, moving_clock: MovingClock
) -> None:
    """Costs say what their project is called."""
    with world_in(tmp_path / "archive", served_api, moving_clock) as world:
        world.sync("costs", since=MIDNIGHT - DAY)
        rows = {row["project_id"]: row["project_name"] for row in world.rows("costs")}
        assert None not in rows.values()
        asked = "SELECT DISTINCT project_id, project_name FROM costs"
        assert dict(ask(world.archive, asked)) == rows
        world.archive.sync(world.client, tables=["costs"])
        names = {id: world.archive.names().project_name(id) or own for id, own in rows.items()}
        assert dict(ask(world.archive, asked)) == names


def test_a_deleted_key_keeps_its_name(copy: World) -> None:
    """Its last version has one."""
    path = copy.files("api_keys")[0]

    def close(table: Any) -> Any:
        ended = pa.array(
            [datetime(2026, 11, 20, tzinfo=UTC)] * table.num_rows, table.schema.field("last_seen").type
        )
        return table.set_column(table.schema.get_field_index("last_seen"), "last_seen", ended)

    asked = "SELECT count(DISTINCT api_key_name) FROM completions"
    before = ask(copy.archive, asked)
    copy.rewrite(path, close)
    assert ask(copy.archive, asked) == before != [(0,)]
    (closed,) = ask(copy.archive, "SELECT bool_and(last_seen IS NOT NULL) FROM api_keys")
    assert closed == (True,)


def test_complete_are_buckets_that_had_been_over_for_the_lookback(kept: World) -> None:
    """Ten days are, of three weeks and the running day."""
    found = ask(
        kept.archive,
        "SELECT complete, min(start_time), max(start_time) FROM costs GROUP BY complete ORDER BY complete",
    )
    last = MIDNIGHT - 11 * DAY
    moments = [(each, int(first.timestamp()), int(end.timestamp())) for each, first, end in found]
    assert moments == [(False, last + DAY, MIDNIGHT), (True, SINCE, last)]


def test_what_the_api_forgot_before_it_had_settled_is_never_complete(
    tmp_path: Path, served_api: Emulator, moving_clock: MovingClock
) -> None:
    """Neither after a gap, nor by a look-back that is longer than the one it was read with."""
    asked = "SELECT DISTINCT start_time FROM images WHERE complete"
    with world_in(tmp_path / "archive", served_api, moving_clock) as world:
        world.sync(since="20d", lookback="1d")
        for _ in range(3):
            moving_clock.now += 5 * DAY
            world.sync(lookback="1d")
        moving_clock.now += DAY
        world.sync(lookback="12d")
        complete = {int(start.timestamp()) for (start,) in ask(world.archive, asked)}
        assert max(complete) == MIDNIGHT + 3 * DAY
        moving_clock.now += 100 * DAY
        world.sync(lookback="12d")
        later = {int(start.timestamp()) for (start,) in ask(world.archive, asked)}
        assert {start for start in later if start < MIDNIGHT + 40 * DAY} == complete
        assert max(later) == MIDNIGHT + (116 - 13) * DAY


def test_what_is_kept_is_a_view_itself(kept: World) -> None:
    """How far each table goes, and how old it is."""
    found = ask(
        kept.archive,
        "SELECT table_name, organization, group_by, read_from, read_until, read_at, complete_until, months, "
        "rows FROM archive_tables ORDER BY ALL",
    )
    now = datetime.fromtimestamp(NOW, UTC)
    first = datetime.fromtimestamp(SINCE, UTC)
    (costs,) = (row for row in found if row[0] == "costs")
    (count,) = ask(kept.archive, "SELECT count(*) FROM costs")
    settled = datetime.fromtimestamp(NOW - 10 * DAY, UTC)
    assert costs == ("costs", "default", "project_id,line_item", first, now, now, settled, 2, *count)
    assert [row[0] for row in found] == ["api_keys", "completions", "costs", "projects", "users"]


def test_days_are_utc(kept: World) -> None:
    """Wherever one asks from."""
    found = ask(kept.archive, "SELECT DISTINCT date_trunc('day', start_time) = start_time FROM costs")
    assert found == [(True,)]


def test_only_the_files_of_the_month_are_read(copy: World) -> None:
    """Another one may even have become unreadable since the connection was made."""
    expected = ask(copy.archive, OF_NOVEMBER)
    october = copy.files("costs")[0]
    with copy.archive.duckdb() as connection:
        october.write_bytes(b"x" * october.stat().st_size)
        assert connection.execute(OF_NOVEMBER).fetchall() == expected
        with pytest.raises(duckdb.Error):
            connection.execute("SELECT sum(amount_value) FROM costs").fetchall()


def uploaded(folder: Path, url: str) -> Archive:
    """An archive in an object store with the files of `folder`."""
    storage = open_storage(url)
    for path in sorted(folder.rglob("*.*")):
        storage.write(path.relative_to(folder).as_posix(), path.read_bytes())
    return Archive(url)


def test_an_object_store_says_the_same(kept: World, s3_url: str) -> None:
    """Of tables with names, of lists, and of what is kept; it, too, reads only the files of the month."""
    store = uploaded(kept.folder, s3_url)
    for query in (
        "SELECT month, project_name, complete, sum(amount_value) FROM costs GROUP BY ALL ORDER BY ALL",
        "SELECT * EXCLUDE (pulled_at) FROM completions ORDER BY ALL LIMIT 20",
        "SELECT * FROM api_keys ORDER BY ALL",
        "SELECT * FROM archive_tables ORDER BY ALL",
        "SELECT * FROM restatements",
    ):
        assert ask(store, query) == ask(kept.archive, query)
    october = kept.files("costs")[0]
    open_storage(s3_url).write(october.relative_to(kept.folder).as_posix(), b"x" * october.stat().st_size)
    assert ask(store, OF_NOVEMBER) == ask(kept.archive, OF_NOVEMBER)
    with pytest.raises((duckdb.Error, OSError)):
        ask(store, "SELECT sum(amount_value) FROM costs")


def test_a_column_that_a_file_lacks_is_null(copy: World) -> None:
    """It was written before there was one; the other month has it."""
    older, newer = copy.files("completions")
    copy.rewrite(older, lambda table: table.drop_columns(["input_tokens"]))
    found = ask(
        copy.archive, "SELECT month, count(*), count(input_tokens) FROM completions GROUP BY 1 ORDER BY 1"
    )
    counts = [pq.ParquetFile(path).metadata.num_rows for path in (older, newer)]
    assert found == [("2026-10", counts[0], 0), ("2026-11", counts[1], counts[1])]


def test_a_table_without_rows_has_its_columns(copy: World) -> None:
    """As of one that the organization refuses."""
    manifest = copy.archive.manifest()
    copy.archive.sync(copy.client, tables=["images"], names=False, since=NOW)
    shutil.rmtree(copy.folder / "table=images")
    manifest = copy.archive.manifest()
    manifest.state("default", "images").months.clear()
    from openai_org_usage.archive.manifest import encode_manifest

    (copy.folder / "manifest.json").write_bytes(encode_manifest(manifest))
    assert ask(copy.archive, "SELECT images, project_name, complete FROM images") == []


def test_a_missing_file_is_named(copy: World) -> None:
    """When the connection is made."""
    copy.files("costs")[0].unlink()
    with pytest.raises(ArchiveDamagedError, match=r"month=2026-10.* is missing") as failed:
        copy.archive.duckdb()
    assert failed.value.paths == ("table=costs/organization=default/month=2026-10/data.parquet",)


@pytest.mark.parametrize("damage", ["another month", "one bit"])
def test_a_file_that_is_not_what_was_written_is_named(copy: World, damage: str) -> None:
    """Also where it is as long as that, and DuckDB would read it; other tables are not looked at."""
    october, november = copy.files("costs")
    content = bytearray((november if damage == "another month" else october).read_bytes())
    content[len(content) // 2] ^= damage == "one bit"
    october.write_bytes(content)
    with pytest.raises(ArchiveDamagedError, match=r"month=2026-10.* is not as it was written"):
        copy.archive.duckdb()
    with connect(open_storage(copy.folder), copy.archive.manifest(), query="from completions") as connection:
        assert connection.execute("SELECT count(*) > 0 FROM completions").fetchall() == [(True,)]


def put_aside(world: World) -> None:
    """Have the archive be as a writer leaves it that dies when its record is written."""
    journal = world.folder / "_journal"
    journal.mkdir()
    moves = {}
    for number, path in enumerate([*world.files("costs")[:1], *world.files("api_keys")]):
        moves[path.relative_to(world.folder).as_posix()] = f"_journal/{number}"
        path.rename(journal / str(number))
        path.write_bytes(b"what was there before")
    (journal / "commit.json").write_text(json.dumps({"moves": moves, "removed": []}))


def test_what_is_still_to_be_put_in_its_place_is_read_from_where_it_is(copy: World) -> None:
    """While the writer has its lock; a column that it lacks is null there, too."""
    asked = (
        "SELECT * FROM costs ORDER BY ALL",
        "SELECT month, typeof(month), sum(amount_value), any_value(typeof(amount_value)), bool_or(complete) "
        "FROM costs GROUP BY ALL ORDER BY ALL",
        "SELECT count(DISTINCT api_key_name) FROM completions",
    )
    before = [ask(copy.archive, query) for query in asked]
    put_aside(copy)
    with open_storage(copy.folder).writer_lock():
        assert [ask(copy.archive, query) for query in asked] == before
        assert (copy.folder / "_journal").exists()
    assert [ask(copy.archive, query) for query in asked] == before
    assert not (copy.folder / "_journal").exists()


def test_a_folder_may_be_called_anything(copy: World, tmp_path: Path) -> None:
    """Even as a pattern, or with quotes, or as a partition."""
    for name in ("[a]*?", 'it\'s "so"', "organization=x/month=1"):
        folder = tmp_path / name
        shutil.copytree(copy.folder, folder)
        found = ask(Archive(folder), "SELECT DISTINCT organization, month FROM costs ORDER BY ALL")
        assert found == [("default", "2026-10"), ("default", "2026-11")]


def test_several_organizations_are_told_apart(copy: World) -> None:
    """Their names do not mix, though the ids of their projects, users and keys are the same."""
    with client_of_organization("org-other", copy.clock) as other:
        copy.archive.sync(other, organization="other", tables=["costs"], names=False, since=MIDNIGHT)
    asked = "SELECT organization, count(*) > 0, count(DISTINCT month) FROM costs GROUP BY 1 ORDER BY 1"
    assert ask(copy.archive, asked) == [("default", True, 2), ("other", True, 1)]
    users = "SELECT DISTINCT organization FROM users"
    assert ask(copy.archive, users) == [("default",)]


def test_sums_beyond_the_digits_are_refused(kept: World) -> None:
    """And never wrong."""
    connection = kept.archive.duckdb()
    (one,) = connection.execute("SELECT sum(v) FROM (VALUES (99999999::DECIMAL(38,30))) t(v)").fetchone()
    assert one == Decimal(99999999)
    with pytest.raises(duckdb.OutOfRangeException, match=r"(?i)overflow"):
        connection.execute(
            "SELECT sum(v) FROM (SELECT 99999999::DECIMAL(38,30) AS v FROM range(3))"
        ).fetchall()
    connection.close()


def test_no_archive_is_none(tmp_path: Path) -> None:
    """Nothing is made there."""
    for call in (
        Archive(tmp_path / "none").duckdb,
        Archive(tmp_path / "none").names,
        Archive(tmp_path).lateness,
    ):
        with pytest.raises(ArchiveError, match="is no archive"):
            call()
    assert not (tmp_path / "none").exists()
