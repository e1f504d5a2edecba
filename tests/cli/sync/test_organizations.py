"""Several organizations in one archive: each under one name, and none in the place of another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from openai_org_usage.archive.sync.sync_result import SyncProgress
from openai_org_usage.cli.exit_codes import Exit
from openai_org_usage.cli.progress import ArchiveProgress
from openai_org_usage.emulator import Emulator

from ...conftest import NOW
from ..conftest import Run
from .kept_files import FEW, content


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


@pytest.fixture
def beta() -> Iterator[Emulator]:
    """Another organization than that of `emulator`."""
    with Emulator(now=lambda: NOW, lookback_days=40, organization_id="org-beta") as emulator:
        yield emulator


@pytest.fixture
def listed(folder: Path, emulator: Emulator, beta: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both of them in `o.toml`, and their keys in the environment."""
    tables = [
        f'[organizations.{name}]\nkey_env = "{name.upper()}_KEY"\nbase_url = "{each.base_url}"\n'
        for name, each in (("acme", emulator), ("beta", beta))
    ]
    (folder / "o.toml").write_text("".join(tables))
    monkeypatch.setenv("ACME_KEY", emulator.admin_key)
    monkeypatch.setenv("BETA_KEY", beta.admin_key)


@pytest.mark.usefixtures("listed")
def test_several_organizations(command: Run, beta: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that fails does not stop the other; --organization chooses one; no key is shown."""
    monkeypatch.delenv("BETA_KEY")
    said = command(f"sync usage --organizations o.toml {FEW}")
    assert said.code == Exit.NOT_ALL
    assert said.err.startswith("error: beta: there is no key in BETA_KEY: set that variable")
    assert said.out.startswith("vector_stores: 18 rows read")
    assert beta.admin_key not in said.out + said.err

    alone = command(f"sync usage --organizations o.toml --organization beta {FEW}")
    assert alone.code == Exit.CONFIGURATION
    monkeypatch.setenv("BETA_KEY", beta.admin_key)
    both = command(f"sync usage --organizations o.toml {FEW}")
    assert both.code == 0
    assert [line.partition(":")[0] for line in both.out.splitlines()] == [
        "acme vector_stores",
        "beta vector_stores",
        "acme",
        "beta",
    ]


@pytest.mark.usefixtures("listed")
def test_organizations_of_the_configuration(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are named are synced, each by its own key; without a name it is that of the usual key."""
    monkeypatch.setenv("OPENAI_ORG_USAGE_CONFIG", "o.toml")
    assert "'akme' is not in o.toml (did you mean 'acme'?)" in command("sync usage --organization akme").err
    both = command(f"sync usage --organization beta --organization acme {FEW}")
    assert {line.partition(":")[0] for line in both.out.splitlines()} >= {"acme", "beta"}
    assert command(f"sync other {FEW}").out.startswith("vector_stores: 18 rows read")
    monkeypatch.delenv("OPENAI_ORG_USAGE_CONFIG")
    said = command("sync usage --organization acme --organization beta")
    assert (said.code, "says where the keys of several are" in said.err) == (Exit.USAGE, True)


def test_the_same_organization_under_a_second_name(command: Run, folder: Path) -> None:
    """It is refused, as it would be counted twice; the line says under which name it is kept."""
    assert command(f"sync usage {FEW}").code == 0
    before = content(folder)
    said = command(f"sync usage {FEW} --organization acme")
    assert said.code == Exit.OTHER_ORGANIZATION
    assert "the key is of the organization org-emulated, which is kept as default" in said.err
    assert content(folder) == before


@pytest.mark.usefixtures("listed")
def test_one_that_was_kept_twice_is_named(command: Run, folder: Path) -> None:
    """As an older version let it be: by `sync` of either name, and by `sql`; one of them can be set aside."""
    assert command(f"sync usage --organizations o.toml {FEW}").code == 0
    manifest = folder / "usage" / "manifest.json"
    manifest.write_text(manifest.read_text().replace("org-emulated", "org-beta"))
    note = "acme and beta are the same organization, org-beta, so sums over all count it twice"
    synced = command(f"sync usage --organizations o.toml --organization beta {FEW}")
    assert (synced.code, note in synced.err) == (0, True)
    asked = command("sql usage 'select count(*) from vector_stores'")
    assert (asked.code, note in asked.err) == (0, True)
    assert command("sync usage --set-aside beta --repair").code == Exit.USAGE
    moved = command("sync usage --set-aside beta")
    assert (moved.code, moved.out) == (0, "")
    assert moved.err == "note: 1 file of beta moved to _aside: no table has them any more\n"
    alone = command("sql usage 'select distinct organization from vector_stores'")
    assert (alone.out, alone.err) == ("organization\nacme\n", "")
    assert len(list((folder / "usage" / "_aside").rglob("*.parquet"))) == 1


def test_what_was_set_aside_is_not_written_over(command: Run, folder: Path) -> None:
    """By what has the same name later; and where there is no archive, none is made to take something out."""
    assert "elsewhere is no archive" in command("sync elsewhere --set-aside default").err
    assert not (folder / "elsewhere").exists()
    for expected in (0, Exit.ARCHIVE):
        assert command(f"sync usage {FEW}").code == 0
        before = content(folder)
        said = command("sync usage --set-aside default")
        assert said.code == expected
    assert "_aside has files of an organization called default already" in said.err
    assert content(folder) == before


def event(organization: str, table: str, *, done: int, pages: int) -> SyncProgress:
    return SyncProgress(organization=organization, table=table, done=done, planned=4, pages=pages)


def test_progress_is_that_of_all_organizations() -> None:
    """Tables done of all, pages, and what is being read."""
    progress = ArchiveProgress("sync")
    assert progress.line(0) == "sync  waiting for the first page"
    progress.advance(event("acme", "costs", done=0, pages=1))
    assert progress.line(0) == "sync  ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 0/4 tables  1 page  costs"
    progress.advance(event("beta", "images", done=2, pages=3))
    progress.wait("trying again in 2.0 s")
    assert progress.line(0).startswith("sync  ━━━━╌╌╌╌╌╌╌╌╌╌╌╌ 2/8 tables  4 pages  costs, images  trying")
    progress.advance(event("acme", "costs", done=1, pages=2))
    assert "trying" not in progress.line(0)
