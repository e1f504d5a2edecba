"""An archive whose manifest is lost is named, and made whole by a repair from its files and by the API."""

from __future__ import annotations

import re

import pytest

from openai_org_usage import ArchiveDamagedError, ArchiveError, ArchiveTable

from ..conftest import DAY, MIDNIGHT
from .world import DAYS_SERVED, World, pa, pq

BY_MODEL = ArchiveTable.of("images", group_by=["model"])
YEAR = 365 * DAY


@pytest.mark.parametrize("left", [None, b"{"])
def test_a_lost_manifest_is_named_and_made_anew(world: World, left: bytes | None) -> None:
    """Rows, tables, the organization and its lists are what they were; what is served is read again."""
    world.archive.sync(world.client, tables=["vector_stores", BY_MODEL])
    before = world.archive.manifest()
    world.clock.now += 20 * DAY
    _lose(world, left)
    kept = world.snapshot()
    for use in (world.sync, world.archive.manifest, world.archive.client):
        with pytest.raises(ArchiveDamagedError, match=r"manifest\.json .*sync --repair"):
            use()
    assert world.snapshot() == kept

    result = world.archive.sync(world.client, repair=True, tables=["vector_stores", BY_MODEL])

    assert result.notes == (
        "manifest.json was lost, and is made anew from 7 files: what the API still serves is read again; "
        "gaps of before that are not known any more",
    )
    after = world.archive.manifest()
    assert (after.tables, after.organizations["default"].id) == (before.tables, "org-emulated")
    state = after.state("default", "vector_stores")
    assert state.read_from == before.state("default", "vector_stores").read_from
    assert world.served("vector_stores") <= world.kept("vector_stores")
    assert state.unsettled == [(state.read_from, MIDNIGHT + 20 * DAY - DAYS_SERVED * DAY)]
    aside = world.folder / "_damaged" / "manifest.json"
    assert (aside.read_bytes() if aside.exists() else None) == left

    _lose(world, left and b"[")
    world.sync("vector_stores", repair=True)
    again = world.folder / "_damaged" / "manifest-2.json"
    assert [each.read_bytes() for each in (aside, again) if each.exists()] == ([left, b"["] if left else [])


def test_what_is_older_than_the_api_stays(world: World) -> None:
    """It counts as complete, but for the year before the last change; a damaged file is still said to be."""
    world.sync("vector_stores")
    whole = world.kept("vector_stores")
    path = world.files("vector_stores")[0]
    world.clock.now += 2 * YEAR
    world.sync("vector_stores")
    path.write_bytes(path.read_bytes()[:-10])
    _lose(world, None)

    result = world.sync("vector_stores", repair=True)

    assert result.notes[1].startswith("vector_stores 2026-10: lost, vector_stores: status 400")
    kept = world.kept("vector_stores")
    assert whole - kept
    assert whole & kept
    state = world.archive.manifest().state("default", "vector_stores")
    assert state.unsettled[0][0] > MIDNIGHT + YEAR - 30 * DAY


def test_a_name_that_tells_nothing_is_refused(world: World) -> None:
    """Without the table under it the others are made anew."""
    world.sync(ArchiveTable.of("images", group_by=["model"], name="mine"), "vector_stores", since="2d")
    _lose(world, None)
    with pytest.raises(ArchiveError, match=re.escape("the name of table=mine does not tell")):
        world.sync("vector_stores", repair=True)
    (world.folder / "table=mine").rename(world.folder.parent / "mine")
    world.sync("vector_stores", repair=True)
    assert list(world.archive.manifest().tables) == ["vector_stores"]


@pytest.mark.parametrize(
    "table",
    [
        ArchiveTable.of("completions", bucket_width="1h"),
        ArchiveTable.of("completions", group_by=["project_id", "model"], bucket_width="1h"),
        ArchiveTable.of("costs", group_by=["line_item", "api_key_id"]),
        ArchiveTable.of("images", group_by=[]),
    ],
)
def test_a_name_tells_what_a_table_is_of(table: ArchiveTable) -> None:
    """Unless it was given one of its own."""
    assert ArchiveTable.named(table.name) == table
    assert ArchiveTable.named(f"{table.name}_of_mine") is None


@pytest.mark.parametrize(
    "path",
    [
        "table=images/organization=default/month=2026-09/data.parquet",
        "table=images/organization=default/month=2026-13/data.parquet",
        "table=users/organization=default/month=all/data.parquet",
        "table=restatements/organization=default/month=2026-10/data.parquet",
    ],
)
def test_a_file_of_something_else_is_named_and_left_alone(world: World, path: str) -> None:
    """It may be all that somebody has; what lies elsewhere is none of the archive's."""
    world.sync("vector_stores", since="2d")
    foreign, beside = world.folder / path, world.folder / "table=vector_stores" / "notes.parquet"
    foreign.parent.mkdir(parents=True)
    pq.write_table(pa.table({"start_time": [1], "mine": [1]}), foreign)
    beside.write_bytes(foreign.read_bytes())
    _lose(world, None)
    before = world.snapshot()

    with pytest.raises(ArchiveError, match=f"{path} is no file that a sync has written: move it elsewhere"):
        world.sync("vector_stores", repair=True)

    assert world.snapshot() == before
    foreign.unlink()
    world.sync("vector_stores", repair=True)
    assert beside.exists()


def _lose(world: World, left: bytes | None) -> None:
    """Lose the manifest; a damaged one may be `left` of it."""
    path = world.folder / "manifest.json"
    path.unlink()
    if left is not None:
        path.write_bytes(left)
