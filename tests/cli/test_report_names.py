"""What a report calls things by: names of lists, of files, of rows, or ids; addresses only if wanted."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from openai_org_usage import NamedKey, Names
from openai_org_usage._generated import DIRECTORY
from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import MissingScope, Status

from ..conftest import NOW
from .conftest import Run


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
