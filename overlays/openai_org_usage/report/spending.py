"""The figures of one currency: total, change, days, breakdowns, prices, and the forecast. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Context, Decimal, localcontext
from functools import cached_property
from typing import TYPE_CHECKING

import attrs

from ..line_items import read_line_item
from .breakdowns import Breakdown, CurrencyBreakdowns
from .changes import AmountChange, change, less, quotient
from .cost_cells import CostCells
from .explanation.comparison import PeriodComparison
from .explanation.explanation import Explanation, explained
from .forecast import Forecast, forecast
from .ledger import Key, Ledger
from .periods import Period
from .prices import UnitPrice, unit_prices

if TYPE_CHECKING:
    from ..directory.names import Names

SERIES = 6
"""How many models are followed from day to day; the others are one series."""
_AVERAGE_PLACES = Decimal("1e-12")


@attrs.frozen
class DaySpend:
    """What one day cost."""

    day: date
    amount: Decimal
    """Exact."""
    parts: tuple[Decimal, ...]
    """By model, in the order of the spend's `series`, then all others; they add up to `amount`."""
    before: Decimal | None
    """Exact: the day in the same place of the period before; None if it has no such day."""


@attrs.frozen
class Spend:
    """What was spent in one currency."""

    currency: str
    """ISO 4217, lower case, as the API sends it."""
    total: Decimal
    """Exact: the costs of the period, not grouped by anything."""
    complete: Decimal
    """Exact: what of it is of the complete days, which averages and changes are of; all if it has none."""
    change: AmountChange | None
    """Of the complete days, from the period before; None where nothing is compared."""
    daily_average: Decimal
    """Of the complete days, if there are any, to twelve places: a day may cost a fraction of a cent."""
    daily_change: AmountChange | None
    """From the daily average of the period before: of use where that is longer or shorter."""
    days: tuple[DaySpend, ...]
    series: tuple[Key, ...]
    """The models that `days` follow, largest first; line items that name no model stand for themselves."""
    breakdowns: tuple[Breakdown, ...]
    prices: tuple[UnitPrice, ...]
    forecast: Forecast | None
    """Of the calendar month that is running; None if the report ends before it, or its first days are not
    kept."""
    explanation: Explanation | None = None
    """Why the complete days cost more or less than before; None where nothing is compared."""

    @property
    def is_something(self) -> bool:
        """Whether anything was spent in the period, in the one before or in the running month."""
        before = self.change.before if self.change else 0
        running = self.forecast.spent if self.forecast else 0
        return bool(self.total or before or running)

    def labelled(self, names: Names | None, *, emails: bool) -> Spend:
        """The same figures, the entries of breakdowns called as `names` know them."""
        breakdowns = tuple(each.labelled(names, emails=emails) for each in self.breakdowns)
        explanation = self.explanation and self.explanation.labelled(names, emails=emails)
        return attrs.evolve(self, breakdowns=breakdowns, explanation=explanation)


@attrs.frozen
class Costs:
    """All that a spend is made from."""

    daily: Ledger
    """Not grouped."""
    cells: CostCells
    """By line item and project."""
    by: Mapping[str, Ledger]
    """By dimension."""
    period: Period
    before: Period | None
    top: int
    month: Period | None
    """The running month; None if there is no forecast to make."""
    today: date
    estimated: frozenset[str] = frozenset()
    """The dimensions by which amounts are estimated."""

    def spend(self, currency: str) -> Spend:
        """The figures of `currency`."""
        total = self.daily.total(currency, self.period)
        complete = self.period.complete(self.today)
        counted = self.daily.total(currency, complete)
        average = _average(counted, complete)
        breakdowns = CurrencyBreakdowns(
            currency, total, self.period, complete, self.before, self.top, self.estimated
        )
        series = self._series(currency)
        earlier = None if self.before is None else self.daily.total(currency, self.before)
        changed = None if earlier is None else change(counted, earlier)
        return Spend(
            currency,
            total,
            counted,
            changed,
            average,
            None if earlier is None or not self.before else change(average, _average(earlier, self.before)),
            self._days(currency, series),
            series,
            tuple(breakdowns.breakdown(name, ledger) for name, ledger in self._ledgers().items()),
            unit_prices(self.cells.entries.rows, currency=currency, period=self.period),
            self._forecast(currency),
            None if changed is None else self._explanation(currency, changed),
        )

    def _explanation(self, currency: str, changed: AmountChange) -> Explanation | None:
        if self.before is None:
            return None
        with localcontext(Context(prec=28)):
            return explained(
                PeriodComparison(currency, self.period.complete(self.today), self.before, changed),
                daily=self.daily,
                cells=self.cells,
                ledgers=self._ledgers(),
                estimated=self.estimated,
                top=self.top,
            )

    def _ledgers(self) -> dict[str, Ledger]:
        return {"model": self._models, **self.by}

    @cached_property
    def _models(self) -> Ledger:
        return self.by["line_item"].regrouped(_model_of)

    def _series(self, currency: str) -> tuple[Key, ...]:
        amounts = self._models.by_key(currency, self.period)
        largest = sorted(amounts, key=lambda key: (amounts[key].copy_negate(), key or ""))
        return tuple(key for key in largest if amounts[key] > 0)[:SERIES]

    def _days(self, currency: str, series: Sequence[Key]) -> tuple[DaySpend, ...]:
        totals = self.daily.by_day(currency, self.period)
        earlier: list[Decimal] = []
        if self.before is not None:
            earlier = list(self.daily.by_day(currency, self.before).values())
        models = self._models.amounts.get(currency, {})
        days: list[DaySpend] = []
        for number, (day, amount) in enumerate(totals.items()):
            parts = [models[key].get(day, Decimal(0)) for key in series]
            others = less(amount, *parts)
            before = earlier[number] if number < len(earlier) else None
            days.append(DaySpend(day, amount, (*parts, others), before))
        return tuple(days)

    def _forecast(self, currency: str) -> Forecast | None:
        if self.month is None:
            return None
        keys = self.daily.amounts.get(currency, {}).values()
        days = {day: amount for days in keys for day, amount in days.items()}
        return forecast(days, period=self.month, today=self.today)


def _model_of(line_item: Key) -> Key:
    return None if line_item is None else read_line_item(line_item).model_or_category


def _average(total: Decimal, period: Period) -> Decimal:
    return quotient(total, Decimal(period.days), places=_AVERAGE_PLACES)
