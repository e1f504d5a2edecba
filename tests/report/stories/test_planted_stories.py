"""Planted causes are named, and where there are none, none is."""

import pytest

from tests.contract.profiles import amount

from .drawing import PlantedMonth, emulated_month
from .judging import Verdict, judge, judge_month

_NAMEABLE = 3.0
"""Noises that a month's largest story is worth, at least, for its name to be asked for."""
_FRESH = 1000
"""The first seed of months on which nothing was tuned."""


@pytest.mark.parametrize("first_seed", [0, _FRESH])
def test_the_first_cause_is_the_planted_one(first_seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    """In 95 of 100 months with one to three stories that matter (CONTRACT.md 12); all sums are exact."""
    verdicts = [judge(PlantedMonth.of(first_seed + seed)) for seed in range(amount(10, 300))]

    nameable = [verdict for verdict in verdicts if verdict.worth >= _NAMEABLE]
    with capsys.disabled():
        print(f"\n{_told(verdicts, first_seed)}")
    assert all(verdict.adds_up for verdict in verdicts)
    assert sum(verdict.is_right for verdict in nameable) >= 0.95 * len(nameable)


@pytest.mark.parametrize("first_seed", [0, _FRESH])
def test_no_cause_is_named_in_quiet_months(first_seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    """In 95 of 100 months of lively organizations to which nothing happens (CONTRACT.md 12)."""
    seeds = range(first_seed, first_seed + amount(5, 100))
    verdicts = [judge_month(emulated_month(seed), seed=seed) for seed in seeds]

    quiet = [verdict for verdict in verdicts if verdict.first is None]
    with capsys.disabled():
        print(f"\n  quiet months from {first_seed}: no cause named in {len(quiet)} of {len(verdicts)}")
    assert all(verdict.adds_up for verdict in verdicts)
    assert len(quiet) >= 0.95 * len(verdicts)


def _told(verdicts: list[Verdict], first_seed: int) -> str:
    """The figures, by how much the largest story is worth, and of the forecasts."""
    lines = [f"  months with stories from {first_seed}:"]
    for least, most in ((0.0, 1.0), (1.0, 2.0), (2.0, 3.0), (3.0, 5.0), (5.0, 1000.0), (3.0, 1000.0)):
        some = [verdict for verdict in verdicts if least <= verdict.worth < most]
        right, literal = (
            (sum(each) for each in zip(*((v.is_right, v.is_literal) for v in some), strict=True))
            if some
            else (0, 0)
        )
        lines.append(
            f"  worth {least:g} to {most:g} noises: {right} of {len(some)} right, {literal} literally"
        )
    before, after = (
        sum(each) / len(verdicts) for each in zip(*((v.before, v.after) for v in verdicts), strict=True)
    )
    lines.append(f"  forecast of the month's end off by {before:.1%} with the old rule, {after:.1%} now")
    return "\n".join(lines)
