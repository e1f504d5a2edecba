"""Which files of an archive a query reads, wherever they lie; those that are missing or damaged are named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from openai_org_usage import Archive, ArchiveDamagedError, ArchiveError
from openai_org_usage.archive.sql.connection import connect
from openai_org_usage.archive.storage.storage import open_storage
from openai_org_usage.cli import main
from openai_org_usage.cli.context import CommandContext
from openai_org_usage.cli.exit_codes import Exit

from ...conftest import NOW
from ..world import World
from .connections import ask

duckdb: Any = pytest.importorskip("duckdb")
pq: Any = pytest.importorskip("pyarrow.parquet")
OF_NOVEMBER = (
    "SELECT count(*), sum(amount_value) FROM costs WHERE month = '2026-11' AND organization = 'default'"
)


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


def test_one_bit_in_an_object_store_is_an_error(
    kept: World, s3_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query reads pages by their checksums, and `sql` names the file, also that of a list."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(kept.folder))  # Without a configuration.
    uploaded(kept.folder, s3_url)
    for table in ("users", "costs"):
        path = kept.files(table)[0]
        content = bytearray(path.read_bytes())
        content[len(content) // 4] ^= 1
        named = path.relative_to(kept.folder).as_posix()
        open_storage(s3_url).write(named, bytes(content))
        assert (
            main(["sql", s3_url, f"from {table}"], context=CommandContext(clock=lambda: NOW))
            == Exit.ARCHIVE_DAMAGED
        )
        assert f"{named} is not as it was written" in capsys.readouterr().err


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
