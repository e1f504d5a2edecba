"""Names that the command keeps between its runs: how long, of whom, and where they cannot be kept."""

from __future__ import annotations

import os
import re
import signal
import stat
from pathlib import Path

import anyio
import attrs
import httpx
import pytest

from openai_org_usage import NamedKey, NamedProject, Names

from ..conftest import NOW
from .conftest import Lists, Run
from .list_requests import COSTS, DAY, RefusingKeys, rows

AMOUNTS = ("start_time", "project_id", "user_id", "amount_value", "amount_currency")


def test_names_are_read_once_a_day(command: Run, lists: Lists, cache: Path) -> None:
    """And kept for the user's eyes alone; without the option, nothing is asked and nothing is kept."""
    plain = rows(command(COSTS))
    assert lists.asked() == 0
    assert not cache.exists()

    named = rows(command(f"{COSTS} --names"))
    assert lists.asked() > 10
    assert {(row["project_name"], row["user_name"]) for row in named} >= {("Search", "Amara Okafor")}
    assert [{name: row[name] for name in AMOUNTS} for row in named] == [
        {name: row[name] for name in AMOUNTS} for row in plain
    ]
    (file,) = cache.iterdir()
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file, cache)] == [0o600, 0o700]

    assert rows(command(f"{COSTS} --names", now=NOW + DAY - 60)) == named
    assert lists.asked() == 0
    command(f"{COSTS} --names", now=NOW + DAY)
    assert lists.asked() > 10


def test_a_file_of_names_and_own_names(command: Run, lists: Lists, tmp_path: Path) -> None:
    """Those of another day and key, with what a person has written beside them."""
    names = Names(
        projects={"proj_search_prod": NamedProject(id="proj_search_prod", name="Kept")}, read_at=NOW
    )
    names.save(tmp_path / "names.json")
    (tmp_path / "names.toml").write_text('user-amara = "Mine"\n')
    said = command(f"{COSTS} --names --names-file {tmp_path / 'names.json'}")
    found = {(row["project_id"], row["user_id"]): row for row in rows(said)}
    assert lists.asked() == 0
    row = found["proj_search_prod", "user-amara"]
    assert (row["project_name"], row["user_name"]) == ("Kept", "Mine")
    assert found["proj_mobile_app", "user-elif"]["user_name"] == ""

    (tmp_path / "names.json").write_text("nothing")
    said = command(f"{COSTS} --names --names-file {tmp_path / 'names.json'}")
    assert (said.code, said.out) == (1, "")
    assert "read anew" in said.err


def test_the_age_of_names_is_said_on_a_terminal(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in a pipe, where nobody reads it."""
    for now in (NOW, NOW + 2 * 3600):
        assert rows(command(f"{COSTS} --names", now=now))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "300")
    said = command(f"{COSTS} --names", now=NOW + 2 * 3600)
    assert re.search(r"names are 2 h old, as kept in \S+/names-[0-9a-f]{12}\.json", said.err)
    assert command(f"{COSTS} --names --quiet", now=NOW + 2 * 3600).err == ""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="there is no folder in which nothing can be made")
def test_names_that_cannot_be_kept_are_used(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A note says why."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/none")
    said = command(f"{COSTS} --names")
    assert said.code == 0
    assert "Amara Okafor" in said.out
    assert re.fullmatch(r"note: names are not kept: \S+ cannot be written: .*\n", said.err)


def test_of_the_emulator_of_a_command_nothing_is_kept(command: Run, cache: Path) -> None:
    """Its organization is made up, and its address another each time."""
    assert "Amara Okafor" in command(f"{COSTS} --names --emulator").out
    assert not cache.exists()


def test_one_refused_list_does_not_lose_the_others(command: Run, lists: Lists, cache: Path) -> None:
    """What is known is kept, deleted keys, too; but the next run asks again."""
    assert command(f"{COSTS} --names").code == 0
    (file,) = cache.iterdir()
    known = Names.load(file)
    key = NamedKey(id="key_gone", name="Gone")
    known.merged_with(Names(api_keys={"key_gone": key})).save(file)
    for now in (NOW + DAY, NOW + DAY + 60):
        lists.asked()
        said = command(f"{COSTS} --names", now=now, transport=RefusingKeys("proj_search_prod"))
        assert said.err == "note: no names of the keys of 1 project, as the API refused its list\n"
        assert lists.asked() > 5
        kept = Names.load(file)
        assert kept.api_key_name("key_gone") == "Gone"
        assert (kept.read_at, set(kept.projects)) == (now, set(known.projects))


@pytest.mark.parametrize("age", [60, 2 * DAY])
@pytest.mark.parametrize("read_with", [None, "0123456789ab"])
def test_a_file_of_another_organization_is_left_alone(
    age: float, read_with: str | None, command: Run, tmp_path: Path
) -> None:
    """Neither do its names stand in rows that are not its own, nor are those put into it."""
    file = tmp_path / "real.json"
    Names(
        projects={"proj_real": NamedProject(id="proj_real", name="Search")},
        read_at=NOW - age,
        organization="org-real",
        read_with=read_with,
    ).save(file)
    before = file.read_bytes()
    for more in ("", " --emulator"):
        said = command(f"{COSTS} --names --names-file {file}{more}")
        assert (said.code, file.read_bytes()) == (0, before)
        assert "Amara Okafor" in said.out
        assert said.err.endswith("it is left as it is; give another --names-file\n")
    said = command(f"costs --start-time 2026-11-20 --project Search --names-file {file}")
    assert said.code == 0
    assert "left as it is" in said.err


def test_another_key_of_the_organization_reads_names_anew(command: Run, lists: Lists, tmp_path: Path) -> None:
    """And into the same file: what was deleted keeps its name."""
    file = tmp_path / "names.json"
    command(f"{COSTS} --names --names-file {file}")
    known = Names.load(file)
    assert known.organization
    assert re.fullmatch("[0-9a-f]{12}", known.read_with or "")
    key = NamedKey(id="key_gone", name="Gone")
    attrs.evolve(known, api_keys={"key_gone": key}, read_with="0123456789ab").save(file)
    lists.asked()
    assert rows(command(f"{COSTS} --names --names-file {file}"))
    assert lists.asked() > 5
    assert Names.load(file) == known.merged_with(Names(api_keys={"key_gone": key}))


class Stalled(httpx.AsyncBaseTransport):
    """Presses Ctrl-C when the first list is asked for, and gives no answer."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert "/usage/" not in request.url.path
        os.kill(os.getpid(), signal.SIGINT)
        await anyio.sleep_forever()
        raise AssertionError


def test_ctrl_c_ends_the_reading_of_names(command: Run) -> None:
    """At once, however long the lists take."""
    said = command("completions --last 1d --names --deadline 20", transport=Stalled())
    assert (said.code, said.out) == (130, "")
    assert "interrupted" in said.err
