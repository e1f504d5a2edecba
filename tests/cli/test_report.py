"""`report`: which days, which form, where to, and what it refuses."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from openai_org_usage import UsageClient, sum_amounts

from .conftest import Run


def test_the_report_is_about_the_running_month(client: UsageClient, command: Run) -> None:
    """Without options: its complete days, added up exactly."""
    november = sum_amounts(client.costs(start_time="2026-11-01", end_time="2026-11-20").rows())["usd"]
    report = json.loads(command("report --format json").out)
    assert report["period"] == {"start": "2026-11-01", "end": "2026-11-20", "days": 19}
    assert Decimal(report["spends"][0]["total"]) == november


@pytest.mark.parametrize(
    ("options", "start", "end"),
    [
        ("--month 2026-10", "2026-10-01", "2026-11-01"),
        ("--last 7d", "2026-11-14", "2026-11-21"),
        ("--last 36h", "2026-11-19", "2026-11-21"),
        ("--last 7d --complete-days", "2026-11-13", "2026-11-20"),
        ("--start-time 7d --end-time 1d", "2026-11-14", "2026-11-20"),
        ("--today", "2026-11-20", "2026-11-21"),
        ("--last-month", "2026-10-01", "2026-11-01"),
        ("--this-week", "2026-11-16", "2026-11-21"),
        ("--start-time 2026-11-02 --end-time 2026-11-09", "2026-11-02", "2026-11-09"),
    ],
)
def test_the_days_of_a_report(options: str, start: str, end: str, command: Run) -> None:
    """Whole UTC days; a month that runs has its complete ones, spans have today as well."""
    period = json.loads(command(f"report {options} --no-names --sections summary --format json").out)[
        "period"
    ]
    assert (period["start"], period["end"]) == (start, end)


@pytest.mark.parametrize(
    ("options", "note"),
    [
        ("--last 36h", "2026-11-19 to now"),
        ("--last 36h --complete-days", "2026-11-18 to 2026-11-20"),
        ("--start-time 36h", "2026-11-19 to now"),
        ("--start-time 4d --end-time 36h", "2026-11-17 to 2026-11-19"),
        ("--last 48h", None),
    ],
)
def test_a_report_says_which_days_stand_for_hours(options: str, note: str | None, command: Run) -> None:
    """As the endpoint commands do of their buckets."""
    said = command(f"report {options} --no-names --sections summary --format json")
    assert said.err == (f"note: a report is of whole UTC days, so this is {note}\n" if note else "")


@pytest.mark.parametrize(
    ("options", "way_out"),
    [
        ("--last 400d --complete-days --top 3", "--since 2025-11-20 --until 2026-11-20 --top 3"),
        ("--month 2025-11", "--since 2025-11-20 --until 2025-12-01"),
        ("--month 2025-01", None),
    ],
)
def test_a_report_of_days_too_long_ago_names_one_that_can_be_made(
    options: str, way_out: str | None, command: Run
) -> None:
    """The command from the first day on that the API keeps, if any is; and it works."""
    said = command(f"report {options} --emulator")
    error, *remedy = said.err.splitlines()
    assert (said.code, said.out) == (22, "")
    assert "available for the past 365 days" in error
    assert error.endswith("; from there on:") == bool(way_out)
    assert [line.strip() for line in remedy] == (
        [f"openai-org-usage report {way_out} --emulator"] if way_out else []
    )
    if way_out:
        assert command(f"report {way_out} --emulator --no-names --sections summary").code == 0


@pytest.mark.parametrize(
    ("suffix", "beginning"),
    [("json", "{"), ("md", "# "), ("html", "<!doctype html>"), ("txt", "openai spend")],
)
def test_the_suffix_says_the_form(suffix: str, beginning: str, command: Run, tmp_path: Path) -> None:
    """A file that appears in one step."""
    path = tmp_path / f"report.{suffix}"
    said = command(f"report --last 7d --no-names --output {path}")
    assert (said.code, said.out, said.err) == (0, "", f"note: the report is in {path}\n")
    assert path.read_text(encoding="utf-8").lower().startswith(beginning)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ("--last 7d --this-month", "--last and --this-month each set the range: give one of them"),
        ("--last 36", "--last: '36' is no span: write 30d, 4w, 12mo"),
        ("--complete-days", "--complete-days goes with --last"),
        ("--start-time soon", "--start-time: 'soon' is no time: write 2026-11-01"),
        ("--end-time 2026-11-01", "--end-time goes with --since"),
        ("--output report.pdf", "'report.pdf' does not say which format: end it in one of .json, .md,"),
        ("--top 0", "--top is a whole number from 1 on, not 0"),
        (
            "--sections sumary",
            "there is no section 'sumary' (did you mean 'summary'?); there are summary, why",
        ),
        ("--timezone Berlin", "'Berlin' is no time zone (did you mean 'Europe/Berlin'?)"),
        ("--model ''", "a filter is empty"),
        ("--no-names --project Search", "--no-names leaves the lists unread: filter by ids instead"),
        ("--no-names --names-file n.json", "--names-file is for names: leave --no-names out"),
    ],
)
def test_reports_that_cannot_be_made(options: str, complaint: str, command: Run) -> None:
    """Exit code 2, before anything is sent."""
    said = command(f"report {options}")
    assert (said.code, said.out) == (2, "")
    assert complaint in said.err
