"""`restatements` prints how late usage comes, in all formats, and says what it means."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import attrs
import pytest

from openai_org_usage import Archive, UsageClient
from openai_org_usage.cli.exit_codes import Exit
from openai_org_usage.emulator import Emulator, Restatements

from ..archive.world import MovingClock
from ..conftest import DAY, MIDNIGHT, NOW
from .conftest import Run


@attrs.frozen
class Kept:
    """An archive of a restating organization, and the sums that it restated."""

    folder: Path
    archive: Archive
    restated: int


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """An archive that was synced on four days, of an organization whose usage is right after two days."""
    clock, folder = MovingClock(), tmp_path_factory.mktemp("restated") / "archive"
    archive, restated = Archive(folder), 0
    with (
        Emulator(now=clock, restatements=Restatements(days=2)) as api,
        UsageClient(admin_key=api.admin_key, base_url=api.base_url, clock=clock) as client,
    ):
        for day in range(4):
            clock.now = NOW + day * DAY
            since = MIDNIGHT - 2 * DAY
            restated += archive.sync(
                client, tables=["costs"], names=False, since=since, lookback="4d"
            ).restated
    return Kept(folder, archive, restated)


def test_a_lookback_can_be_chosen(kept: Kept) -> None:
    """All that was seen is at most two days late, which a reading once a day sees within three."""
    found = kept.archive.lateness()
    assert kept.restated > 0
    assert 0 < found.changes <= kept.restated
    assert {each.table for each in found.tables} == {"costs"}
    assert all(each.seconds <= 3 * DAY and each.least_seconds <= 2 * DAY for each in found.by_number)
    assert found.lookback == 4 * DAY


def test_the_command_prints_a_distribution(kept: Kept, command: Run) -> None:
    """And says what it means, and that a look-back bounds what is seen."""
    said = command(f"restatements {kept.folder} --format csv")
    assert said.code == 0
    head, *lines = said.out.splitlines()
    assert head.startswith("table,from_days,to_days,changes,percent,percent_so_far,currency,amount,")
    assert {line.split(",")[0] for line in lines} == {"costs"}
    changes = kept.archive.lateness().changes
    assert sum(int(line.split(",")[3]) for line in lines) == changes
    assert f"note: {changes:,} rows have changed, seen from 2026-11-2" in said.err
    assert "for 100 % of the changes of every table\n" in said.err
    assert "note: sync looks back 4d at most: what comes later than that is not seen" in said.err


def test_the_command_prints_json(kept: Kept, command: Run, tmp_path: Path) -> None:
    """With amounts as strings."""
    said = command(f"restatements {kept.folder} --format json -q")
    data, found = json.loads(said.out), kept.archive.lateness()
    assert said.err == ""
    assert Decimal(data["tables"]["costs"]["amount"]) == found.tables[0].amount
    assert [each["lookback"] for each in data["by_number"]][-1] in ("2d", "3d")
    assert data["tables"]["costs"]["changes"] == data["changes"] == found.changes
    path = tmp_path / "late.json"
    assert command(f"restatements {kept.folder} -o {path}").code == 0
    assert json.loads(path.read_text()) == data


def test_one_organization_is_chosen_by_its_name(kept: Kept, command: Run) -> None:
    """One that is not kept is said to be none, with those that are."""
    whole, chosen = (
        command(f"restatements {kept.folder} --format json {words}").out
        for words in ("", "--organization default")
    )
    assert chosen == whole
    said = command(f"restatements {kept.folder} --organization acme")
    assert said.code == Exit.ARCHIVE
    assert "nothing of an organization called 'acme'; there are: default" in said.err


def test_the_command_prints_a_table(kept: Kept, command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    said = command(f"restatements {kept.folder}")
    assert said.code == 0
    head, _, first, *_ = said.out.splitlines()
    assert head.split() == ["table", "age", "changes", "%", "%", "so", "far", "amount", "%", "of", "amount"]
    assert first.split()[:2] == ["costs", "0-1d"]
    assert max(map(len, said.out.splitlines())) <= 80


def test_where_nothing_is_restated_that_is_said(
    command: Run, client: UsageClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And why that may be: there was one sync, and a change takes another one to be seen."""
    folder = tmp_path / "archive"
    Archive(folder).sync(client, tables=["vector_stores"], names=False, since=MIDNIGHT)
    said = command(f"restatements {folder}")
    assert (said.code, len(said.out.splitlines())) == (0, 1)
    assert said.err == (
        "note: nothing has been restated yet that had been over when it was read; later syncs see it\n"
        "note: sync looks back 10d at most: what comes later than that is not seen, however much it is\n"
    )
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert command(f"restatements {folder}").out == ""
    assert json.loads(command(f"restatements {folder} --format json").out)["by_number"] == []


def test_what_is_no_archive_is_said(command: Run, tmp_path: Path) -> None:
    """In a line."""
    said = command(f"restatements {tmp_path}")
    assert said.code != Exit.DONE
    assert said.err == f"error: {tmp_path} is no archive: give another one, or make one there by sync\n"
