"""Names beside ids on the command line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from openai_org_usage import OPERATIONS, NamedKey, NamedUser, Names
from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import MissingScope

from ..conftest import MIDNIGHT, NOW
from ..scripted import Script, bucket, page, result
from .conftest import Run
from .list_requests import COSTS, DAY
from .test_narrow_tables import OnTerminal, on_terminal
from .test_narrow_tables import names as headings

__all__ = ["on_terminal"]

pa: Any = pytest.importorskip("pyarrow")
pq: Any = pytest.importorskip("pyarrow.parquet")


@pytest.mark.parametrize("format", ["csv", "ndjson", "json", "parquet", "arrow"])
@pytest.mark.parametrize("more", ["", " --totals", " --sort=-amount_value"])
def test_sums_are_as_without_names(format: str, more: str, command: Run, tmp_path: Path) -> None:
    """To the last digit, in every format, of rows that are added up or sorted, too."""
    pytest.importorskip("pyarrow")
    read: list[list[tuple[str, Decimal]]] = []
    for names in ("", " --names"):
        path = tmp_path / f"costs{len(names)}.{format}"
        said = command(f"{COSTS}{more}{names} --output {path}")
        assert said.code == 0
        read.append(amounts(path, Names() if names else None))
    assert read[0] == read[1]
    assert len(read[0]) > 10


def amounts(path: Path, names: Names | None) -> list[tuple[str, Decimal]]:
    """Project and amount of each row."""
    from ..tables.reading import of_file

    return [(row["project_id"], row["amount_value"]) for row in of_file(path, OPERATIONS["costs"], names)]


@pytest.fixture
def unlisted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An organization whose key may not read lists."""
    faults = FaultPlan(MissingScope(scope="api.management.read"))
    with Emulator(now=lambda: NOW, faults=faults) as emulator:
        monkeypatch.setenv("OPENAI_ADMIN_KEY", emulator.admin_key)
        monkeypatch.setenv("OPENAI_BASE_URL", emulator.base_url)
        yield emulator


def test_without_permission_there_are_no_names(
    command: Run, unlisted: Emulator, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said once which scope is missing. A filter needs the name; kept names do for both."""
    monkeypatch.chdir(tmp_path)
    said = command(f"{COSTS} --names")
    assert said.code == 0
    assert said.out.count("\n") > 10
    assert said.err.count("api.management.read") == 1
    assert not cache.exists()

    said = command("completions --last 1d --project Search")
    assert (said.code, said.out) == (21, "")
    assert "'Search' is not known" in said.err
    assert "api.management.read: give the id" in said.err

    users = {"user-amara": NamedUser(id="user-amara", name="Kept")}
    Names(users=users, read_at=NOW - 2 * DAY).save("names.json")
    said = command(f"{COSTS} --names --names-file names.json")
    assert "Kept" in said.out
    assert said.err.count("api.management.read") == 1
    assert Names.load("names.json").problems
    assert command("completions --last 1d --user Kept --names-file names.json").code == 0


def test_names_of_rows_without_ids(command: Run) -> None:
    """A note says what is missing."""
    said = command("costs --start-time 2026-11-20 --end-time 2026-11-21 --names")
    assert (said.code, said.err) == (0, "note: no ids in these rows: add --group-by project_id\n")


FORMATS = ["csv", "json", "ndjson", "parquet", "arrow", "table"]


def text_of(path: Path) -> str:
    """All that is in a file, with the names of its columns."""
    if path.suffix == ".parquet":
        return str(pq.read_table(path).to_pydict())
    if path.suffix == ".arrow":
        return str(pa.ipc.open_file(path).read_all().to_pydict())
    return path.read_text()


@pytest.mark.parametrize("format", FORMATS)
def test_no_emails(format: str, command: Run, tmp_path: Path) -> None:
    """Neither looked up nor sent by the API; the column is not there."""
    for names in ("", " --names"):
        path = tmp_path / f"out.{format}"
        said = command(f"{COSTS}{names} --no-emails --format {format} --output {path}")
        assert said.code == 0
        content = text_of(path)
        assert "user_email" not in content
        assert "@example.com" not in content
        assert ("Amara Okafor" in content) == bool(names)


@pytest.mark.parametrize("format", FORMATS)
def test_no_emails_in_names_that_rows_came_with(format: str, command: Run, tmp_path: Path) -> None:
    """Whichever columns are chosen, looked up or not, added up or not; other names stay."""
    of_rows = {"organization_name": "eve@example.com", "user_id": "user-x", "user_email": "amy@example.com"}
    projects = {"proj_x": "bob@example.com", "proj_y": "Search of mine", "proj_z": "of <cy@example.com>"}
    results = [
        {**result(tokens=number), **of_rows, "project_id": id, "project_name": name, "novel": "new here"}
        for number, (id, name) in enumerate(projects.items())
    ]
    Names(read_at=NOW).save(tmp_path / "names.json")
    names = f" --names --names-file {tmp_path / 'names.json'}"
    chosen = " --columns project_id,project_name,organization_name,user_id,input_tokens"
    path = tmp_path / f"out.{format}"
    for more in map(
        "".join, product(("", names), ("", chosen), ("", " --totals"), ("", " --sort project_name"))
    ):
        answers = Script([page(bucket(0, *results))])
        line = f"completions --last 11d --no-emails{more} --format {format} --output {path}"
        said = command(line, transport=answers)
        assert said.code == 0, said.err
        content = text_of(path)
        assert "example.com" not in content, more
        assert "user_email" not in content, more
        assert "Search of mine" in content, more
        if not more:
            assert content.count("new here") == len(results) or format == "table"


def test_ids_give_way_before_their_names(on_terminal: OnTerminal) -> None:
    """They are shortened where the name stands beside, before that has to go."""
    shown = {width: on_terminal(f"{COSTS} --names", width=width) for width in (140, 100, 80, 44)}
    assert {width: headings(said.out) for width, said in shown.items()} == {
        140: [
            *("start_time", "project_id", "project_name", "user_id", "user_name", "user_email"),
            "amount_value",
        ],
        100: ["project_id", "project_name", "user_id", "user_name", "user_email", "amount_value"],
        80: ["project_id", "project_name", "user_id", "user_name", "amount_value"],
        44: ["project_id", "user_name", "amount_value"],
    }
    assert "proj_search_prod        Search " in shown[140].out
    assert "…oj_data_science  Data science " in shown[80].out
    assert "proj_search_prod  Search " in shown[80].out  # As it is short, too.
    assert "project_name" in shown[44].err
    for width, said in shown.items():
        assert max(map(len, said.out.splitlines())) <= width
        assert "287.84" in said.out


def test_short_ids_tell_apart(on_terminal: OnTerminal, tmp_path: Path) -> None:
    """As many characters are shown as it takes; ids without a name are whole."""
    keys = ["key_search_backend", "key_other_backend"]
    file = tmp_path / "names.json"
    Names(api_keys={id: NamedKey(id=id, name="Same") for id in keys}, read_at=NOW).save(file)
    results = [{**result(tokens=n), "api_key_id": id} for n, id in enumerate((*keys, "key_of_nobody_at_all"))]
    day = {"object": "bucket", "start_time": MIDNIGHT, "end_time": MIDNIGHT + DAY, "results": results}
    said = on_terminal(
        f"completions --last 1d --names --names-file {file}", width=50, transport=Script([page(day)])
    )
    cells = re.findall(r"^(\S+) +(Same)?", said.out, flags=re.MULTILINE)
    assert [id for id, _ in cells[1:4]] == ["…h_backend", "…r_backend", "key_of_nobody_at_all"]
