"""Which range each way of asking means. Now is Friday 2026-11-20, 15:30 UTC."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Literal

import pytest

from openai_org_usage import UsageClient

from ..conftest import NOW
from .conftest import Run, Said


def asked(said: Said) -> tuple[str, str | None]:
    """Start and end of the whole range, in UTC; None for no end."""
    first, last = dict(said.requests[0]), dict(said.requests[-1])
    end = last.get("end_time")
    return readable(first["start_time"]), None if end is None else readable(end)


def readable(seconds: str) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%m-%d %H:%M")


@pytest.mark.parametrize(
    ("options", "start", "end"),
    [
        ("--today", "11-20 00:00", None),
        ("--last 1d", "11-20 00:00", None),
        ("--last 30d", "10-22 00:00", None),
        ("--last 1w", "11-14 00:00", None),
        ("--last 36h --bucket-width 1h", "11-19 04:00", None),
        ("--last 90m --bucket-width 1m", "11-20 14:01", None),
        ("--last 1mo", "10-21 00:00", None),
        ("--last 1y --bucket-width 1h", "11-21 00:00", None),
        ("--yesterday", "11-19 00:00", "11-20 00:00"),
        ("--this-week", "11-16 00:00", None),
        ("--last-week", "11-09 00:00", "11-16 00:00"),
        ("--this-month", "11-01 00:00", None),
        ("--last-month", "10-01 00:00", "11-01 00:00"),
        ("--this-year", "01-01 00:00", None),
        ("--last-year", "01-01 00:00", "01-01 00:00"),
        ("--since 2026-11-01 --until 2026-11-03", "11-01 00:00", "11-03 00:00"),
        ("--month 2026-10", "10-01 00:00", "11-01 00:00"),
        ("--year 2026", "01-01 00:00", "01-01 00:00"),
        ("--month 2026-11", "11-01 00:00", "12-01 00:00"),
        ("--month 2025-12", "12-01 00:00", "01-01 00:00"),
        ("--start-time 30d", "10-22 00:00", None),
        ("--start-time 7d --end-time 1d", "11-14 00:00", "11-20 00:00"),
        ("--start-time 2026-11-01 --end-time 2026-11-03T06:00Z", "11-01 00:00", "11-03 06:00"),
        ("--start-time 1793491200", "11-01 00:00", None),
    ],
)
def test_in_utc(
    options: str, start: str, end: str | None, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Days are UTC, whatever the machine's own zone; named moments are sent as they are."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    said = command(f"completions {options} --dry-run")
    assert (said.code, said.err) == (0, "")
    assert asked(said) == (start, end)


@pytest.mark.parametrize("width", ["1d", "1h", "1m"])
@pytest.mark.parametrize("span", ["1d", "7d", "2w", "36h", "90m", "1h"])
def test_a_span_means_the_same_everywhere(
    span: str, width: Literal["1d", "1h", "1m"], command: Run, client: UsageClient
) -> None:
    """Whole UTC buckets, the running one included: by each option, in the library, and in a report."""
    first = next(iter(client.completions(start_time=span, bucket_width=width)))
    start = readable(str(first.start_time))
    for options in (f"--last {span}", f"--start-time {span}", f"--last {span} --timezone Asia/Kolkata"):
        said = command(f"completions {options} --bucket-width {width} --dry-run")
        assert asked(said) == (start, None)
        assert ("--timezone concerns dates" in said.err) is ("--timezone" in options)
    if width == "1d":
        period = json.loads(command(f"report --last {span} --format json").out)["period"]
        assert f"{period['start'][5:]} 00:00" == start
        assert period["end"] == "2026-11-21"


@pytest.mark.parametrize(
    ("options", "start", "end"),
    [
        ("--month 2026-10 --bucket-width 1h", "09-30 22:00", "10-31 23:00"),  # The clock went back.
        ("--start-time 2026-11-02 --end-time 2026-11-03 --bucket-width 1h", "11-01 23:00", "11-02 23:00"),
        ("--start-time 2026-11-02T08:00 --bucket-width 1h", "11-02 07:00", None),
        ("--start-time 2026-11-02T08:00+05:00 --bucket-width 1h", "11-02 03:00", None),
        ("--today --bucket-width 1h", "11-19 23:00", None),
    ],
)
def test_days_of_a_time_zone(options: str, start: str, end: str | None, command: Run) -> None:
    """Hours fit into the days of Berlin; an offset that is written wins."""
    said = command(f"completions {options} --timezone Europe/Berlin --dry-run")
    assert (said.code, said.err) == (0, "")
    assert asked(said) == (start, end)


@pytest.mark.parametrize(
    ("options", "start", "end", "note"),
    [
        ("costs --month 2026-10 --timezone Europe/Berlin", "10-01 00:00", "11-01 00:00", "UTC days"),
        ("costs --today --timezone America/Los_Angeles", "11-20 00:00", None, "2026-11-20 to now"),
        ("costs --today --timezone Pacific/Auckland", "11-20 00:00", None, "2026-11-20 to now"),
        ("images --today --timezone Asia/Kolkata --bucket-width 1h", "11-19 19:00", None, "1m fits"),
        ("images --today --timezone Asia/Kolkata", "11-20 00:00", None, "1m fits"),
        ("images --last 36h", "11-19 00:00", None, "1h fits"),
    ],
)
def test_a_day_that_is_no_bucket_is_noted(
    options: str, start: str, end: str | None, note: str, command: Run
) -> None:
    """The nearest bucket is taken, never one that is still to come, and what it covers is said."""
    said = command(f"{options} --dry-run")
    assert asked(said) == (start, end)
    assert said.err.startswith("note: buckets are whole UTC")
    assert note in said.err
    assert command(f"{options} --dry-run --quiet").err == ""


def test_soon_after_midnight_the_day_before_is_taken(command: Run) -> None:
    """In Kolkata a day begins at 18:30 UTC, nearer to the next UTC day, which has not begun."""
    said = command("costs --today --timezone Asia/Kolkata --dry-run", now=NOW + 4 * 3600)
    assert asked(said) == ("11-20 00:00", None)


@pytest.mark.parametrize("line", ["costs --dry-run", "report --sections summary"])
def test_the_end_is_said_not_to_be_included_where_it_looks_so(line: str, command: Run) -> None:
    """Many would take the last day of a month for part of the range that it ends; no other day has a note."""
    note = "note: 2026-10-31 is not part of this range: end it with 2026-11-01 to include that day\n"
    assert command(f"{line} --since 2026-10-01 --until 2026-10-31").err == note
    assert command(f"{line} --since 2026-10-01 --until 2026-10-30").err == ""


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ("", "which range of time? Give --since 2026-11-01, --last 30d,"),
        ("--last 3d --today", "--last and --today each set the range: give one of them"),
        ("--last 3d --end-time 1d", "--end-time goes with --since; --last sets the end itself"),
        ("--last 3", "--last: '3' is no span: write 30d, 4w, 12mo, 1y, 36h or 90m (m is minutes)"),
        ("--last 0d", "--last: '0d' is no span: write 30d, 4w, 12mo, 1y, 36h or 90m (m is minutes)"),
        (
            "--last 2026-11-01",
            "--last: '2026-11-01' is no span: write 30d, 4w, 12mo, 1y, 36h or 90m (m is minutes)",
        ),
        ("--last month", "36h or 90m (m is minutes); or --last-month"),
        ("--last-week --last-month", "--last-week and --last-month each set the range: give one of them"),
        ("--last 999999w", "--last: 999999w goes back before 1970"),
        ("--month 2026-13", "--month: '2026-13' is no month: write it like 2026-10"),
        ("--month October", "--month: 'October' is no month"),
        ("--month 2027-01", "the range begins in the future, at 2027-01-01"),
        (
            "--start-time 2026-11-05 --end-time 2026-11-01",
            "it begins with 2026-11-05 and ends before 2026-11-01",
        ),
        ("--until 2026-11-01", "--until goes with --since"),
        ("--year 26", "--year: '26' is no year: write it like 2026"),
        ("--month 2026", "--month: '2026' is no month: write it like 2026-10, or --year 2026"),
        ("--since tomorrow", "--since: 'tomorrow' is no time"),
        ("--since 7d --until soon", "--until: 'soon' is no time"),
        ("--start_time 7d --last-month", "--start-time and --last-month each set the range"),
        ("--start-time yesterday", "--start-time: 'yesterday' is no time: write 2026-11-01,"),
        (
            "--start-time 2026-11-01T08:00",
            "2026-11-01T08:00 has no time zone: add Z, an offset or --timezone",
        ),
        ("--start-time 1793491200000", "is no time"),
        ("--today --timezone Berlin", "'Berlin' is no time zone (did you mean 'Europe/Berlin'?)"),
        ("--today --timezone Europe/Berln", "(did you mean 'Europe/Berlin'?)"),
        ("--today --timezone ../../etc/passwd", "is no time zone"),
    ],
)
def test_an_impossible_range_is_explained(options: str, complaint: str, command: Run) -> None:
    """In one line, with exit code 2; nothing is sent."""
    said = command(f"completions {options}")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("error: ")
    assert complaint in said.err
    assert len(said.err.splitlines()) == 1
