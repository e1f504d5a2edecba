"""Whatever costs there are: an all-clear means that everything of value was counted, and within its limit."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from openai_org_usage.report import Budget, BudgetPeriod, BudgetState, Ledger, check_budget

from ..contract.profiles import examples
from .figures import DAY, TODAY, cost

Entry = tuple[int, Decimal | None, str | None]
"""How many days ago, the amount, and the currency as it is sent."""

AMOUNTS = st.one_of(
    st.decimals(-100, 1000, allow_nan=False, places=2),
    st.sampled_from([Decimal(text) for text in ("0", "0E-6176", "1E-6176", "-1E-30", "9E+6000", "500")]),
)
CURRENCIES = st.sampled_from(["usd", "usd", "USD", " usd ", "eur", "Eur", "jpy", None, "", "  "])
ENTRIES = st.lists(
    st.tuples(st.integers(0, 60), st.one_of(AMOUNTS, AMOUNTS, AMOUNTS, st.none()), CURRENCIES), max_size=12
)
LIMITS = st.dictionaries(
    st.sampled_from(["usd", "EUR", "jpy"]),
    st.one_of(st.decimals(0, 3000, allow_nan=False, places=2), st.just(Decimal("1E+6100"))),
    min_size=1,
)
PERIODS = st.sampled_from([*BudgetPeriod])


def check(entries: list[Entry], limits: dict[str, Decimal], period: BudgetPeriod) -> Budget:
    rows = [
        cost(TODAY - ago * DAY, None if amount is None else str(amount), currency=currency)
        for ago, amount, currency in entries
    ]
    return check_budget(Ledger.of(rows), limit=limits, period=period, today=TODAY)


def in_period(entries: list[Entry], period: BudgetPeriod) -> list[tuple[Fraction | None, str]]:
    """Those of the running period, by other means; the currency is empty where there is none."""
    days = {"day": 1, "week": TODAY.weekday() + 1, "month": TODAY.day}[period.value]
    return [
        (None if amount is None else Fraction(amount), (currency or "").strip().lower())
        for ago, amount, currency in entries
        if ago < days
    ]


def net(found: list[tuple[Fraction | None, str]]) -> dict[str, Fraction]:
    sums: defaultdict[str, Fraction] = defaultdict(Fraction)
    for amount, currency in found:
        sums[currency] += amount or 0
    return sums


@examples(120, 20_000)
@given(ENTRIES, LIMITS, PERIODS)
def test_an_all_clear_is_earned(
    entries: list[Entry], limits: dict[str, Decimal], period: BudgetPeriod
) -> None:
    """Exit 0 (and 30, which may count as one): all that has value in the period is within a limit."""
    budget = check(entries, limits, period)
    found = in_period(entries, period)
    if budget.state in (BudgetState.WITHIN, BudgetState.FORECAST_EXCEEDS):
        allowed = {name.lower(): Fraction(limit) for name, limit in limits.items()}
        assert all(amount is not None for amount, _ in found)
        assert not any(amount for amount, currency in found if not currency)
        for currency, spent in net(found).items():
            assert spent == 0 or spent <= allowed[currency]
            assert (
                currency not in allowed
                or {each.currency: each.spent for each in budget.limits}[currency] == spent
            )


@examples(120, 20_000)
@given(ENTRIES, LIMITS, PERIODS)
def test_an_excess_is_certain_and_never_hidden(
    entries: list[Entry], limits: dict[str, Decimal], period: BudgetPeriod
) -> None:
    """It is told where no credit that is not counted could undo it, and only there."""
    budget = check(entries, limits, period)
    found = in_period(entries, period)
    sums = net(found)
    undoing = sum(
        (amount for amount, currency in found if amount and amount < 0 and not currency), Fraction()
    )
    is_known = all(amount is not None for amount, _ in found)
    over = any(sums.get(name.lower(), 0) + undoing > Fraction(limit) for name, limit in limits.items())
    assert (budget.state is BudgetState.EXCEEDED) == (is_known and over)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), PERIODS)
def test_today_is_in_every_period(today: date, period: BudgetPeriod) -> None:
    """It is the running one."""
    assert today in period.around(today)
