"""What `--by` adds up, what `--fill` puts where there was nothing, and how both say what is not whole."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from .conftest import Run, Said
from .october import days

TOKENS = {"object": "organization.usage.moderations.result", "input_tokens": 5, "num_model_requests": 1}
STORED = {"object": "organization.usage.vector_stores.result", "project_id": "a"}


def rows_of(said: Said) -> list[dict[str, str]]:
    """The rows of CSV."""
    return list(csv.DictReader(said.out.splitlines()))


def bounds(said: Said) -> list[str]:
    """Start and end of each row, without the year and zero hours."""
    texts = (f"{row['start_time']} {row['end_time']}" for row in rows_of(said))
    return [text.replace("2026-", "").replace("T00:00:00Z", "").replace(":00:00Z", "") for text in texts]


@pytest.mark.parametrize("by", ["day", "week", "month", "year"])
def test_periods_add_up_to_the_total(by: str, command: Run) -> None:
    """Exactly, for each group; they follow on each other from the start of the range to its end."""
    asked = "costs --since 2026-08-12 --until 2026-10-20 --group-by project_id --format ndjson"
    rows, totals = (
        [json.loads(line) for line in command(f"{asked} --by {each}").out.splitlines()]
        for each in (by, "total")
    )
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row["project_id"]] += Decimal(row["amount_value"])
    assert sums == {row["project_id"]: Decimal(row["amount_value"]) for row in totals}
    periods = sorted({(row["start_time"], row["end_time"]) for row in rows})
    assert periods[0][0] == "2026-08-12T00:00:00Z"
    assert periods[-1][1] == "2026-10-20T00:00:00Z"
    assert all(before[1] == after[0] for before, after in pairwise(periods))


@pytest.mark.parametrize(
    ("options", "expected", "notes"),
    [
        (
            "--since 2026-10-02 --until 2026-10-20 --by week",
            ["10-02 10-05", "10-05 10-12", "10-12 10-19", "10-19 10-20"],
            [
                "the first week is not whole: 2026-10-02 to 2026-10-05",
                "the last week is not whole: 2026-10-19 to ",
            ],
        ),
        ("--last-month --by month", ["10-01 11-01"], []),
        (
            "--since 2026-10-26 --by month",
            ["10-26 11-01", "11-01 11-20T15:30:00Z"],
            [
                "the first month is not whole: 2026-10-26 to 2026-11-01",
                "the last month is not whole: 2026-11-01 to now",
            ],
        ),
        ("--today --by year", ["11-20 11-20T15:30:00Z"], ["the first year is not whole: 2026-11-20 to now"]),
        ("--since 2026-10-24 --until 2026-10-26 --by day", ["10-24 10-25", "10-25 10-26"], []),
        (  # The clock goes back in the night of the second day, which has 25 hours.
            "--since 2026-10-24 --until 2026-10-26 --by day --timezone Europe/Berlin",
            ["10-23T22 10-24T22", "10-24T22 10-25T23"],
            [],
        ),
        (
            "--since 2026-10-24T22:00Z --until 2026-10-25 --by hour",
            ["10-24T22 10-24T23", "10-24T23 10-25"],
            [],
        ),
        (
            "--last-week --by week --bucket-width 1d --timezone America/Los_Angeles",
            ["11-09 11-16"],
            ["buckets are whole UTC days"],
        ),
    ],
)
def test_periods_are_of_the_calendar(
    options: str, expected: list[str], notes: list[str], command: Run
) -> None:
    """Cut to the range, in hours where a zone or hours are wanted; a note says what is not whole."""
    said = command(f"moderations {options} --format csv")
    assert bounds(said) == expected
    assert [line.partition(note)[0] for line, note in zip(said.err.splitlines(), notes, strict=True)] == [
        "note: "
    ] * len(notes)


def test_a_table_shows_the_times_of_the_zone(command: Run) -> None:
    """So that days are days there; a note says whose they are, and files stay in UTC."""
    said = command("moderations --yesterday --by day --timezone Europe/Berlin --format table")
    assert said.out.splitlines()[2].split()[0] == "2026-11-19"
    assert said.err == "note: times are those of Europe/Berlin\n"


def test_of_a_level_each_period_has_the_last(command: Run) -> None:
    """And none of a bucket before."""
    answer = days({day: [{**STORED, "usage_bytes": day * 100}] for day in range(1, 10)})
    said = command("vector-stores --month 2026-10 --by week --columns usage_bytes", transport=answer)
    assert said.out.splitlines()[1:] == ["400", "900"]
    assert "usage_bytes is a level, not added up over time: each row has the last of its week" in said.err


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", ["1,a,5", "2,a,0", "2,b,7", "1,b,0", "3,a,0", "3,b,0"]),
        ("--by week", ["1,b,7", "1,a,5", "5,b,0", "5,a,0"]),
        ("--sort=-input_tokens,model", ["2,b,7", "1,a,5", "2,a,0", "3,a,0", "1,b,0", "3,b,0"]),
    ],
)
def test_what_had_nothing_is_zero(options: str, expected: list[str], command: Run) -> None:
    """For each bucket or period that came, and each group in any of them."""
    found = {
        1: [{**TOKENS, "model": "a"}],
        2: [{**TOKENS, "model": "b", "input_tokens": 7}],
        3: [],
        5: [],
        6: [],
    }
    answer = days(found if "week" in options else {day: found[day] for day in (1, 2, 3)})
    asked = f"moderations --month 2026-10 --group-by model --fill {options}"
    rows = rows_of(command(f"{asked} --columns start_time,model,input_tokens", transport=answer))
    found_rows = [f"{int(row['start_time'][8:10])},{row['model']},{row['input_tokens']}" for row in rows]
    assert found_rows == expected if options else sorted(found_rows) == sorted(expected)


@pytest.mark.parametrize(
    ("words", "columns", "expected"),
    [
        ("moderations", "input_tokens,num_model_requests", ["0,0", "0,0"]),
        ("vector-stores", "project_id,usage_bytes", [",", ","]),
        ("costs", "amount_value,amount_currency", ["0,", "0,"]),
    ],
)
def test_where_all_is_empty_there_are_zeros(
    words: str, columns: str, expected: list[str], command: Run
) -> None:
    """Of no group and no currency; a level that nobody tells is not zero."""
    said = command(f"{words} --month 2026-10 --fill --columns {columns}", transport=days({1: [], 2: []}))
    assert said.out.splitlines()[1:] == expected


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("costs --today --by hour", "--by hour: costs come in buckets of 1d"),
        ("images --today --by hour --bucket-width 1d", "--by hour: images come in buckets of 1d"),
        ("costs --today --by week --totals", "--totals is --by total: leave it out, or --by week"),
        ("costs --today --by week --raw", "leave --by out"),
        ("costs --today --fill --raw", "leave --fill out"),
        ("costs --today --by fortnight", "fortnight"),
    ],
)
def test_what_does_not_go_together_is_refused(words: str, complaint: str, command: Run) -> None:
    """With exit code 2, before anything is sent."""
    said = command(words)
    assert said.code == 2
    assert complaint in said.err


def test_a_year_is_never_too_long_ago(command: Run) -> None:
    """Of an API that keeps 365 days."""
    said = command("moderations --last 1y --by total --emulator --columns start_time,end_time")
    assert bounds(said) == ["2025-11-21 11-20T15:30:00Z"]


@pytest.mark.parametrize("format", ["parquet", "arrow", "json"])
def test_files_have_what_a_table_has(format: str, command: Run, tmp_path: Path) -> None:
    """Sums and zeros, in every format, whatever the results are made of."""
    for words in ("costs --last 3d --group-by model --by week --fill", "moderations --month 2026-10 --fill"):
        file = tmp_path / f"rows.{format}"
        transport = days({1: [], 2: []}) if "2026-10" in words else None
        said = command(f"{words} --output {file}", transport=transport)
        assert said.code == 0
        assert "rows in" in said.err


def test_what_was_too_long_ago_keeps_its_zone(command: Run) -> None:
    """The command for the rest adds up by the same days."""
    said = command("moderations --since 2025-01-01 --by month --timezone Europe/Berlin --emulator")
    assert said.code == 22
    assert "--since 2025-11-20T00:00Z --timezone Europe/Berlin --by month" in said.err
