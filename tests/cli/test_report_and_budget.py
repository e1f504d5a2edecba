"""The commands over the report library: which days, which form, where to, and the exit codes."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from openai_org_usage import NamedKey, Names, UsageClient, sum_amounts
from openai_org_usage._generated import DIRECTORY
from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import MissingScope, Status

from ..conftest import NOW
from .conftest import Run


@pytest.fixture(scope="module")
def november(client: UsageClient) -> Decimal:
    """What the complete days of November cost so far, by the library."""
    return sum_amounts(client.costs(start_time="2026-11-01", end_time="2026-11-20").rows())["usd"]


def test_the_report_is_about_the_running_month(november: Decimal, command: Run) -> None:
    """Without options; its total is exact."""
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
        ("--start-time 7d", "2026-11-14", "2026-11-21"),
        ("--start-time 7d --end-time 1d", "2026-11-14", "2026-11-20"),
        ("--start-time 2026-11-02", "2026-11-02", "2026-11-21"),
        ("--today", "2026-11-20", "2026-11-21"),
        ("--last-month", "2026-10-01", "2026-11-01"),
        ("--this-week", "2026-11-16", "2026-11-21"),
        ("--last 1y", "2025-11-21", "2026-11-21"),
        ("--start-time 2026-11-02 --end-time 2026-11-09", "2026-11-02", "2026-11-09"),
    ],
)
def test_the_days_of_a_report(options: str, start: str, end: str, command: Run) -> None:
    """Whole UTC days; a month that runs has its complete ones, spans have today as well."""
    period = json.loads(command(f"report {options} --format json").out)["period"]
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
    said = command(f"report {options} --format json")
    assert said.err == (f"note: a report is of whole UTC days, so this is {note}\n" if note else "")


@pytest.mark.parametrize(
    ("options", "way_out"),
    [
        ("--last 400d --top 3", "--start-time 2025-11-20 --top 3"),
        ("--last 400d --complete-days", "--start-time 2025-11-20 --end-time 2026-11-20"),
        ("--month 2025-11", "--start-time 2025-11-20 --end-time 2025-12-01"),
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
        assert command(f"report {way_out} --emulator").code == 0


@pytest.mark.parametrize(
    ("suffix", "beginning"),
    [("json", "{"), ("md", "# "), ("html", "<!doctype html>"), ("txt", "openai spend")],
)
def test_the_suffix_says_the_form(suffix: str, beginning: str, command: Run, tmp_path: Path) -> None:
    """A file that appears in one step."""
    path = tmp_path / f"report.{suffix}"
    said = command(f"report --last 7d --output {path}")
    assert (said.code, said.out, said.err) == (0, "", f"note: the report is in {path}\n")
    assert path.read_text(encoding="utf-8").lower().startswith(beginning)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ("--last 7d --this-month", "--last and --this-month each set the range: give one of them"),
        ("--last 36", "--last: '36' is no span: write 30d, 4w, 12mo"),
        ("--complete-days", "--complete-days goes with --last"),
        ("--start-time soon", "--start-time: 'soon' is no time: write 2026-11-01"),
        ("--end-time 2026-11-01", "--end-time goes with --start-time"),
        ("--output report.pdf", "'report.pdf' does not say which format: end it in one of .json, .md,"),
        ("--top 0", "invalid value for '--top'"),
        (
            "--sections sumary",
            "there is no section 'sumary' (did you mean 'summary'?); there are summary, why",
        ),
        ("--timezone Berlin", "'Berlin' is no time zone (did you mean 'Europe/Berlin'?)"),
        ("--model ''", "a filter names what is kept"),
        ("--no-names --project Search", "--no-names leaves the lists unread: filter by ids instead"),
        ("--no-names --names-file n.json", "--names-file is for names: leave --no-names out"),
    ],
)
def test_reports_that_cannot_be_made(options: str, complaint: str, command: Run) -> None:
    """Exit code 2, before anything is sent."""
    said = command(f"report {options}")
    assert (said.code, said.out) == (2, "")
    assert complaint in said.err


def lists_asked(emulator: Emulator, *, since: int) -> int:
    """How many requests were for lists."""
    return sum("/usage/" not in each.path and "/costs" not in each.path for each in emulator.requests[since:])


def test_names_are_shown_and_kept_for_a_day(command: Run, emulator: Emulator, cache: Path) -> None:
    """As those of the endpoint commands, in the same file; it is what these read, too."""
    seen = len(emulator.requests)
    said = command("report")
    assert (said.code, said.err) == (0, "")
    assert "Data science (…andbox, archived)" in said.out
    assert "mobile · Elif Demir · Mobile app" in said.out
    assert lists_asked(emulator, since=seen) > 10
    assert len(list(cache.iterdir())) == 1

    seen = len(emulator.requests)
    assert command("report") == said
    assert "Search" in command("costs --last 1d --group-by project_id --names").out
    assert lists_asked(emulator, since=seen) == 0


def test_no_names_asks_for_none(command: Run, emulator: Emulator, cache: Path) -> None:
    """And has the same figures."""
    seen = len(emulator.requests)
    bare = command("report --no-names --format json")
    assert lists_asked(emulator, since=seen) == 0
    assert not cache.exists()
    named = command("report --format json").out
    assert "Elif Demir" in named
    assert "Elif Demir" not in bare.out
    assert "@" not in bare.out
    assert amounts(bare.out) == amounts(named)


def amounts(document: str) -> list[str]:
    """Every amount of every entry."""
    (spend,) = json.loads(document)["spends"]
    return [entry["amount"] for each in spend["breakdowns"].values() for entry in each["entries"]]


@pytest.mark.parametrize("format", ["terminal", "json", "markdown", "html"])
@pytest.mark.parametrize("more", ["", " --no-names"])
def test_a_report_to_pass_on_has_no_address(format: str, more: str, command: Run) -> None:
    """Neither of lists nor of those that costs came with."""
    said = command(f"report --no-emails{more} --format {format}")
    assert (said.code, said.err) == (0, "")
    assert "example.com" not in re.sub("<wbr>|<bdi>", "", said.out)
    assert ("Elif Demir" in said.out) == (not more)


def test_names_of_a_file(command: Run, emulator: Emulator, tmp_path: Path) -> None:
    """And those of one's own beside it; a file that cannot be read is an error if it was asked for."""
    key = NamedKey(id="key_mobile_ios", name="Gone", owner_name="Dora", project_id="proj_search_prod")
    Names(api_keys={key.id: key}, read_at=NOW).save(tmp_path / "names.json")
    (tmp_path / "names.toml").write_text('proj_search_prod = "Mine"\n')
    seen = len(emulator.requests)
    assert "Gone · Dora · Mine" in command(f"report --names-file {tmp_path / 'names.json'}").out
    assert lists_asked(emulator, since=seen) == 0

    (tmp_path / "names.json").write_text("nothing")
    said = command(f"report --names-file {tmp_path / 'names.json'}")
    assert (said.code, said.out) == (1, "")
    assert "read anew" in said.err


def test_a_damaged_file_that_nobody_asked_for_spoils_no_report(command: Run, cache: Path) -> None:
    """A note says what to do."""
    assert command("report").code == 0
    (file,) = cache.iterdir()
    file.write_text("nothing")
    said = command("report")
    assert (said.code, said.err.count("note: there are no names: ")) == (0, 1)
    assert "key_mobile_ios" in said.out


@pytest.mark.parametrize(
    ("fault", "note"),
    [
        (MissingScope(scope="api.management.read"), "the key lacks the scope api.management.read"),
        (Status(500), "note: there are no names: "),
    ],
)
def test_without_lists_there_is_a_report(
    fault: MissingScope | Status, note: str, command: Run, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    """With ids, a word about it, and the exit code as ever."""
    faults = FaultPlan(fault, operations=tuple(DIRECTORY))
    with Emulator(now=lambda: NOW, faults=faults) as emulator:
        monkeypatch.setenv("OPENAI_ADMIN_KEY", emulator.admin_key)
        monkeypatch.setenv("OPENAI_BASE_URL", emulator.base_url)
        said = command("report --max-retries 0")
    assert said.code == 0
    assert said.err.count(note) == 1
    assert "key_mobile_ios" in said.out
    assert not cache.exists()


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


def test_a_budget_as_json_is_exact(november: Decimal, client: UsageClient, command: Run) -> None:
    """Amounts are strings; today so far is part of what is spent."""
    said = command("budget --limit 500.10 --period month --format json")
    budget = json.loads(said.out)
    today = sum_amounts(client.costs(start_time="2026-11-20").rows())["usd"]
    assert (said.code, budget["exit_code"], budget["state"]) == (31, 31, "exceeded")
    assert Decimal(budget["spent"]) == november + today
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
        ("--limit 5 --period year", 2, "'year' is not one of 'day', 'week', 'month'"),
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
