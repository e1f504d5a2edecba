"""A budget in one line: the verdict, what it stands on, and what is not counted."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from ..display import clean
from . import wording
from .omissions import listed_in_words

if TYPE_CHECKING:
    from .budget import Budget, CurrencyBudget

_VERDICTS = {
    "within": "within budget",
    "forecast_exceeds": "will exceed the budget",
    "exceeded": "budget exceeded",
    "unknown": "no verdict",
}


def line(budget: Budget) -> str:
    """The line that explains `budget`; where there is no verdict, it says first why not."""
    figures, missing = list(_figures(budget)), list(_missing(budget))
    parts = (*missing, *figures) if budget.state == "unknown" else (*figures, *missing)
    return f"{_verdict(budget)}: {'; '.join((*parts, *_asides(budget)))}"


def _verdict(budget: Budget) -> str:
    verdict = _VERDICTS[budget.state]
    if len(budget.limits) == 1 or budget.state not in ("exceeded", "forecast_exceeds"):
        return verdict
    these = [clean(each.currency).upper() for each in budget.limits if each.state == budget.state]
    return f"{verdict} in {', '.join(these)}"


def _figures(budget: Budget) -> Iterator[str]:
    """What is spent of each limit, and where it will end."""
    when = f" {wording.within(budget.period)} (UTC, today so far included)"
    for each in budget.limits:
        limit = Decimal(0) if each.limit is None else each.limit
        share = "" if each.share is None else f" ({wording.percent(each.share)})"
        spent, of = (wording.money(amount, each.currency) for amount in (each.spent, limit))
        yield f"{spent} of {of}{share} spent{when}{_credited(each)}"
        yield _outlook(each, limit)
        when = ""


def _credited(each: CurrencyBudget) -> str:
    """Netting is said, as an excess may be hidden behind it."""
    if not each.credits:
        return ""
    return f", credits of {wording.money(each.credits.copy_abs(), each.currency)} taken off"


def _outlook(each: CurrencyBudget, limit: Decimal) -> str:
    found = each.forecast
    if found.expected is None:
        return "no forecast yet"
    text = f"forecast {wording.money(found.expected, each.currency)}"
    if found.low is None or found.high is None:
        return f"{text} without a range"
    low, high = (wording.money(amount, each.currency) for amount in (found.low, found.high))
    text += f" ({low} to {high})"
    return f"{text}, so it may still be exceeded" if found.expected <= limit < found.high else text


def _missing(budget: Budget) -> Iterator[str]:
    """What of value is not counted, and what can be done about it."""
    for each in budget.unlimited:
        code = clean(each.currency)
        amount = wording.money(each.spent, each.currency)
        expected = each.forecast.expected
        if not each.spent and expected is not None:
            amount = f"none yet, with a forecast of {wording.money(expected, each.currency)}"
        yield (
            f"costs in {code.upper()} have no limit ({amount} {wording.within(budget.period)}), and amounts "
            f"are not converted: set one (--limit {code}=AMOUNT)"
        )
    if budget.left_out:
        yield f"not counted, as nobody can say what it comes to: {listed_in_words(budget.left_out)}"


def _asides(budget: Budget) -> Iterator[str]:
    over = [each for each in budget.limits if each.limit is not None and each.spent > each.limit]
    if budget.state == "unknown" and over:
        yield "what is counted is over the limit, and only credits that are not counted could make up for it"
    if budget.left_out_before:
        yield f"the forecast is without {listed_in_words(budget.left_out_before)}"
