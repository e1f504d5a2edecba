"""Planted causes are named, and where there are none, none is (CONTRACT.md 12)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from openai_org_usage import UsageClient
from openai_org_usage.emulator import Emulator
from openai_org_usage.report import CauseKind, Explanation, collect
from openai_org_usage.report.report import make_report
from tests.contract.profiles import LONG, amount

from .drawing import PlantedMonth, emulated_month
from .judging import judge, judge_month
from .results import NAMEABLE, StoryResults

SEEDS = [0, pytest.param(1000, marks=pytest.mark.skipif(not LONG, reason="takes an hour: CONTRACT=long"))]
"""First seeds: of months on which rules were tuned, and of fresh ones."""


@pytest.mark.parametrize("seed", SEEDS)
def test_the_first_cause_is_the_largest_story(seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    """In 95 of 100 months with one to three stories, the largest worth naming; all sums are exact in all."""
    results = StoryResults([judge(PlantedMonth.of(seed + each)) for each in range(amount(6, 300))])
    nameable = results.between(NAMEABLE)

    with capsys.disabled():
        print(f"\nmonths with stories, seeds from {seed}", *results.lines(), sep="\n")
    assert all(verdict.adds_up for verdict in results.verdicts)
    assert len(nameable.wrong) <= max(1, len(nameable.verdicts) // 20), "\n".join(map(str, nameable.wrong))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_cause_is_named_in_a_quiet_month(seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    """In 95 of 100 months of lively organizations to which nothing happens."""
    verdicts = [judge_month(emulated_month(seed + each), seed=seed + each) for each in range(amount(2, 100))]
    loud = [verdict for verdict in verdicts if verdict.first is not None]

    with capsys.disabled():
        print(f"\nquiet months, seeds from {seed}: a cause named in {len(loud)} of {len(verdicts)}")
    assert all(verdict.adds_up for verdict in verdicts)
    assert len(loud) <= len(verdicts) // 20, "\n".join(map(str, loud))


def test_over_http_it_is_the_same_story() -> None:
    """A report that is read from the API says what is judged here."""
    planted = PlantedMonth.of(3)
    month, stories = planted.month, [each.story for each in planted.planted]
    now = datetime(month.today.year, month.today.month, month.today.day, tzinfo=UTC)
    read = month.costs(stories).until(month.today)
    seed, moment = month.ordinary.seed, now.timestamp()

    with (
        Emulator(seed=seed, lively=True, stories=stories, now=lambda: moment) as api,
        UsageClient(admin_key=api.admin_key, base_url=api.base_url) as client,
    ):
        (spend,) = collect(client, now=now).spends

    (expected,) = make_report(read.gathered(), scope=month.scope).spends
    assert spend.explanation is not None
    assert expected.explanation is not None
    assert spend.explanation.effects == expected.explanation.effects
    assert told(spend.explanation) == told(expected.explanation) != []


def told(explanation: Explanation) -> list[tuple[CauseKind, date | None, date | None, Decimal]]:
    """The causes, but for names."""
    return [(each.kind, each.began, each.ended, each.amount) for each in explanation.causes]
