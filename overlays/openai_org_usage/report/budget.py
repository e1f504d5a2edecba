"""Is a budget kept? What is spent of it, where the period will end, and one line that says so."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

import attrs

from ..money import exact_sum
from . import wording
from .changes import ratio
from .errors import ReportError
from .forecast import Forecast, forecast
from .ledger import Ledger
from .omissions import refuse
from .periods import DAY, Period
from .report import Report


class BudgetPeriod(StrEnum):
    """What a limit is for: the running UTC day, week (from Monday) or calendar month."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    def around(self, today: date) -> Period:
        """The period that `today` is in."""
        if self is BudgetPeriod.MONTH:
            return Period.month(today.year, today.month)
        if self is BudgetPeriod.DAY:
            return Period(today, today + DAY)
        monday = today - timedelta(days=today.weekday())
        return Period(monday, monday + 7 * DAY)


class BudgetState(StrEnum):
    """How a budget stands; a limit that is just reached is kept."""

    WITHIN = "within"
    """Not exceeded, and not expected to be."""
    FORECAST_EXCEEDS = "forecast_exceeds"
    """Not exceeded yet, but it will be if the forecast is right."""
    EXCEEDED = "exceeded"


@attrs.frozen
class Budget:
    """A limit and what is spent of it. `str` of it is the line that explains it."""

    limit: Decimal
    currency: str
    period: Period
    spent: Decimal
    """Exact, the growing day so far included."""
    share: Decimal | None
    """Spent in parts of the limit, to six places; None for a limit of zero."""
    forecast: Forecast
    state: BudgetState
    line: str

    def __str__(self) -> str:
        return self.line


def check_budget(
    costs: Report | Ledger,
    *,
    limit: Decimal,
    period: BudgetPeriod | str = BudgetPeriod.MONTH,
    currency: str = "usd",
    today: date | None = None,
) -> Budget:
    """Compare what the running `period` has cost, and will have, with `limit`.

    `costs` is a report that reaches the present, or the daily totals of `collect_daily`; for these,
    `today` is the UTC day they were read on.

    Raises:
        ReportError: the limit is negative or no number; the period is unknown; the report ends before
            the present; or there are costs, but none in `currency`.
        UnsummableError: some costs are of a kind that this version does not know.
    """
    kind, currency = _period(period), currency.lower()
    if not limit.is_finite() or limit < 0:
        raise ReportError(f"a budget's limit is an amount of zero or more, not {limit}")
    ledger, today = _daily(costs, today)
    refuse(ledger.left_out)
    if currency not in ledger.amounts and ledger.amounts:
        raise ReportError(
            f"there are no costs in {currency.upper()}, but in {', '.join(ledger.currencies).upper()}: "
            "name that currency, as amounts are not converted"
        )
    keys = ledger.amounts.get(currency, {}).values()
    found = forecast(
        {day: exact_sum(days[day] for days in keys if day in days) for days in keys for day in days},
        period=kind.around(today),
        today=today,
    )
    state = _state(found, limit)
    return Budget(
        limit,
        currency,
        found.period,
        found.spent,
        ratio(found.spent, limit),
        found,
        state,
        _line(found, limit=limit, currency=currency, state=state),
    )


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
        raise ReportError(f"the report ends {costs.period.last}, and a budget needs the days up to today")
    return costs.daily, costs.today


def _state(found: Forecast, limit: Decimal) -> BudgetState:
    if found.spent > limit:
        return BudgetState.EXCEEDED
    if found.expected is not None and found.expected > limit:
        return BudgetState.FORECAST_EXCEEDS
    return BudgetState.WITHIN


_VERDICTS = {
    BudgetState.WITHIN: "within budget",
    BudgetState.FORECAST_EXCEEDS: "will exceed the budget",
    BudgetState.EXCEEDED: "budget exceeded",
}


def _line(found: Forecast, *, limit: Decimal, currency: str, state: BudgetState) -> str:
    spent = wording.money(found.spent, currency)
    share = ratio(found.spent, limit)
    of = "" if share is None else f" ({wording.percent(share)})"
    return (
        f"{_VERDICTS[state]}: {spent} of {wording.money(limit, currency)}{of} spent "
        f"{wording.within(found.period)} (UTC, today so far included); {_outlook(found, limit, currency)}"
    )


def _outlook(found: Forecast, limit: Decimal, currency: str) -> str:
    if found.expected is None:
        return "no forecast yet"
    text = f"forecast {wording.money(found.expected, currency)}"
    if found.low is None or found.high is None:
        return f"{text} without a range"
    text += f", {wording.money(found.low, currency)} to {wording.money(found.high, currency)}"
    if found.expected <= limit < found.high:
        text += ", so it may still be exceeded"
    return text
