"""`budget`: its line, its exit code, its JSON, and what it refuses."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from openai_org_usage import UsageClient, sum_amounts

from .conftest import Run


@pytest.mark.parametrize(
    ("limit", "code", "line"),
    [
        ("1000000", 0, "within budget in November 2026 (UTC, today so far included): $"),
        ("8000", 30, "will exceed the budget in November 2026 (UTC, today so far included): $"),
        ("500", 31, "budget exceeded in November 2026 (UTC, today so far included): $"),
    ],
)
def test_the_exit_code_of_a_budget(limit: str, code: int, line: str, command: Run) -> None:
    """With the line that explains it; --quiet leaves the exit code alone."""
    said = command(f"budget --limit {limit}")
    assert (said.code, said.err) == (code, "")
    assert said.out.startswith(line)
    assert command(f"budget --limit {limit} --quiet")._replace(err="") == (code, "", "")


def test_a_budget_is_one_line_but_on_a_terminal(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail from cron is searched line by line; on a terminal words stay whole."""
    piped = command("budget --limit 8000").out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    shown = command("budget --limit 8000").out
    assert (piped.count("\n"), shown.count("\n")) == (1, 2)
    assert shown.split() == piped.split()
    assert max(map(len, shown.splitlines())) <= 80


def test_several_clauses_stand_below_each_other_on_a_terminal(
    command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line for each limit, in the order of the one line."""
    options = "budget --limit eur=5 --limit 500 --limit gbp=7"
    piped = command(options).out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)

    head, *below = command(options).out.splitlines()

    assert head == "budget exceeded in USD, in November 2026 (UTC, today so far included):"
    assert below[-2:] == ["  nothing spent in EUR (limit €5.00)", "  nothing spent in GBP (limit £7.00)"]
    assert " ".join([head, *(line.strip() for line in below)]) == piped.replace(";", "").strip()


def test_a_budget_as_json_is_exact(client: UsageClient, command: Run) -> None:
    """Amounts are strings; today so far is part of what is spent."""
    said = command("budget --limit 500.10 --period month --format json")
    budget = json.loads(said.out)
    spent = sum_amounts(client.costs(start_time="2026-11-01").rows())["usd"]
    assert (said.code, budget["exit_code"], budget["state"]) == (31, 31, "exceeded")
    assert Decimal(budget["spent"]) == spent
    assert budget["limit"] == "500.10"
    assert budget["period"] == {"start": "2026-11-01", "end": "2026-12-01"}


@pytest.mark.parametrize(
    ("options", "code", "complaint"),
    [
        ("", 2, "give --limit AMOUNT"),
        ("--limit much", 2, "--limit: 'much' is no amount: write it like 500, 25.50 or eur=5"),
        ("--limit NaN", 2, "--limit: 'NaN' is no amount: write it like 500, 25.50 or eur=5"),
        ("--limit=-5", 2, "a limit is zero or more, not -5"),
        ("--limit 1_000", 2, "'1_000' is no amount"),
        ("--limit ' 5 '", 2, "' 5 ' is no amount"),
        ("--limit \uff15", 2, "is no amount"),
        ("--limit 1,000", 2, "write it like 500, 25.50 or eur=5, without thousands separators\n"),
        ("--limit 1.000.000", 2, "eur=5, without thousands separators\n"),
        ("--limit '$500'", 2, "'$500' is no amount: write it like 500, 25.50 or eur=5\n"),
        ("--limit 5eur", 2, "'5eur' is no amount: write it like 500, 25.50 or eur=5\n"),
        ("--limit 1e9999", 2, "zero or more, not 1E+9999"),
        ("--limit 5 --period year", 2, "--period cannot be 'year'; it is one of day, week, month"),
        ("--limit 5 --limit USD=6", 2, "--limit: USD has two: give one for each currency"),
        (
            "--limit usd=5,eur=5",
            2,
            "--limit: 'usd=5,eur=5' holds several limits: repeat the option, --limit usd=5 --limit eur=5\n",
        ),
        ("--limit '500 eur=5'", 2, "holds several limits"),
        ("--limit eu=5", 2, "--limit: 'eu' is no currency code, such as usd\n"),
        ("--limit euro=5", 2, "'euro' is no currency code"),
        ("--limit e1r=5", 2, "'e1r' is no currency code"),
        ("--limit \uff35\uff33\uff24=5", 2, "is no currency code"),
        ("--limit =6", 2, "'' is no currency code"),
        ("--limit 6 --currency ' '", 2, "--currency: ' ' is no currency code, such as usd\n"),
        ("--limit usd=6 --currency usd=5", 2, "--currency: 'usd=5' is no currency code"),
        ("--limit usd=", 2, "'' is no amount"),
    ],
)
def test_budgets_that_make_no_sense(options: str, code: int, complaint: str, command: Run) -> None:
    """Exit code 2; CI must not take them for a budget that is kept or exceeded."""
    said = command(f"budget {options}")
    assert (said.code, said.out) == (code, "")
    assert complaint in said.err
