"""Which findings are explained, which are not, and which entries of the list have had their day."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from referees.report import details, markdown, table
from referees.verdicts import Known, KnownFindingsError, ScoreSheet, judge, read_known, skipped

MONEY = Known("schemathesis on .*", r"costs: amount: \w+", "amounts are strings")


def sheet(referee: str, *subjects: str, checks: int = 1) -> ScoreSheet:
    found = ScoreSheet(referee, asked="something")
    found.checks = checks
    for subject in subjects:
        found.object(subject, f"detail of {subject}")
    return found


def test_a_declared_finding_is_explained() -> None:
    """Referee and subject both have to match, and the whole of each."""
    sheets = [
        sheet("schemathesis on pin", "costs: amount: type"),
        sheet("schemathesis on upstream", "costs: amount: type and more"),
        sheet("steady on pin", "costs: amount: type"),
    ]

    judgement = judge(sheets, [MONEY])

    assert [referee for referee, *_ in judgement.explained] == ["schemathesis on pin"]
    assert [referee for referee, _ in judgement.unexplained] == ["schemathesis on upstream", "steady on pin"]
    assert not judgement.accepted


def test_all_explained_is_accepted() -> None:
    """Findings with a reason do not fail a run."""
    judgement = judge([sheet("schemathesis on pin", "costs: amount: type")], [MONEY])

    assert judgement.accepted
    assert judgement.stale == ()


def test_nothing_checked_is_not_accepted() -> None:
    """Referees that were asked nothing have not accepted anything."""
    assert not judge([skipped("steady on upstream", asked="nothing", why="no document")], []).accepted


def test_an_entry_that_no_longer_occurs_is_reported() -> None:
    """It is stale if its referee was asked and nothing is left to chance; it does not fail a run."""
    asked = judge([sheet("schemathesis on pin")], [MONEY])
    of_others = judge([sheet("steady on pin")], [MONEY])
    not_asked = judge([skipped("schemathesis on pin", asked="", why="x"), sheet("steady on pin")], [MONEY])

    assert asked.stale == (MONEY,)
    assert asked.accepted
    by_chance = judge([sheet("schemathesis on pin")], [attrs.evolve(MONEY, by_chance=True)])
    assert of_others.stale == not_asked.stale == by_chance.stale == ()


def test_findings_of_one_subject_are_one() -> None:
    """It is counted, and its first detail is kept."""
    found = ScoreSheet("steady on pin", asked="something")

    results = [found.expect(number > 2, "too small", str(number)) for number in range(4)]

    assert results == [False, False, False, True]
    assert found.checks == 4
    assert [(f.subject, f.detail, f.count) for f in found.findings] == [("too small", "0", 3)]


def test_the_table_has_each_referee_once() -> None:
    """With checks and findings; what is behind them follows."""
    sheets = [
        sheet("schemathesis on pin", "costs: amount: type", "costs: novel", checks=7),
        skipped("steady on upstream", asked="nothing", why="no document"),
    ]

    judgement = judge(sheets, [MONEY, Known("schemathesis.*", "gone", "was so")])
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table(judgement).splitlines()]
    text = markdown(judgement, sources=["Upstream: none"])

    assert rows[0] == ["referee", "what was asked", "checks", "findings"]
    assert rows[2] == ["schemathesis on pin", "something", "7", "1 UNEXPLAINED, 1 explained"]
    assert rows[3] == ["steady on upstream", "nothing", "0", "skipped: no document"]
    assert "schemathesis on pin: costs: novel (1 times)\n\n      detail of costs: novel" in details(judgement)
    assert "amounts are strings" in text
    assert "`gone` (was so)" in text
    assert "- Upstream: none" in text


def test_the_list_in_force_can_be_read() -> None:
    """Every entry has a referee, a finding and a reason."""
    known = read_known()

    assert len(known) > 5
    assert all(len(entry.reason) > 20 for entry in known)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: b", "is a list of entries"),
        ("- {referee: a, finding: b}", "entry 1 needs a referee, a finding and a reason"),
        ("- {referee: a, finding: '(', reason: c}", "entry 1: '\\(' is no pattern"),
        ("- &e {referee: a, finding: b, reason: c}\n- *e", "entry 2 of known.yaml stands there twice"),
    ],
)
def test_a_bad_list_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    """The message names the entry."""
    (tmp_path / "known.yaml").write_text(text)

    with pytest.raises(KnownFindingsError, match=reason):
        read_known(tmp_path / "known.yaml")
