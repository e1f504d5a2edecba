"""Files that are missing or damaged are named, and pulled again as far as the API serves them."""

from __future__ import annotations

from typing import Any

import pytest

from openai_org_usage import (
    Archive,
    ArchiveDamagedError,
)
from openai_org_usage.archive.manifest import encode_manifest
from openai_org_usage.emulator import FaultPlan
from openai_org_usage.emulator.faults import Status
from openai_org_usage.tables.optional_imports import ArrowTable

from ..conftest import DAY, MIDNIGHT, NOW
from .world import World


class TestDamage:
    """Files that are missing or not whole are named, and pulled again if that is asked for."""

    OLD = "table=images/organization=default/month=2026-10/data.parquet"

    @pytest.mark.parametrize("damage", ["missing", "short", "garbled"])
    def test_a_month_is_pulled_again(self, world: World, damage: str) -> None:
        """It is as it was, but for when it was read."""
        world.sync("images", "vector_stores")
        whole = world.kept()
        self._damage(world, damage)
        if damage != "garbled":  # Of which only reading the file tells.
            with pytest.raises(ArchiveDamagedError, match="month=2026-10") as caught:
                world.sync("vector_stores")
            assert caught.value.paths == (self.OLD,)
        result = world.sync("vector_stores", repair=True)
        assert world.kept() == whole
        assert result.notes == (f"images 2026-10: pulled again, {self._rows(world):,} rows",)
        assert world.sync("images", repair=True).notes == ()

    def test_a_month_that_is_read_and_damaged_is_named(self, world: World) -> None:
        """Also where its size is what it was."""
        world.sync()
        path = world.folder / self.OLD.replace("10", "11")
        content = path.read_bytes()
        path.write_bytes(content[:1000] + bytes(200) + content[1200:])
        with pytest.raises(
            ArchiveDamagedError,
            match=r"month=2026-11/data\.parquet .*sync --repair --table images pulls it again",
        ):
            world.sync()

    def test_what_the_api_serves_no_longer_is_lost(self, world: World) -> None:
        """That is said; what is left of the file is put aside, and the sync goes on."""
        world.sync()
        world.clock.now += 60 * DAY
        self._damage(world, "garbled")
        result = world.sync(repair=True)
        assert result.notes[0].startswith("images 2026-10: lost, images: status 400")
        assert (world.folder / "_damaged" / self.OLD).exists()
        assert not (world.folder / self.OLD).exists()
        assert world.archive.manifest().organizations["default"].tables["images"].gaps[0] == (
            MIDNIGHT - 45 * DAY,
            MIDNIGHT - 19 * DAY,
        )
        assert "2026-10" not in world.archive.manifest().organizations["default"].tables["images"].months
        assert world.sync().files_written == 0

    @pytest.mark.parametrize("fault", [Status(400), Status(403), Status(404)])
    def test_what_is_refused_for_a_while_stays_in_the_manifest(self, world: World, fault: Any) -> None:
        """It is said to be damaged still, the other tables are read, and the next repair pulls it again."""
        world.sync("images", "vector_stores")
        whole = world.kept()
        self._damage(world, "short")
        world.api.faults = FaultPlan(fault, operations="images")
        result = world.sync("vector_stores", repair=True)
        assert result.damaged == (self.OLD,)
        assert result.notes[0].startswith("images 2026-10: still damaged, --repair tries again: images: stat")
        state = world.archive.manifest().state("default", "images")
        assert (list(state.months), state.gaps) == (["2026-10", "2026-11"], [])
        with pytest.raises(ArchiveDamagedError, match="month=2026-10"):
            world.sync("vector_stores")
        world.api.reset()
        assert world.sync("images", repair=True).damaged == ()
        assert world.kept() == whole

    def test_a_gap_that_is_served_after_all_is_filled(self, world: World) -> None:
        """By a repair; what stands around it stays as it is."""
        world.sync("vector_stores")
        whole, rows = world.kept("vector_stores"), world.rows("vector_stores")
        begin, end = MIDNIGHT - 25 * DAY, MIDNIGHT - 12 * DAY
        for path in world.files("vector_stores"):
            world.rewrite(path, lambda table: table.filter(_is_outside(table, begin, end)))
        manifest = world.archive.manifest()
        manifest.state("default", "vector_stores").gaps = [(begin, end)]
        (world.folder / "manifest.json").write_bytes(encode_manifest(manifest))
        assert whole - world.kept("vector_stores")
        audit = world.archive.audit(world.client)
        assert {row["start_time"].timestamp() for row in audit.differences.to_pylist()} == set(
            range(begin, end, DAY)
        )
        world.clock.now += 60
        world.sync("vector_stores", repair=True)
        assert world.kept("vector_stores") == world.served("vector_stores")
        assert world.archive.manifest().state("default", "vector_stores").gaps == []
        again = [row for row in world.rows("vector_stores") if row not in rows]
        assert {row["start_time"].timestamp() for row in again} == {*range(begin, end, DAY), MIDNIGHT}

    def test_a_repair_makes_a_table_no_older_than_its_rows(self, world: World) -> None:
        """The day that was running is read by the sync that follows, not by the repair."""
        world.sync("images", "vector_stores")
        world.clock.now += 3 * DAY
        for path in world.files("images"):
            path.unlink()
        world.sync("vector_stores", repair=True)
        state = world.archive.manifest().state("default", "images")
        assert (state.read_until, state.read_at, state.gaps[1:]) == (MIDNIGHT, NOW, [])
        assert max(row["start_time"].timestamp() for row in world.rows()) == MIDNIGHT - DAY
        world.sync("images")
        assert world.served() - world.kept() == {}
        assert world.archive.audit(world.client).differences.num_rows == 0

    def test_a_table_of_one_day_that_was_running_is_read_anew(self, world: World) -> None:
        """Of which the repair itself has nothing to pull."""
        world.sync(since=MIDNIGHT)
        (path,) = world.files()
        path.unlink()
        world.clock.now += DAY
        world.sync(repair=True)
        assert {row["start_time"].timestamp() for row in world.rows()} == {MIDNIGHT, MIDNIGHT + DAY}

    def test_of_a_month_that_is_served_in_part_the_rest_is_lost(self, world: World) -> None:
        """And said to be."""
        world.sync()
        world.clock.now += 10 * DAY
        self._damage(world, "missing")
        result = world.sync(repair=True)
        assert result.notes == (
            f"images 2026-10: pulled again, {self._rows(world)} rows",
            "images 2026-10: the API no longer serves what was before 2026-10-16",
        )
        assert min(row["start_time"].timestamp() for row in world.rows()) == MIDNIGHT - 35 * DAY

    def test_restatements_that_are_damaged_are_lost(self, world: World) -> None:
        """The API does not tell of them."""
        world.sync("vector_stores")
        world.change(lambda _, row: row | {"usage_bytes": 5})
        world.sync("vector_stores")
        (path,) = world.files("restatements")
        path.unlink()
        result = world.sync("vector_stores", repair=True)
        assert result.notes == ("restatements 2026-11: lost, nothing of the kind can be pulled again",)
        assert Archive(world.folder).manifest().organizations["default"].tables["restatements"].months == {}

    def test_what_is_lost_twice_is_put_aside_twice(self, world: World) -> None:
        """Restatements of a month come again after a repair; what was put aside before may be of use."""
        world.sync("vector_stores")
        world.change(lambda _, row: row | {"usage_bytes": 5})
        for left in (b"one", b"another"):
            world.sync("vector_stores")
            (path,) = world.files("restatements")
            path.write_bytes(left)
            world.sync("vector_stores", repair=True)
            world.api.reset()  # What was restated is as before.
        aside = world.folder / "_damaged" / path.parent.relative_to(world.folder)
        assert {each.name: each.read_bytes() for each in aside.iterdir()} == {
            "data.parquet": b"one",
            "data-2.parquet": b"another",
        }

    def test_lists_that_are_damaged_are_read_again(self, world: World) -> None:
        """What they were called before that is lost, and said to be."""
        world.archive.sync(world.client, tables=["vector_stores"], since="2d")
        (path,) = world.files("users")
        path.unlink()
        with pytest.raises(ArchiveDamagedError, match="table=users"):
            world.sync("vector_stores")
        result = world.archive.sync(world.client, tables=["vector_stores"], repair=True)
        assert result.notes == ("users all: lost, nothing of the kind can be pulled again",)
        assert path.exists()

    def _damage(self, world: World, damage: str) -> None:
        path = world.folder / self.OLD
        content = path.read_bytes()
        path.unlink()
        if damage == "short":
            path.write_bytes(content[:-10])
        if damage == "garbled":
            path.write_bytes(content[:1000] + bytes(200) + content[1200:])

    def _rows(self, world: World) -> int:
        return world.archive.manifest().organizations["default"].tables["images"].months["2026-10"].rows


def _is_outside(table: ArrowTable, begin: int, end: int) -> list[bool]:
    return [not begin <= row["start_time"].timestamp() < end for row in table.to_pylist()]
