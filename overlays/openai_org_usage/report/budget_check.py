"""Is a budget kept? Limits compared with what is spent of them, and with where the period will end. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import attrs

from ..money import currency_code, exact_sum
from . import budget_verdict
from .budget import Budget, BudgetPeriod, BudgetState, CurrencyBudget
from .changes import ratio
from .errors import ReportError
from .forecast import Forecast, forecast
from .ledger import Ledger
from .periods import Period
from .report import Report
from .unknown_results import LeftOut, within

_LARGEST = 7_000
"""Powers of ten, more than amounts have."""


def check_budget(
    costs: Report | Ledger,
    *,
    limit: Decimal | Mapping[str, Decimal],
    period: BudgetPeriod | str = BudgetPeriod.MONTH,
    currency: str = "usd",
    today: date | None = None,
) -> Budget:
    """Compare what the running `period` has cost, and will have, with `limit`.

    `limit` is an amount in `currency`, or several by currency: `{"usd": Decimal(500), "eur": Decimal(300)}`.
    `costs` is a report that reaches the present, or the daily totals of `collect_daily`; for these,
    `today` is the UTC day they were read on.

    Raises:
        ReportError: a limit is negative or no number; its currency is no code of three letters, or has
            two; the period is unknown; the report ends before the present.
    """
    limits = _limits(limit, currency)
    days, (ledger, today) = _period(period), _daily(costs, today)
    running = days.around(today)
    inside = within(ledger.left_out, running)
    before = within(ledger.left_out, Period(date.min, running.start))
    costs_in = _BudgetCosts(ledger, running, today, inside)
    checked = tuple(costs_in.currency(name, amount) for name, amount in limits.items())
    others = (costs_in.currency(name, None) for name in ledger.currencies if name not in limits)
    unlimited = tuple(each for each in others if each.is_something)
    budget = Budget(running, checked, unlimited, inside, before, _worst(checked, unlimited, inside), "")
    return attrs.evolve(budget, line=budget_verdict.line(budget))


@attrs.frozen
class _BudgetCosts:
    """All that the currencies of a budget have in common."""

    ledger: Ledger
    period: Period
    today: date
    inside: Sequence[LeftOut]

    def currency(self, currency: str, limit: Decimal | None) -> CurrencyBudget:
        """How `currency` stands."""
        keys = self.ledger.amounts.get(currency, {}).values()
        found = forecast(
            {day: exact_sum(days[day] for days in keys if day in days) for days in keys for day in days},
            period=self.period,
            today=self.today,
        )
        credited = self.ledger.credited(currency, self.period)
        share = None if limit is None else ratio(found.spent, limit)
        return CurrencyBudget(currency, limit, found.spent, credited, share, found, self._state(found, limit))

    def _state(self, found: Forecast, limit: Decimal | None) -> BudgetState:
        if limit is None:
            return BudgetState.UNKNOWN
        least = self._least(found.spent)
        if least is not None and least > limit:
            return BudgetState.EXCEEDED
        if self.inside:
            return BudgetState.UNKNOWN
        is_more = found.expected is not None and found.expected > limit
        return BudgetState.FORECAST_EXCEEDS if is_more else BudgetState.WITHIN

    def _least(self, spent: Decimal) -> Decimal | None:
        """What was spent if all that is left out is a credit; None where nobody knows how large a one."""
        credits = [each.credits for each in self.inside]
        known = [credit for credit in credits if credit is not None]
        return exact_sum((spent, *known)) if len(known) == len(credits) else None


def _worst(
    checked: Sequence[CurrencyBudget], unlimited: Sequence[CurrencyBudget], inside: Sequence[LeftOut]
) -> BudgetState:
    states = {each.state for each in (*checked, *unlimited)}
    if inside:
        states.add(BudgetState.UNKNOWN)
    order = BudgetState.EXCEEDED, BudgetState.UNKNOWN, BudgetState.FORECAST_EXCEEDS
    return next((state for state in order if state in states), BudgetState.WITHIN)


def _limits(limit: Decimal | Mapping[str, Decimal], currency: str) -> dict[str, Decimal]:
    given = limit if isinstance(limit, Mapping) else {currency: limit}
    limits: dict[str, Decimal] = {}
    for name, amount in given.items():
        code = currency_code(name)
        if code is None:
            raise ReportError(f"a budget's limit: {name!r} is no currency code, such as usd")
        if code in limits:
            raise ReportError(f"a budget has one limit for each currency: {code!r} stands twice")
        if not amount.is_finite() or amount < 0 or (amount and abs(amount.adjusted()) > _LARGEST):
            raise ReportError(f"a budget's limit is an amount of zero or more, not {amount}")
        limits[code] = amount
    if not limits:
        raise ReportError("a budget has a limit: give an amount, or one for each currency")
    return limits


def _period(value: BudgetPeriod | str) -> BudgetPeriod:
    try:
        return BudgetPeriod(value)
    except ValueError:
        raise ReportError(f"a budget is for a day, a week or a month, not for {value!r}") from None


def _daily(costs: Report | Ledger, today: date | None) -> tuple[Ledger, date]:
    if isinstance(costs, Ledger):
        if today is None:
            raise ReportError("daily totals do not say when they were read: give today=, the UTC day")
        return costs, today
    if costs.spends and all(spend.forecast is None for spend in costs.spends):
        raise ReportError(
            f"the report ends {costs.period.last} and is without the running month up to today, "
            "which a budget needs"
        )
    return costs.daily, costs.today
