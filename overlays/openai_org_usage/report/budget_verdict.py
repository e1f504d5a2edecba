"""A budget in one line: the verdict, what it stands on, and what is not counted. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..money import currency_code
from ..printable import clean
from . import formatting
from .budget import Budget, BudgetState, CurrencyBudget
from .unknown_results import listed_in_words

_VERDICTS = {
    BudgetState.WITHIN: "within budget",
    BudgetState.FORECAST_EXCEEDS: "will exceed the budget",
    BudgetState.EXCEEDED: "budget exceeded",
    BudgetState.UNKNOWN: "no verdict",
}


def line(budget: Budget) -> str:
    """The line that explains `budget`: what `head` says, then the clauses."""
    return f"{head(budget)}: {'; '.join(clauses(budget))}"


def head(budget: Budget) -> str:
    """The verdict, the currencies that are why, and the period."""
    verdict = _VERDICTS[budget.state]
    if len(budget.limits) > 1 and budget.state in (BudgetState.EXCEEDED, BudgetState.FORECAST_EXCEEDS):
        these = [clean(each.currency).upper() for each in budget.limits if each.state == budget.state]
        verdict = f"{verdict} in {' and '.join(these)},"
    return f"{verdict} {formatting.within(budget.period)} (UTC, today so far included)"


def clauses(budget: Budget) -> tuple[str, ...]:
    """A clause for each limit, the worst first, and what is not counted; without a verdict that is first."""
    figures = [_figures(each) for each in sorted(budget.limits, key=_rank)]
    missing = list(_missing(budget))
    parts = (*missing, *figures) if budget.state is BudgetState.UNKNOWN else (*figures, *missing)
    return (*parts, *_asides(budget))


def _rank(each: CurrencyBudget) -> int:
    """Zero for what is over its limit, one for what will be, and two for the rest."""
    limit, expected = _limit(each), each.forecast.expected
    if each.spent > limit:
        return 0
    return 1 if expected is not None and expected > limit else 2


def _limit(each: CurrencyBudget) -> Decimal:
    return Decimal(0) if each.limit is None else each.limit


def _figures(each: CurrencyBudget) -> str:
    """What is spent of a limit, and where it will end."""
    limit = formatting.money(_limit(each), each.currency)
    outlook = _outlook(each)
    if not each.is_something and not each.credits:
        spent = f"nothing spent in {clean(each.currency).upper()} (limit {limit})"
        return f"{spent}, {outlook}" if each.forecast.history_days and not each.forecast.path else spent
    share = "" if each.share is None or each.spent < 0 else f" ({formatting.percent(each.share)})"
    spent = f"{formatting.money(each.spent, each.currency)} of {limit}{share} spent"
    return f"{spent}{_credited(each)}, {outlook}"


def _credited(each: CurrencyBudget) -> str:
    """Netting is said, as an excess may be hidden behind it."""
    if not each.credits:
        return ""
    return f", credits of {formatting.money(each.credits.copy_abs(), each.currency)} taken off"


def _outlook(each: CurrencyBudget) -> str:
    found = each.forecast
    if found.expected is None:
        return "no forecast yet"
    text = f"forecast {formatting.money(found.expected, each.currency)}"
    if found.low is None or found.high is None:
        return f"{text} without a range"
    low, high = (formatting.money(amount, each.currency) for amount in (found.low, found.high))
    text += f" ({low} to {high})" if low != high else ""
    is_open = found.expected <= _limit(each) < found.high
    return f"{text}, so it may still be exceeded" if is_open else text


def _missing(budget: Budget) -> Iterator[str]:
    """What of value is not counted, and what can be done about it."""
    if budget.unlimited:
        these = ", ".join(map(_without_limit, budget.unlimited))
        codes = [code for code in (currency_code(each.currency) for each in budget.unlimited) if code]
        advice = f"; add {' '.join(f'--limit {code}=AMOUNT' for code in codes)}" if codes else ""
        yield f"no limit for {these}: amounts are not converted{advice}"
    if budget.left_out:
        yield f"not counted, as it cannot be added up: {listed_in_words(budget.left_out)}"


def _without_limit(each: CurrencyBudget) -> str:
    amount, expected = formatting.figure(each.spent), each.forecast.expected
    if not each.spent and expected is not None:
        amount = f"none yet, forecast {formatting.figure(expected)}"
    return f"{clean(each.currency).upper()} ({amount})"


def _asides(budget: Budget) -> Iterator[str]:
    if budget.state is BudgetState.UNKNOWN and not min(map(_rank, budget.limits)):
        yield "what is counted is over the limit, and only credits that are not counted could make up for it"
    if budget.left_out_before:
        yield f"the forecast is without {listed_in_words(budget.left_out_before)}"
