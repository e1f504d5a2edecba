"""What `budget` says, and `report` notes, of currencies mixed, missing and unknown, of credits, of kinds yet
unknown and of days that are missing. No all-clear that is not earned."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from openai_org_usage.emulator import Emulator

from ..scripted import Json
from .conftest import Run
from .currency_cases import CURRENCY_CASES
from .ledgers import Ledgers, serving
from .uncounted_cases import UNCOUNTED_CASES
from .verdict_case import BAD_ANSWER, EXCEEDED, EXPECTED, NET, NO_VERDICT, SEVERAL, TOO_LONG_AGO, WITHIN, Case

CASES = [*CURRENCY_CASES, *UNCOUNTED_CASES]


@pytest.fixture(scope="module")
def ledgers() -> Iterator[tuple[Ledgers, str]]:
    """The server's ledgers, and where it is."""
    ledgers = Ledgers()
    with serving(ledgers) as base_url:
        yield ledgers, base_url


@pytest.fixture
def asking(
    ledgers: tuple[Ledgers, str], command: Run, monkeypatch: pytest.MonkeyPatch, emulator: Emulator
) -> Ledgers:
    """What the command reads."""
    monkeypatch.setenv("OPENAI_BASE_URL", ledgers[1])
    return ledgers[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.what))
def test_the_verdict_of_a_budget(case: Case, asking: Ledgers, command: Run) -> None:
    """The exit code, the line, and in JSON what was not counted; zero only where that is nothing."""
    asking.days, asking.keeps = case.days, case.keeps

    said = command(f"budget {case.options} --format json")

    assert said.code == case.code, said
    budget: Json = json.loads(said.out) if said.out else {}
    line: str = budget.get("line") or said.err.rstrip("\n")
    for text in case.says:
        assert text in line
    assert line.isprintable()
    if budget:
        missing: list[Json] = [each for each in budget["left_out"] if each["in_period"]] + budget[
            "without_limit"
        ]
        assert budget["exit_code"] == case.code
        begins = budget["period"]["start"]
        for each in budget["left_out"]:
            days = each["period"]
            assert days["start"] >= begins if each["in_period"] else days["end"] <= begins
        assert not missing or case.code in (EXCEEDED, NO_VERDICT)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.what))
def test_the_notes_of_a_report(case: Case, asking: Ledgers, command: Run) -> None:
    """What is in no sum stands above all figures; nothing else is called incomplete."""
    asking.days, asking.keeps = case.days, case.keeps

    said = command(f"report --no-names --format markdown{' --today' * case.today}")

    assert said.code == case.report, said
    text = " ".join(said.out.replace("\\", "").split())
    for note in case.notes:
        assert note in text
    for rare in (SEVERAL, NET):
        assert (rare in text) == any(rare in note for note in case.notes)
    before, found, after = text.partition("Incomplete: ")
    assert bool(found) == (case.incomplete is not None)
    if case.incomplete is not None:
        assert case.incomplete in after
        assert "cost" not in before


def test_the_table_has_enough_cases() -> None:
    """At least 30, each another; some of every verdict."""
    assert len({case.what for case in CASES}) == len(CASES) >= 45
    assert {case.code for case in CASES} == {WITHIN, EXPECTED, EXCEEDED, NO_VERDICT, BAD_ANSWER, TOO_LONG_AGO}
