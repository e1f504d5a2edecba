"""Names beside ids, and filters by name, on the command line."""

from __future__ import annotations

import csv
import io
import os
import re
import signal
import stat
from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import anyio
import attrs
import httpx
import pytest

from openai_org_usage import OPERATIONS, NamedKey, NamedProject, NamedUser, Names
from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import MissingScope

from ..conftest import MIDNIGHT, NOW
from ..scripted import Script, bucket, error, page, result
from .conftest import Run, Said
from .test_narrow_tables import OnTerminal, on_terminal
from .test_narrow_tables import names as headings

COSTS = "costs --start-time 2026-11-20 --end-time 2026-11-21 --group-by project_id,user_id"
DAY = 86_400
__all__ = ["on_terminal"]

pa: Any = pytest.importorskip("pyarrow")
pq: Any = pytest.importorskip("pyarrow.parquet")


class Lists:
    """How often lists were asked for since the last time."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._seen = len(emulator.requests)

    def asked(self) -> int:
        new = self._emulator.requests[self._seen :]
        self._seen += len(new)
        return sum("/usage/" not in request.path and "/costs" not in request.path for request in new)


@pytest.fixture
def lists(emulator: Emulator) -> Lists:
    return Lists(emulator)


def rows(said: Said) -> list[dict[str, str]]:
    assert (said.code, said.err) == (0, "")
    return list(csv.DictReader(io.StringIO(said.out)))


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


AMOUNTS = ("start_time", "project_id", "user_id", "amount_value", "amount_currency")


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


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("--project Search", {"project_ids": ["proj_search_prod"]}),
        ("--project search --project 'Mobile app'", {"project_ids": ["proj_search_prod", "proj_mobile_app"]}),
        ("--project-ids proj_a --project Search", {"project_ids": ["proj_a", "proj_search_prod"]}),
        ("--user 'Amara Okafor' --user bruno@example.com", {"user_ids": ["user-amara", "user-bruno"]}),
    ],
)
def test_filters_take_names(line: str, asked: dict[str, list[str]], command: Run, emulator: Emulator) -> None:
    """And e-mail addresses; the API is asked for ids."""
    seen = len(emulator.requests)
    assert command(f"completions --last 1d {line}").code == 0
    queries = [r.query for r in emulator.requests[seen:] if r.path.endswith("/usage/completions")]
    assert queries
    for query in queries:
        for name, ids in asked.items():
            assert [value for key, value in query if key == name] == ids


@pytest.mark.parametrize(
    "line",
    [
        "--project proj_search_prod",
        "--user user-amara",
        "--user svc_acct_docs_pipeline",
        "--api-key key_search_prod",
        "--project-ids proj_search_prod --user-ids user-amara",
    ],
)
def test_ids_need_no_list(line: str, command: Run, lists: Lists, cache: Path) -> None:
    """Neither in their own options nor in those for names, also where nothing is sent."""
    assert command(f"completions --last 1d {line}").code == 0
    assert lists.asked() == 0
    assert not cache.exists()
    (request,) = command(f"completions --last 1d {line} --dry-run").requests
    assert set(line.split()) & {value for _, value in request}


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        (
            "--project 'Data science'",
            "--project: 'Data science' may be any of proj_data_science, proj_sandbox: say which, or take all "
            "of them by --project-ids",
        ),
        (
            "--project Serch",
            "--project: nothing is called 'Serch' (close: proj_search_prod): give another name, or the id by "
            "--project-ids",
        ),
        ("--api-key ''", "--api-key: nothing is called '': give another name, or the id by --api-key-ids"),
        (
            "--project Search --dry-run",
            "--dry-run asks for no names: give the ids of projects, users and keys",
        ),
        ("--columns user_name", "user_name is there with --names only"),
        ("--sort user_name", "user_name is there with --names only"),
        (
            "--columns user_name --names",
            "completions: user_name stands beside user_id, never instead of it: name both",
        ),
        ("--columns user_id,user_email --no-emails", "--no-emails leaves user_email out"),
        ("--raw --names", "--raw gives the pages as they came, one a line: leave --names out"),
        ("--raw --no-emails", "--raw gives the pages as they came, one a line: leave --no-emails out"),
        ("--names-file names.json", "--names-file is for --names and for filters by name"),
    ],
)
def test_refusals(line: str, refusal: str, command: Run, emulator: Emulator) -> None:
    """In a line, before usage is asked for; no name is in it that was not typed."""
    seen = len(emulator.requests)
    said = command(f"completions --last 1d {line}")
    assert (said.code, said.out, said.err) == (2, "", f"error: {refusal}\n")
    assert not [request for request in emulator.requests[seen:] if "/usage/" in request.path]


def test_close_names_are_shown_on_a_terminal(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no log keeps them."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "200")
    assert "(close: 'Search' (proj_search_prod))" in command("completions --last 1d --project Serch").err


@pytest.fixture
def unlisted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An organization whose key may not read lists."""
    faults = FaultPlan(MissingScope(scope="api.management.read"))
    with Emulator(now=lambda: NOW, faults=faults) as emulator:
        monkeypatch.setenv("OPENAI_ADMIN_KEY", emulator.admin_key)
        monkeypatch.setenv("OPENAI_BASE_URL", emulator.base_url)
        yield emulator


def test_without_permission_there_are_no_names(command: Run, unlisted: Emulator, cache: Path) -> None:
    """It is said once which scope is missing. A filter needs the name; kept names do for both."""
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


class RefusingKeys(httpx.AsyncBaseTransport):
    """The network, but for the keys of a project: those are refused."""

    def __init__(self, project: str) -> None:
        self._inner = httpx.AsyncHTTPTransport()
        self._project = project

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(f"/projects/{self._project}/api_keys"):
            return error(404, "Not here")
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


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


def test_only_lists_of_that_kind_matter_to_a_filter(command: Run) -> None:
    """A mistyped project is not blamed on keys that are missing; a key may be one of those."""
    transport = RefusingKeys("proj_search_prod")
    said = command("completions --last 1d --project Serch", transport=transport)
    assert said.code == 2
    assert "nothing is called 'Serch' (close: proj_search_prod)" in said.err
    said = command("completions --last 1d --api-key Nonesuch", transport=RefusingKeys("proj_search_prod"))
    assert said.code == 21
    assert "there are no names of the keys of 1 project" in said.err


def test_all_who_have_a_close_name_are_suggested(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never one of two as if it were the only one."""
    twice = "proj_data_science, proj_sandbox"
    assert f"(close: {twice})" in command("completions --last 1d --project 'Data scince'").err
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "300")
    assert f" ({twice})" in command("completions --last 1d --project 'Data scince'").err


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


def test_a_name_in_place_of_an_id_is_noticed(command: Run) -> None:
    """Where nothing came, a note says which option takes names; not where ids are ids."""
    hint = "; 'Search' does not look like an id: --project takes names\n"
    assert command("completions --last 1d --project-ids Search").err.endswith(hint)
    said = command("completions --last 1d --project-ids proj_nobody")
    assert said.err.endswith("so there are no rows\n")


def test_names_of_rows_without_ids(command: Run) -> None:
    """A note says what is missing."""
    said = command("costs --start-time 2026-11-20 --end-time 2026-11-21 --names")
    assert (said.code, said.err) == (0, "note: no ids in these rows: add --group-by project_id\n")


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
    """They are shortened where the name stands beside, and whole where there is no room for it."""
    shown = {width: on_terminal(f"{COSTS} --names", width=width) for width in (140, 100, 80, 44)}
    assert {width: headings(said.out) for width, said in shown.items()} == {
        140: [
            *("start_time", "project_id", "project_name", "user_id", "user_name", "user_email"),
            "amount_value",
        ],
        100: ["project_id", "project_name", "user_id", "user_name", "user_email", "amount_value"],
        80: ["project_id", "project_name", "user_id", "user_name", "amount_value"],
        44: ["project_id", "user_id", "amount_value"],
    }
    assert "proj_search_prod        Search " in shown[140].out
    assert "…h_prod     Search " in shown[80].out
    assert "…" not in shown[44].out
    for width, said in shown.items():
        assert max(map(len, said.out.splitlines())) <= width
        assert "287.837074550" in said.out


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
