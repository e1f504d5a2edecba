"""`--archive`: the commands answer from an archive as they would have from the API, and say how old it is."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn, TypeGuard

import attrs
import pytest

from openai_org_usage import Archive, ArchiveTable, UsageClient
from openai_org_usage.cli.exit_codes import Exit
from openai_org_usage.emulator import Emulator, OrganizationSize

from ..conftest import DAY, MIDNIGHT, NOW
from .conftest import Run, Said

pytest.importorskip("pyarrow")
pytestmark = pytest.mark.xdist_group("archived")

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
TABLES: list[ArchiveTable | str] = [
    "costs",
    "costs_by_key",
    "completions",
    "vector_stores",
    ArchiveTable.of("costs", group_by=["user_id"]),
]


@attrs.frozen
class Kept:
    """A small organization, live and as it was read at NOW."""

    folder: Path
    api: Emulator


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("archived") / "archive"
    size = OrganizationSize(projects=3, users=4, keys=5)
    with (
        Emulator(now=lambda: NOW, size=size, lookback_days=58) as api,
        UsageClient(admin_key=api.admin_key, base_url=api.base_url, clock=lambda: NOW) as client,
    ):
        Archive(folder).sync(client, tables=TABLES)
        yield Kept(folder, api)


@pytest.fixture
def live(kept: Kept, command: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Said]:
    """Runs a command that asks the API."""

    def run(line: str) -> Said:
        with monkeypatch.context() as patch:
            patch.setenv("OPENAI_ADMIN_KEY", kept.api.admin_key)
            patch.setenv("OPENAI_BASE_URL", kept.api.base_url)
            return command(line)

    return run


@pytest.fixture
def archived(kept: Kept, command: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """Runs a command with `--archive`, without a key, and where nothing can be reached."""

    def run(line: str, *, now: float = NOW) -> Said:
        with monkeypatch.context() as patch:
            patch.delenv("OPENAI_ADMIN_KEY")
            patch.delenv("OPENAI_BASE_URL")
            patch.setattr(socket.socket, "connect", _unreachable)
            patch.setattr(socket, "getaddrinfo", _unreachable)
            return command(f"{line} --archive {kept.folder}", now=now)

    return run


def _unreachable(*_: object) -> NoReturn:
    raise AssertionError("an archive asked the network")


def plain(value: Any) -> Any:
    """`value` with numbers in texts as numbers: zeros at their end say nothing."""
    if is_object(value):
        return {name: plain(each) for name, each in value.items()}
    if is_array(value):
        return [plain(each) for each in value]
    return Decimal(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def rows(said: Said) -> list[Any]:
    """The rows of ndjson or CSV, in an order of their own."""
    assert said.code == 0, said
    lines = said.out.splitlines()
    if lines[0].startswith("{"):
        return sorted((plain(json.loads(line)) for line in lines), key=str)
    return sorted([plain(cell) for cell in line.split(",")] for line in lines)


@pytest.mark.parametrize(
    "line",
    [
        "costs --last 3d --group-by line_item --format csv",
        "costs --month 2026-10 --group-by project_id,api_key_id --names --format ndjson",
        "costs --this-month --group-by user_id --totals --names --no-emails --format csv",
        "completions --last 40d --group-by model,batch --batch true --format ndjson",
        "completions --last 4d --project {project} --group-by user_id --format ndjson",
        "vector-stores --last 9d --totals --format csv",
        "key-costs --last 3d --by-line-item --names --format csv",
    ],
)
def test_rows_are_those_of_the_api(
    line: str, live: Callable[..., Said], archived: Callable[..., Said], kept: Kept
) -> None:
    """With filters, names, totals and in all forms."""
    with UsageClient(admin_key=kept.api.admin_key, base_url=kept.api.base_url) as client:
        called = Counter(project.name for project in client.projects())
    words = line.format(project=next(repr(name) for name, count in called.items() if count == 1))
    expected, found = live(words), archived(words)
    assert rows(found) == rows(expected)
    assert "note: from the archive, read on 2026-11-20 15:30 UTC, just now\n" in found.err


def test_a_report_loads_no_pandas(kept: Kept) -> None:
    """It would take longer than the report does: Arrow loads it in many ways, where it is installed."""
    words = ["report", "--archive", str(kept.folder), "--format", "json", "-q"]
    code = (
        "import sys; from openai_org_usage.cli import main; from openai_org_usage.cli.context import *\n"
        f"assert main({words}, context=CommandContext(clock=lambda: {NOW})) == 0\n"
        "print([name for name in ('pyarrow', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "['pyarrow']"), done.stderr


@pytest.mark.parametrize("days", ["", "--last 7d", "--month 2026-10", "--start-time 2026-11-02 --no-names"])
def test_reports_are_those_of_the_api(
    days: str, live: Callable[..., Said], archived: Callable[..., Said]
) -> None:
    """Figure for figure; the first note says how old they are."""
    expected, found = (run(f"report {days} --format json") for run in (live, archived))
    assert expected.code == found.code == 0, found
    report, kept = json.loads(expected.out), json.loads(found.out)
    age = next(note for note in kept["notes"] if "archive" in note)
    assert age == "The figures are from the archive, read on 2026-11-20 15:30 UTC, just now."
    kept["notes"].remove(age)
    assert plain(kept) == plain(report)


def test_a_budget_is_that_of_the_api(live: Callable[..., Said], archived: Callable[..., Said]) -> None:
    """As long as the archive is of the same day."""
    line = "budget --limit 500000 --format json"
    expected, found = live(line), archived(line)
    assert (found.code, plain(json.loads(found.out))) == (Exit.DONE, plain(json.loads(expected.out)))
    assert "read on 2026-11-20 15:30 UTC" in found.err


@pytest.mark.parametrize("back", [0, 1, 9])
def test_a_budget_needs_the_days_of_its_period_alone(
    back: int, kept: Kept, command: Run, tmp_path: Path
) -> None:
    """Of an archive that begins amid the month; else the line names the first day and what reads it."""
    with UsageClient(admin_key=kept.api.admin_key, base_url=kept.api.base_url, clock=lambda: NOW) as client:
        Archive(tmp_path).sync(client, tables=["costs"], names=False, since=MIDNIGHT - back * DAY)
    line = f"budget --limit 500000 --archive {tmp_path} --period"
    assert command(f"{line} day").code == Exit.DONE
    said = command(f"{line} month")
    assert (said.code, said.out) == (Exit.TOO_LONG_AGO, "")
    assert f"the archive begins at 2026-11-{20 - back:02}, and 2026-11-01 is before that" in said.err
    assert f"  openai-org-usage sync {tmp_path} --table costs --since 2026-11-01\n" in said.err
    report = command(f"report --this-month --archive {tmp_path}")
    assert "and 2026-11-01 is before that" in report.err


@pytest.mark.parametrize("period", ["day", "month"])
@pytest.mark.parametrize("hours", [8.5, 9, 30, 24 * 80])
def test_an_old_archive_gives_no_verdict(period: str, hours: float, archived: Callable[..., Said]) -> None:
    """From the next UTC day on it is not known what was spent."""
    said = archived(f"budget --limit 500000 --period {period}", now=NOW + hours * 3600)
    assert (said.code, said.out[:10]) == (Exit.NO_VERDICT, "no verdict"), said


def test_an_archive_read_at_midnight_gives_no_verdict_all_day(
    kept: Kept, command: Run, tmp_path: Path
) -> None:
    """Yesterday is whole, and of today there is nothing."""
    with UsageClient(
        admin_key=kept.api.admin_key, base_url=kept.api.base_url, clock=lambda: MIDNIGHT
    ) as client:
        Archive(tmp_path).sync(client, tables=["costs"], names=False)
    said = command(f"budget --limit 500000 --archive {tmp_path}", now=MIDNIGHT + 20 * 3600)
    assert (said.code, said.out[:10]) == (Exit.NO_VERDICT, "no verdict"), said


def test_days_that_were_not_read_are_no_zeros(archived: Callable[..., Said]) -> None:
    """A report names them above all figures, and the day that was read in part."""
    said = archived("report --no-names", now=NOW + 3 * DAY)
    text = " ".join(said.out.split())
    assert said.code == 0
    assert (
        "Incomplete: all sums are without what cannot be added up: 3 days of costs of which nothing" in text
    )
    assert "1 day of costs of which only a part came, 20 November 2026" in text
    assert "3 days ago; there is nothing in it after 2026-11-20T15:30:00Z." in text


def test_relative_times_count_from_now(archived: Callable[..., Said]) -> None:
    """Not from when the archive was read: there are no rows of days after that, and a note says why."""
    said = archived("costs --last 3d --format csv", now=NOW + 2 * DAY)
    assert [line[:41] for line in said.out.splitlines()[1:]] == ["2026-11-20T00:00:00Z,2026-11-20T15:30:00Z"]
    assert "2 days ago; there is nothing in it after 2026-11-20T15:30:00Z" in said.err


def test_settled_rows_end_with_what_is_settled(archived: Callable[..., Said]) -> None:
    """A report refuses to compare them with more days, and says which to ask for."""
    said = archived("costs --last 20d --settled --format csv")
    assert said.out.splitlines()[-1][:20] == "2026-11-09T00:00:00Z"
    assert "what is settled ends at 2026-11-10" in said.err
    report = archived("report --this-month --settled")
    assert (report.code, report.out) == (Exit.USAGE, "")
    assert "--settled: days are settled up to 2026-11-10 alone, and equal periods are compared" in report.err
    assert "give --since 2026-11-01 --until 2026-11-10" in report.err
    equal = archived("report --start-time 2026-11-01 --end-time 2026-11-10 --settled --format json")
    assert (equal.code, json.loads(equal.out)["period"]["end"]) == (0, "2026-11-10")


def test_what_was_before_it_is_too_long_ago_with_a_remedy(archived: Callable[..., Said], kept: Kept) -> None:
    """As with the API, and the remedy asks the archive, too."""
    said = archived("costs --last 90d")
    assert said.code == Exit.TOO_LONG_AGO
    assert "the archive begins at 2026-09-23" in said.err
    assert f"costs --start-time 2026-09-23 --archive {kept.folder}" in said.err


def test_what_is_not_kept_is_said_with_what_adds_it(archived: Callable[..., Said], kept: Kept) -> None:
    """Whole, to be copied; of a report it is one breakdown that is missing."""
    said = archived("costs --last 2d --group-by api_source")
    assert said.code == Exit.NOT_COVERED
    remedy = f"openai-org-usage sync {kept.folder} --table costs --group-by api_source"
    assert f"this adds it: {remedy}\n" in said.err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("--base-url http://127.0.0.1:1/v1", "leave --base-url out"),
        ("--emulator --timeout 3", "leave --emulator and --timeout out"),
        ("--names --names-file names.json", "leave --names-file out"),
        ("--dry-run", "leave --dry-run out"),
    ],
)
def test_options_for_the_api_do_not_go_with_it(words: str, why: str, archived: Callable[..., Said]) -> None:
    """They would promise what does not happen."""
    said = archived(f"costs --last 2d {words}")
    assert (said.code, said.out) == (Exit.USAGE, "")
    assert why in said.err


@pytest.mark.parametrize("words", ["--settled", "--organization acme"])
def test_options_of_it_do_not_go_without_it(words: str, command: Run) -> None:
    """Somebody may believe that they do something."""
    said = command(f"report {words}")
    assert said.code == Exit.USAGE
    assert f"{words.split(maxsplit=1)[0]} goes with --archive" in said.err


def keep_a_day_of(name: str, archive: Archive) -> None:
    """Sync an organization that is called `name`."""
    with (
        Emulator(now=lambda: NOW, organization_id=f"org-{name}") as api,
        UsageClient(admin_key=api.admin_key, base_url=api.base_url, clock=lambda: NOW) as client,
    ):
        archive.sync(client, organization=name, tables=["vector_stores"], names=False, since=MIDNIGHT - DAY)


def test_the_only_organization_is_meant_without_a_name(command: Run, tmp_path: Path) -> None:
    """Where there are several and none is the usual one, they are named."""
    archive = Archive(tmp_path)
    line = f"vector-stores --last 2d --format csv --archive {tmp_path}"
    keep_a_day_of("acme", archive)
    alone = command(line)
    keep_a_day_of("other", archive)
    assert alone.code == 0
    assert "--organization which of acme, other is meant" in command(line).err
    assert command(f"{line} --organization acme").out == alone.out


def test_no_archive_is_an_error_of_its_own(command: Run, tmp_path: Path) -> None:
    """The line says so."""
    said = command(f"report --archive {tmp_path}")
    assert said.code == Exit.ARCHIVE
    assert "is no archive" in said.err
