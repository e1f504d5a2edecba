"""The forecast: what it knows, what it does not, and how often its range holds."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, localcontext
from random import Random

import pytest

from openai_org_usage import UsageClient
from openai_org_usage.emulator import Emulator
from openai_org_usage.report import Forecast, Ledger, Period, ReportError
from openai_org_usage.report.forecast import forecast

from .figures import DAY, TODAY

NOVEMBER = Period.month(2026, 11)
WEEK = (100, 110, 120, 110, 90, 30, 20)


def weekly(day: date) -> int:
    return WEEK[day.weekday()]


def past(days: int, amount: Callable[[date], float] = weekly, *, today: date = TODAY) -> dict[date, Decimal]:
    """So many complete days before today, by default after the pattern of the week."""
    return {day: Decimal(str(amount(day))) for day in Period(today - days * DAY, today).each_day()}


def outlook(days: Mapping[date, Decimal]) -> Forecast:
    return forecast(days, period=NOVEMBER, today=TODAY)


def test_a_steady_week_is_continued() -> None:
    """Nothing is off, so the range has no width."""
    found = outlook(past(84))
    expected = Decimal(sum(weekly(day) for day in NOVEMBER.each_day()))
    assert (found.expected, found.low, found.high) == (expected, expected, expected)
    assert [ahead.day for ahead in found.path] == list(Period(TODAY, NOVEMBER.end).each_day())


def test_the_growing_day_teaches_nothing() -> None:
    """At one in the morning it looks like a collapse; it is spent, and no more is read into it."""
    days = past(84)
    early, nothing = outlook({**days, TODAY: Decimal("0.5")}), outlook(days)
    assert early.expected == nothing.expected
    assert early.spent == nothing.spent + Decimal("0.5")


def test_what_today_has_cost_already_is_not_taken_back() -> None:
    """A dear day raises the end by what it is dearer than its like."""
    found, usual = outlook({**past(84), TODAY: Decimal(590)}), outlook(past(84))
    assert found.expected is not None
    assert usual.expected is not None
    assert found.expected - usual.expected == 590 - weekly(TODAY)
    assert found.low is not None
    assert found.low >= found.spent


def test_a_new_level_is_believed_after_two_weeks() -> None:
    """Twice as much since a fortnight: the days left cost twice as much, too."""
    days = past(84, lambda day: weekly(day) * (2 if day >= TODAY - 14 * DAY else 1))
    found, usual = outlook(days), outlook(past(84))
    assert found.expected is not None
    assert usual.expected is not None
    left = found.expected - found.spent
    assert left == 2 * (usual.expected - usual.spent)


@pytest.mark.parametrize(
    ("days", "has_estimate", "has_range", "says"),
    [
        (0, False, False, "there is none yet"),
        (6, False, False, "there are only 6 yet"),
        (7, True, False, "takes 21 complete days, and there are 7"),
        (20, True, False, "takes 21 complete days, and there are 20"),
        (21, True, True, "the last 21 days"),
        (84, True, True, "the last 84 days"),
        (200, True, True, "the last 84 days"),
    ],
)
def test_little_data_gives_less_and_says_so(
    days: int, has_estimate: bool, has_range: bool, says: str
) -> None:
    """A week for an estimate, three for a range; before the first cost there was no organization."""
    found = outlook({**past(300, lambda _: 0), **past(days)})
    assert (found.expected is not None, found.low is not None) == (has_estimate, has_range)
    assert says in found.method


def test_less_data_gives_a_wider_range() -> None:
    """The same noise, known for three weeks and for twelve."""
    noise = Random(5)
    days = past(84, lambda day: round(weekly(day) * noise.uniform(0.8, 1.2)))
    wide, narrow = outlook({day: days[day] for day in sorted(days)[-21:]}), outlook(days)
    assert width(wide) > 2 * width(narrow) > 0


def width(found: Forecast) -> Decimal:
    assert found.low is not None
    assert found.high is not None
    return found.high - found.low


def test_the_range_widens_from_day_to_day() -> None:
    """It never gets narrower with distance."""
    noise = Random(6)
    path = outlook(past(84, lambda day: round(weekly(day) * noise.uniform(0.5, 1.5)))).path
    widths = [ahead.high - ahead.low for ahead in path if ahead.high is not None and ahead.low is not None]
    assert len(widths) == len(path)
    assert all(later >= earlier - Decimal("0.01") for earlier, later in itertools.pairwise(widths))


def test_the_currency_does_not_matter() -> None:
    """A thousand times the amounts, a thousand times the forecast."""
    noise = Random(7)
    days = past(84, lambda day: round(weekly(day) * noise.uniform(0.5, 1.5), 3))
    small, large = outlook(days), outlook({day: 1000 * amount for day, amount in days.items()})
    assert small.expected is not None
    assert large.expected is not None
    assert abs(large.expected - 1000 * small.expected) <= 10
    assert abs(width(large) - 1000 * width(small)) <= 20


def test_the_callers_decimal_context_does_not_matter() -> None:
    """Not even one that has four digits."""
    days = past(84)
    with localcontext() as context:
        context.prec = 4
        found = outlook(days)
    assert found == outlook(days)


def test_an_organization_that_stopped_is_expected_to_cost_nothing() -> None:
    """There is no level to measure a range against."""
    found = outlook({**past(84), **past(28, lambda _: 0)})
    assert (found.expected, found.low) == (Decimal(0), None)
    assert "cost nothing" in found.method


def test_a_period_without_today_is_refused() -> None:
    """It is over, or has not begun."""
    with pytest.raises(ReportError, match="nothing to forecast"):
        forecast(past(84), period=Period.month(2026, 10), today=TODAY)


SEEDS = range(6)
HISTORY = 550


def test_the_range_holds_about_four_times_in_five(capsys: pytest.CaptureFixture[str]) -> None:
    """Backtest on emulated organizations, made-up growth and steps: each month's end as it was seen before.

    The emulator's organizations rest at Christmas and slow down in August, of which a forecast knows
    nothing; such months count like all others.
    """
    tried: dict[str, list[tuple[bool, Decimal, Decimal]]] = {}
    for seed in SEEDS:
        with Emulator(seed=seed, now=lambda: midnight(TODAY)) as api:
            tried.setdefault("emulator", []).extend(backtest(emulated(api)))
        for kind in ("noisy", "growing", "stepping", "wandering"):
            tried.setdefault(kind, []).extend(backtest(made_up(kind, seed)))
    with capsys.disabled():
        print()
        for kind, results in tried.items():
            print(f"  forecast of {kind} organizations: {told(results)}")
    for kind, results in tried.items():
        held = sum(inside for inside, _, _ in results) / len(results)
        assert 0.72 <= held <= 0.97, kind


def told(results: Sequence[tuple[bool, Decimal, Decimal]]) -> str:
    held = sum(inside for inside, _, _ in results) / len(results)
    off = sorted(off for _, off, _ in results)[len(results) // 2]
    wide = sorted(wide for _, _, wide in results)[len(results) // 2]
    return f"{len(results)} ends, {held:.0%} in the range, median miss {off:.1%}, median width {wide:.1%}"


def backtest(days: Mapping[date, Decimal]) -> list[tuple[bool, Decimal, Decimal]]:
    """For past days of months that are over: whether the range held, how far off, how wide."""
    results: list[tuple[bool, Decimal, Decimal]] = []
    for number in range(100, HISTORY - 31, 23):
        today = TODAY - (HISTORY - number) * DAY
        month = Period.month(today.year, today.month)
        known = {day: amount for day, amount in days.items() if day < today}
        found = forecast(known, period=month, today=today)
        actual = sum((days[day] for day in month.each_day()), Decimal(0))
        assert found.expected is not None
        assert found.low is not None
        assert found.high is not None
        results.append(
            (found.low <= actual <= found.high, abs(found.expected / actual - 1), width(found) / actual)
        )
    return results


def emulated(api: Emulator) -> dict[date, Decimal]:
    period = Period.last_days(HISTORY, now=datetime.fromtimestamp(midnight(TODAY), UTC))
    with UsageClient(admin_key=api.admin_key, base_url=api.base_url) as client:
        costs = client.costs(start_time=period.start_time, end_time=period.end_time)
        return Ledger.of(costs.rows()).by_day("usd", period)


def made_up(kind: str, seed: int) -> dict[date, Decimal]:
    """Daily amounts with a week, noise, and what makes forecasts hard."""
    dice, level = Random(f"{kind} {seed}"), 1.0
    days: dict[date, Decimal] = {}
    for day in Period(TODAY - HISTORY * DAY, TODAY).each_day():
        level *= {
            "growing": 1.007,
            "stepping": dice.choice((1.6, 0.7)) if dice.random() < 1 / 60 else 1.0,
            "wandering": dice.lognormvariate(0, 0.03),
        }.get(kind, 1.0)
        noise = dice.lognormvariate(0, 0.4 if kind == "noisy" else 0.12)
        days[day] = Decimal(repr(round(weekly(day) * level * noise, 6)))
    return days


def midnight(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
