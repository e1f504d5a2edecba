"""The command `sync`: what it prints and exits with, and what becomes of everything that is wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from openai_org_usage.cli.exit_codes import Exit
from openai_org_usage.cli.progress import ArchiveProgress
from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import Altered, GroupingRefused, MissingScope, Stall

from ..conftest import NOW
from ..lines import LIMIT
from .conftest import Run, Said

pytest.importorskip("pyarrow")

from openai_org_usage.archive.storage.storage import open_storage
from openai_org_usage.archive.sync.sync_result import SyncProgress

SCRIPT = Path(sys.executable).with_name("openai-org-usage")
FEW = "--table vector-stores --since 3d --no-names"
DAY = 86_400


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """One of a test's own: whose faults it may change. Its clock stands still."""
    with Emulator(now=lambda: NOW, lookback_days=40) as emulator:
        yield emulator


@pytest.fixture
def present() -> Iterator[Emulator]:
    """The same with this machine's clock, for processes of their own."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the archive is made, as the folder `usage`."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def content(folder: Path) -> dict[str, bytes]:
    """All files of the archive."""
    root = folder / "usage"
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def script(emulator: Emulator, line: str, **more: Any) -> subprocess.Popen[str]:
    """The console script, in a process of its own."""
    keys = {"OPENAI_ADMIN_KEY": emulator.admin_key, "OPENAI_BASE_URL": emulator.base_url}
    keys["PYTHONDONTWRITEBYTECODE"] = "1"  # Python would keep bytecode that a limit for files has cut off.
    return subprocess.Popen(
        [SCRIPT, *line.split()],
        env={**os.environ, **keys},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )


def ran(process: subprocess.Popen[str]) -> Said:
    """What a process left."""
    out, err = process.communicate(timeout=LIMIT)
    return Said(process.returncode, out, err)


def test_a_line_for_each_table(command: Run, folder: Path) -> None:
    """In a pipe; a second sync of the same moment writes nothing."""
    said = command(f"sync usage {FEW}")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "vector_stores: 18 rows read, 1 month written, 0 fields restated, 1 request",
        "2 files written, 1 request",
    ]
    before = content(folder)
    again = command("sync usage --table vector_stores --no-names")
    assert again.out.splitlines()[-1] == "0 files written, 1 request"
    assert content(folder) == before
    assert command(f"sync usage {FEW} --quiet").out == ""


def test_a_table_on_a_terminal(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row for each table, as wide as the terminal."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    said = command(f"sync usage {FEW} --table images")
    heading, _, first, second, closing = (line.split() for line in said.out.splitlines() if line.strip())
    assert heading == ["table", "rows", "read", "months", "written", "fields", "restated", "requests"]
    assert (first[0], second[0]) == ("vector_stores", "images")
    assert closing[1:3] == ["files", "written,"]


def test_the_usual_tables_and_those_that_are_kept(command: Run, folder: Path) -> None:
    """A width or a grouping makes a table of its own, which is then synced like the others."""
    assert command("sync usage --table completions --group-by model --since 2d --no-names").code == 0
    assert command("sync usage --table completions --width 1h --since 2d --no-names").code == 0
    tables = json.loads((folder / "usage" / "manifest.json").read_bytes())["tables"]
    assert sorted(tables) == ["completions_1h", "completions_by_model"]
    said = command("sync usage --since 2d --no-names")
    assert said.code == 0
    assert {"completions", "completions_1h", "completions_by_model", "costs", "costs_by_key"} < {
        line.partition(":")[0] for line in said.out.splitlines()
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("''", "DIR names no directory: give a folder, or the URL of an object store"),
        ("usage --table ''", "--table is empty"),
        ("usage --group-by model", "--group-by is of one endpoint: name it, as in --table completions"),
        ("usage --table nothing", "--table: there is no endpoint 'nothing'"),
        ("usage --table costs --width 1h", "bucket_width cannot be '1h'"),
        ("usage --table images --group-by batch", "group_by cannot be 'batch'"),
        (
            "usage --audit --repair",
            "--audit writes nothing and compares all: leave --repair out",
        ),
        ("usage --lookback 400d", "--lookback: 400d is more than the year that the API goes back"),
        ("usage --lookback soon", "--lookback: 'soon' is no span"),
        ("usage --since 2031-01-01", "--since: 2031-01-01 is ahead"),
        ("usage --organization ../up", "--organization: '../up' cannot be part of a path"),
        (
            "usage --organizations o.toml --emulator",
            "--organizations says whom to ask: leave --emulator out",
        ),
        ("usage --organizations o.toml --organization c", "--organization: 'c' is not in o.toml"),
    ],
)
def test_wrong_usage(line: str, said: str, command: Run, emulator: Emulator, folder: Path) -> None:
    """Nothing is asked and nothing written."""
    (folder / "o.toml").write_text('[organizations.acme]\nkey_env = "ACME_KEY"\n')
    refused = command(f"sync {line}")
    assert refused.code == Exit.USAGE
    assert said in refused.err
    assert not emulator.requests
    assert not (folder / "usage" / "manifest.json").exists()


def test_what_is_no_archive(command: Run, folder: Path, emulator: Emulator) -> None:
    """A folder with other files, a file, and an archive of a newer format: none is touched."""
    (folder / "photos").mkdir()
    (folder / "photos" / "cat.jpg").write_bytes(b"meow")
    (folder / "file").write_bytes(b"")
    newer = {"format": "openai-org-usage archive", "version": 99}
    (folder / "newer").mkdir()
    (folder / "newer" / "manifest.json").write_text(json.dumps(newer))
    said = [command(f"sync {name} {FEW}") for name in ("photos", "file", "newer")]
    assert [each.code for each in said] == [Exit.ARCHIVE] * 3
    for each, part in zip(said, ("photos", "file is a file", "a newer version"), strict=True):
        assert part in each.err
    assert not emulator.requests
    files = sorted(path.name for path in folder.rglob("*") if path.is_file())
    assert files == ["cat.jpg", "file", "manifest.json"]


def test_another_organization_under_the_same_name(command: Run, folder: Path) -> None:
    """Its rows are not mixed with the others."""
    assert command(f"sync usage {FEW}").code == 0
    manifest = folder / "usage" / "manifest.json"
    kept = manifest.read_text()
    id = json.loads(kept)["organizations"]["default"]["id"]
    manifest.write_text(kept.replace(id, "org-other"))
    before = content(folder)
    said = command(f"sync usage {FEW}")
    assert said.code == Exit.OTHER_ORGANIZATION
    assert f"the key is of the organization {id}" in said.err
    assert "--organization NAME" in said.err
    assert content(folder) == before


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


@pytest.mark.parametrize("damage", [Path.unlink, cut_off])
def test_a_missing_or_damaged_file_is_named_and_repaired(
    damage: Callable[[Path], object], command: Run, folder: Path
) -> None:
    """It is pulled again by --repair, and nothing else changes."""
    assert command(f"sync usage {FEW}").code == 0
    before = content(folder)
    (name,) = (path for path in before if path.endswith(".parquet"))
    damage(folder / "usage" / name)
    said = command(f"sync usage {FEW}")
    assert said.code == Exit.ARCHIVE_DAMAGED
    assert name in said.err
    assert "--repair" in said.err
    repaired = command(f"sync usage {FEW} --repair")
    assert repaired.code == 0
    assert "pulled again" in repaired.err
    assert content(folder)[name] == before[name]


def test_a_repair_that_is_refused_does_not_say_that_all_is_well(
    command: Run, emulator: Emulator, folder: Path
) -> None:
    """The file is named as damaged still, and the other tables are read."""
    assert command(f"sync usage {FEW} --table images").code == 0
    (path,) = (folder / "usage" / "table=images").rglob("*.parquet")
    path.unlink()
    emulator.faults = FaultPlan(MissingScope(), operations="images")
    said = command(f"sync usage {FEW} --repair")
    assert said.code == Exit.NOT_ALL
    assert "images 2026-11: still damaged, --repair tries again: " in said.err
    assert said.out.startswith("vector_stores: 18 rows read")


def test_a_clock_that_went_back(command: Run, folder: Path) -> None:
    """Newer answers are not replaced by older ones."""
    assert command(f"sync usage {FEW}").code == 0
    before = content(folder)
    said = command(f"sync usage {FEW}", now=NOW - DAY)
    assert said.code == Exit.ARCHIVE
    assert "the clock went back" in said.err
    assert content(folder) == before


def test_a_start_that_the_api_has_forgotten(command: Run) -> None:
    """It begins at the earliest that the API names: here 40 days back."""
    said = command("sync usage --table vector_stores --since 2020-01-01 --no-names")
    assert said.code == 0
    assert said.out.startswith("vector_stores: ")


def test_a_table_that_the_key_may_not_read(command: Run, emulator: Emulator) -> None:
    """The others are kept; costs by key, one of the usual tables, may be refused without harm."""
    emulator.faults = FaultPlan(MissingScope(), operations="images")
    said = command(f"sync usage {FEW} --table images")
    assert said.code == Exit.NOT_ALL
    assert "note: images: the API refuses it: " in said.err
    assert "images: refused" in said.out
    assert said.out.startswith("vector_stores: 18 rows read")
    assert command("sync usage --table images --no-names").code == Exit.NOT_PERMITTED

    emulator.faults = FaultPlan(GroupingRefused("api_key_id"), operations="costs")
    usual = command("sync usual --since 1d --no-names")
    assert usual.code == 0
    assert "costs_by_key: refused" in usual.out


def test_an_audit_finds_what_differs(command: Run, emulator: Emulator, folder: Path) -> None:
    """Nothing is written; the exit code says whether anything does."""
    assert command(f"sync usage {FEW}").code == 0
    before = content(folder)
    said = command("sync usage --audit")
    assert said.code == 0
    assert said.out.splitlines()[-1].startswith("0 differences, ")

    def doubled(page: dict[str, Any]) -> dict[str, Any]:
        for bucket in page["data"]:
            for result in bucket["results"]:
                result["usage_bytes"] *= 2
        return page

    emulator.faults = FaultPlan(Altered(doubled))
    said = command("sync usage --audit")
    assert said.code == Exit.DIFFERENCES
    assert "usage_bytes: " in said.err
    assert "more differences" in said.err
    assert content(folder) == before


def test_an_audit_that_compared_nothing_does_not_say_that_all_is_well(
    command: Run, emulator: Emulator
) -> None:
    """A table that was never synced is named, and so is one that is refused."""
    assert command(f"sync usage {FEW}").code == 0
    said = command("sync usage --audit --table moderations")
    assert said.code == Exit.NOT_ALL
    assert said.out.splitlines() == ["moderations: not synced yet", "0 differences, 0 requests"]
    emulator.faults = FaultPlan(MissingScope())
    said = command("sync usage --audit")
    assert said.code == Exit.NOT_PERMITTED
    assert said.out.startswith("vector_stores: refused")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no limits for processes")
def test_a_full_disk(present: Emulator, folder: Path) -> None:
    """What stood there still does, and the next sync goes on."""
    import resource

    def hold() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))

    said = ran(script(present, f"sync usage {FEW}", preexec_fn=hold))
    assert said.code == Exit.NOT_WRITTEN
    assert said.err == "error: usage cannot be written: file too large\n"
    assert ran(script(present, f"sync usage {FEW}")).code == 0


@pytest.mark.skipif(not Path("/sys").is_dir(), reason="there is no folder that nobody may write to")
def test_a_folder_that_cannot_be_written(present: Emulator) -> None:
    """Not even by root."""
    said = ran(script(present, f"sync /sys/usage {FEW}"))
    assert said.code == Exit.NOT_WRITTEN
    assert said.err.startswith("error: /sys/usage cannot be written: ")
    assert not present.requests


def test_two_writers(present: Emulator, folder: Path) -> None:
    """The second is told; what the first does is not disturbed."""
    with open_storage("usage").writer_lock():
        said = ran(script(present, f"sync usage {FEW}"))
    assert (said.code, said.err) == (
        Exit.ARCHIVE_LOCKED,
        "error: usage is being written by another process\n",
    )
    assert not present.requests


def test_ctrl_c_keeps_what_is_complete(present: Emulator, folder: Path) -> None:
    """The first table is kept while the second is waited for; then it goes on."""
    present.faults = FaultPlan(Stall(), operations="images")
    process = script(present, f"sync usage {FEW} --table images")
    while not any(request.path.endswith("images") for request in list(present.requests)):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    said = ran(process)
    assert (said.code, said.out) == (Exit.INTERRUPTED, "")
    assert said.err == "error: interrupted; what was complete is kept, the next sync goes on\n"
    assert [name for name in content(folder) if name.endswith(".parquet")]
    present.faults = FaultPlan()
    assert ran(script(present, f"sync usage {FEW} --table images")).code == 0


def test_several_organizations(
    command: Run, emulator: Emulator, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that fails does not stop the other; --organization chooses one; no key is shown."""
    file = folder / "o.toml"
    keys = {"acme": "ACME_KEY", "beta": "BETA_KEY"}
    file.write_text("".join(f'[organizations.{name}]\nkey_env = "{key}"\n' for name, key in keys.items()))
    monkeypatch.setenv("ACME_KEY", emulator.admin_key)
    monkeypatch.delenv("BETA_KEY", raising=False)
    said = command(f"sync usage --organizations o.toml {FEW}")
    assert said.code == Exit.NOT_ALL
    assert said.err.startswith("error: beta: there is no key in BETA_KEY: set that variable")
    assert said.out.startswith("vector_stores: 18 rows read")
    assert emulator.admin_key not in said.out + said.err

    alone = command(f"sync usage --organizations o.toml --organization beta {FEW}")
    assert alone.code == Exit.CONFIGURATION
    monkeypatch.setenv("BETA_KEY", emulator.admin_key)
    both = command(f"sync usage --organizations o.toml {FEW}")
    assert both.code == 0
    assert [line.partition(":")[0] for line in both.out.splitlines()] == [
        "acme vector_stores",
        "beta vector_stores",
        "acme",
        "beta",
    ]


def event(organization: str, table: str, *, done: int, pages: int) -> SyncProgress:
    return SyncProgress(organization=organization, table=table, done=done, planned=4, pages=pages)


def test_progress_is_that_of_all_organizations() -> None:
    """Tables done of all, pages, and what is being read."""
    progress = ArchiveProgress()
    assert progress.line(0) == "sync  waiting for the first page"
    progress.advance(event("acme", "costs", done=0, pages=1))
    assert progress.line(0) == "sync  ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 0/4 tables  1 page  costs"
    progress.advance(event("beta", "images", done=2, pages=3))
    progress.wait("trying again in 2.0 s")
    assert progress.line(0).startswith("sync  ━━━━╌╌╌╌╌╌╌╌╌╌╌╌ 2/8 tables  4 pages  costs, images  trying")
    progress.advance(event("acme", "costs", done=1, pages=2))
    assert "trying" not in progress.line(0)
