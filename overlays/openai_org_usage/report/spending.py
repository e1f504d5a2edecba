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
from .scope import Scope

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

    scope: Scope
    """With no days before or month of which only a part is kept."""
    daily: Ledger
    """Not grouped."""
    cells: CostCells
    """By line item and project."""
    by: Mapping[str, Ledger]
    """By dimension."""
    top: int
    """How many entries a breakdown shows."""
    estimated: frozenset[str]
    """The dimensions by which amounts are estimated."""

    def spends(self) -> tuple[Spend, ...]:
        """The figures of every currency in which something was spent, the largest total first."""
        spends = [spend for spend in map(self.spend, self.daily.currencies) if spend.is_something]
        return tuple(sorted(spends, key=lambda spend: (spend.total.copy_negate(), spend.currency)))

    def spend(self, currency: str) -> Spend:
        """The figures of `currency`."""
        scope, series = self.scope, self._series(currency)
        total = self.daily.total(currency, scope.period)
        counted = self.daily.total(currency, scope.complete)
        changed, daily_changed = self._changes(currency, counted)
        breakdowns = CurrencyBreakdowns(
            currency, total, scope.period, scope.complete, scope.before, self.top, self.estimated
        )
        return Spend(
            currency,
            total=total,
            complete=counted,
            change=changed,
            daily_average=_average(counted, scope.complete),
            daily_change=daily_changed,
            days=self._days(currency, series),
            series=series,
            breakdowns=tuple(breakdowns.breakdown(*each) for each in self._ledgers().items()),
            prices=unit_prices(self.cells.entries.rows, currency=currency, period=scope.period),
            forecast=self._forecast(currency),
            explanation=self._explanation(currency, changed),
        )

    def _changes(self, currency: str, counted: Decimal) -> tuple[AmountChange | None, AmountChange | None]:
        """That of the complete days, which cost `counted`, and that of their average."""
        scope = self.scope
        if scope.before is None:
            return None, None
        earlier = self.daily.total(currency, scope.before)
        average, usual = _average(counted, scope.complete), _average(earlier, scope.before)
        return change(counted, earlier), change(average, usual)

    def _explanation(self, currency: str, changed: AmountChange | None) -> Explanation | None:
        if self.scope.before is None or changed is None:
            return None
        with localcontext(Context(prec=28)):
            return explained(
                PeriodComparison(currency, self.scope.complete, self.scope.before, changed),
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
        amounts = self._models.by_key(currency, self.scope.period)
        largest = sorted(amounts, key=lambda key: (amounts[key].copy_negate(), key or ""))
        return tuple(key for key in largest if amounts[key] > 0)[:SERIES]

    def _days(self, currency: str, series: Sequence[Key]) -> tuple[DaySpend, ...]:
        totals = self.daily.by_day(currency, self.scope.period)
        earlier: list[Decimal] = []
        if self.scope.before is not None:
            earlier = list(self.daily.by_day(currency, self.scope.before).values())
        models = self._models.amounts.get(currency, {})
        days: list[DaySpend] = []
        for number, (day, amount) in enumerate(totals.items()):
            parts = [models[key].get(day, Decimal(0)) for key in series]
            others = less(amount, *parts)
            before = earlier[number] if number < len(earlier) else None
            days.append(DaySpend(day, amount, (*parts, others), before))
        return tuple(days)

    def _forecast(self, currency: str) -> Forecast | None:
        if self.scope.month is None:
            return None
        keys = self.daily.amounts.get(currency, {}).values()
        days = {day: amount for days in keys for day, amount in days.items()}
        return forecast(days, period=self.scope.month, today=self.scope.today)


def _model_of(line_item: Key) -> Key:
    return None if line_item is None else read_line_item(line_item).model_or_category


def _average(total: Decimal, period: Period) -> Decimal:
    return quotient(total, Decimal(period.days), places=_AVERAGE_PLACES)
