"""`--archive`: how old it is, what it does not have, and which options go with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from openai_org_usage import Archive, UsageClient
from openai_org_usage.cli.exit_codes import Exit
from openai_org_usage.emulator import Emulator

from ...conftest import DAY, MIDNIGHT, NOW
from ..conftest import Run, Said
from .conftest import Kept


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
    assert f"costs --since 2026-09-23 --archive {kept.folder}" in said.err


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
