"""The command without a word: one screen of figures, kept for a while, and what is said without a key."""

from __future__ import annotations

import itertools
import json
import stat
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from openai_org_usage import Archive, UsageClient
from openai_org_usage.cli.exit_codes import Exit
from openai_org_usage.emulator import Emulator, Story, StoryKind

from ..conftest import DAY, MIDNIGHT, NOW
from .conftest import Run

TEN_MINUTES = 600


def on_terminal(monkeypatch: pytest.MonkeyPatch, *, width: int = 80) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", str(width))


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_it_fits_one_screen(width: int, command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 24 lines, one of them the prompt's, and no line is too long; amounts are never cut."""
    on_terminal(monkeypatch, width=width)
    said = command("")
    lines = said.out.splitlines()
    assert (said.code, said.err) == (0, "")
    assert len(lines) <= 23
    assert max(map(len, lines)) <= min(width, 100)
    assert said.out.count("$") >= 11


def test_its_figures_are_those_of_the_other_commands(command: Run) -> None:
    """Of `costs`, `budget` and `report`, asked for the same days."""
    (spend,) = json.loads(command("--format json").out)["spends"]
    today = json.loads(command("costs --today --format json --columns amount_value").out)
    budget = json.loads(command("budget --limit 1 --format json").out)
    (reported,) = json.loads(command("report --format json --top 5").out)["spends"]
    assert Decimal(spend["today"]) == Decimal(today[0]["amount_value"])
    assert Decimal(spend["month"]["spent"]) == Decimal(budget["spent"])
    assert spend["month"]["expected"] == budget["forecast"]["expected"]
    after = Decimal(spend["week"]["before"]) + Decimal(spend["week"]["by"])
    assert after == sum(map(Decimal, spend["days"][-7:]))
    amounts = [entry["amount"] for entry in spend["top"][1]["entries"]]
    assert amounts == [entry["amount"] for entry in reported["breakdowns"]["model"]["entries"]]


def test_in_a_pipe_it_is_plain_text(command: Run) -> None:
    """Without colours; a title, the largest projects by name, and what stands out or does not."""
    said = command("")
    assert "\x1b" not in said.out
    assert said.out.startswith("OpenAI spend, 2026-11-20 15:30 UTC")
    assert "Support assistant" in said.out


def test_without_a_key_it_says_how_to_get_one(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """In three lines, as long as nothing else answers."""
    monkeypatch.delenv("OPENAI_ADMIN_KEY")
    said = command("")
    assert (said.code, said.out) == (Exit.CONFIGURATION, "")
    assert len(said.err.splitlines()) == 3
    assert "https://platform.openai.com/settings/organization/admin-keys" in said.err
    assert command("--emulator").code == 0


def test_figures_are_kept_for_ten_minutes(command: Run, emulator: Emulator, cache: Path) -> None:
    """For the owner's eyes alone, by key and address; then, or if told so, the API is asked anew."""
    command("")
    asked = [len(emulator.requests)]
    for line, later in (("", 599), ("--refresh", 599), ("", TEN_MINUTES + 600)):
        said = command(line, now=NOW + later)
        assert said.code == 0
        asked.append(len(emulator.requests))
    assert [after > before for before, after in itertools.pairwise(asked)] == [False, True, True]
    (kept,) = cache.glob("overview-*")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert emulator.admin_key not in kept.read_text()


def test_a_damaged_file_is_read_anew(command: Run, cache: Path) -> None:
    """As nothing in it is worth a complaint."""
    first = command("").out
    (kept,) = cache.glob("overview-*")
    kept.write_bytes(b"{")
    assert command("").out == first


@pytest.mark.parametrize("is_synced_by_command", [True, False])
def test_an_archive_answers_until_it_is_synced(
    command: Run, client: UsageClient, tmp_path: Path, *, is_synced_by_command: bool
) -> None:
    """From what the sync or the first screen kept, without its months; it says how old the figures are."""
    pytest.importorskip("pyarrow")
    folder = tmp_path / "usage"
    if is_synced_by_command:
        command(f"sync {folder} --table costs,completions --since 120d")
    else:
        tables = ["costs", "completions"]
        Archive(folder, clock=lambda: NOW).sync(client, tables=tables, since=MIDNIGHT - 120 * DAY)
        command(f"--archive {folder}")
    for month in folder.rglob("table=co*/**/*.parquet"):
        month.unlink()
    kept = command(f"--archive {folder} --organization default", now=NOW + 2 * 3600)
    assert kept.out.splitlines()[1:] == command("").out.splitlines()[1:]
    assert "from the archive, read 2 h ago" in kept.out


def test_it_says_why_a_month_changed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In the words of the report, below the figures, on the same one screen; of an archive, too."""
    pytest.importorskip("pyarrow")
    spike = Story(
        kind=StoryKind.SPIKE,
        first_day=date(2026, 11, 14),
        last_day=date(2026, 11, 16),
        amount=1500,
        project_id="proj_search_prod",
        line_item="gpt-5-2025-08-07, output",
    )
    with Emulator(now=lambda: NOW, stories=[spike]) as emulator:
        monkeypatch.setenv("OPENAI_ADMIN_KEY", emulator.admin_key)
        monkeypatch.setenv("OPENAI_BASE_URL", emulator.base_url)
        on_terminal(monkeypatch)
        said = Run(capsys)("")
        (spend,) = json.loads(Run(capsys)("--format json").out)["spends"]
        reported = Run(capsys)("report --format markdown").out
        Run(capsys)(f"sync {tmp_path / 'usage'} --since 120d")
        archived = Run(capsys)(f"--archive {tmp_path / 'usage'}").out
    assert archived.splitlines()[1:] == said.out.splitlines()[1:]
    assert spend["why"] in reported
    assert "14 November" in spend["why"]
    assert "% on the 7 days before" in said.out
    assert f"November so far: {spend['why']}" in " ".join(said.out.split())
    assert "15 Nov cost $1,578.09" in said.out.partition("Out of the ordinary")[2]
    assert len(said.out.splitlines()) <= 23


def test_budgets_stand_where_nothing_was_spent(
    command: Run, unused_emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As they are kept then, too."""
    monkeypatch.setenv("OPENAI_ADMIN_KEY", unused_emulator.admin_key)
    monkeypatch.setenv("OPENAI_BASE_URL", unused_emulator.base_url)
    (tmp_path / "config.toml").write_text("[[budgets]]\nlimit = 500\n")
    said = command(f"--config {tmp_path / 'config.toml'}")
    assert "Nothing was spent this month, nor in the one before." in said.out
    assert "$500.00  0.0% spent, within the limit" in said.out
