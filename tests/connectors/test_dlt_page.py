"""The page about the source for dlt: what it shows runs."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("dlt")
pytest.importorskip("duckdb")

import duckdb

from openai_org_usage.emulator import Emulator

from ..pages import DOCS, blocks
from ..test_documentation import run_python
from .dlt_pipelines import keep_to

pytestmark = pytest.mark.skipif(not DOCS.is_dir(), reason="the documentation is not shipped")


def test_every_block_runs(
    running_emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other, with the keys of the file that it shows."""
    keep_to(tmp_path, monkeypatch)
    monkeypatch.setenv("SOURCES__OPENAI_ORG_USAGE__SINCE", "2d")  # A year takes a while.
    texts = [block.text for block in blocks("python", page="dlt")]
    (secrets,) = blocks("toml", page="dlt")
    folder = tmp_path / ".dlt"
    folder.mkdir(exist_ok=True)
    keys = secrets.text.replace("sk-admin-…", running_emulator.admin_key)
    (folder / "secrets.toml").write_text(keys, encoding="utf-8")
    done = run_python(texts, running_emulator, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("# block") == len(texts) > 0
    assert len(done.stdout.splitlines()) > len(texts) + 3
    with duckdb.connect(tmp_path / "openai.duckdb") as connection:
        found = connection.execute("select distinct organization from usage.costs order by 1").fetchall()
    assert found == [("america",), ("europe",)]
