"""The answer in a sentence or two, the same in every form of the report. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from . import formatting
from .changes import AmountChange
from .explanation.comparison import ChangeSize
from .explanation.words import difference, sentence
from .forecast import Forecast
from .periods import Period
from .report import Report
from .spending import Spend
from .tokens import TokenMix
from .unknown_results import in_words, within

_MANY_PERCENT = Decimal("0.05")
"""From this ratio on nobody calls a change slight without being told why."""


def title(report: Report) -> str:
    """Such as `OpenAI spend, 1-19 November 2026`, or `OpenAI spend of project Search, …`."""
    part = f" of {report.part}" if report.part else ""
    return f"OpenAI spend{part}, {formatting.days(report.period)}"


def made(report: Report) -> str:
    """When the report was made."""
    return f"Made {report.made_at:%Y-%m-%d %H:%M} UTC; days are UTC days"


def headline(report: Report, spend: Spend) -> str:
    """What was spent, compared with what and why, and where the month will end."""
    return " ".join(sentences(report, spend))


def nothing(report: Report) -> str:
    """What stands there if there are no costs at all, or none that could be added up."""
    if within(report.daily.left_out, report.period):
        return f"Of {formatting.days(report.period)} there are no costs that can be added up."
    if report.part:
        part = str(report.part)
        return f"{part[0].upper()}{part[1:]} cost nothing {formatting.within(report.period)}."
    return f"Nothing was spent {formatting.within(report.period)}."


def warning(report: Report) -> str | None:
    """What has to be read before any figure; None if the figures are all there is."""
    return f"Incomplete: {in_words(report.left_out)}" if report.left_out else None


def compared_heads(report: Report) -> tuple[str, ...]:
    """Heads of the columns that changes can be recomputed from; none where nothing is compared.

    Where the amounts have today so far in them, those of the complete days have a column of their own.
    """
    if report.compared_with is None:
        return ()
    if not report.growing:
        return ("Before",)
    days = report.complete.days
    return (formatting.of_days(days, "complete"), f"{formatting.of_days(days)} before")


def month_to_date(forecast: Forecast, currency: str) -> str:
    """What the running month has cost, with what of it was today."""
    spent, today = formatting.money(forecast.spent, currency), formatting.money(forecast.today, currency)
    return f"Month to date: {spent}, of it {today} today so far."


def tokens(mix: TokenMix) -> str:
    """How many tokens, and how much of the input was cached."""
    sums = mix.sums
    text = (
        f"{formatting.count(sums.total)} tokens in {formatting.count(sums.requests)} requests: "
        f"{formatting.count(sums.input)} input and {formatting.count(sums.output)} output."
    )
    if sums.cached_share is None:
        return text
    before = mix.before.cached_share if mix.before else None
    earlier = "" if before is None else f", against {formatting.percent(before)} in the period before"
    return f"{text} {formatting.percent(sums.cached_share)} of the input was read from the cache{earlier}."


def notes(report: Report) -> tuple[str, ...]:
    """The notes, and how forecasts were made."""
    methods = dict.fromkeys(spend.forecast.method for spend in report.spends if spend.forecast)
    return (*methods, *report.notes)


def sentences(report: Report, spend: Spend) -> Iterator[str]:
    """What was spent, compared with what, and why; where the month will end, if it is forecast."""
    days, amount = formatting.days(report.period), formatting.money(spend.total, spend.currency)
    compared = ""
    if report.compared_with is not None and spend.change is not None:
        before = formatting.days(report.compared_with)
        size = ChangeSize.CLEAR if spend.explanation is None else spend.explanation.size
        compared = difference(spend.change, size, spend.currency, before=before)
        compared += _weekdays(spend.change, size, period=report.complete, before=report.compared_with)
    if not report.growing:
        yield f"{days} cost {amount}{compared}."
    elif spend.change is None:
        yield f"{days} has cost {amount} so far."
    else:
        complete_days = formatting.days(report.complete)
        complete = formatting.money(spend.complete, spend.currency)
        yield f"{days} has cost {amount} so far; {complete_days} cost {complete}{compared}."
    why = None if spend.explanation is None else sentence(spend.explanation, spend.currency)
    if why is not None:
        yield why
    if spend.forecast is not None and spend.forecast.expected is not None:
        yield outlook(spend.forecast, spend.currency)


def _weekdays(change: AmountChange, size: ChangeSize, *, period: Period, before: Period) -> str:
    """What makes a change of many percent a slight one: such as `, with 4 weekdays against 5`."""
    is_slight = size in (ChangeSize.SAME, ChangeSize.SLIGHT)
    is_large = change.ratio is not None and change.ratio.copy_abs() >= _MANY_PERCENT
    if not is_slight or not is_large or period.weekdays == before.weekdays:
        return ""
    return f", with {period.weekdays} weekdays against {before.weekdays}"


def outlook(forecast: Forecast, currency: str) -> str:
    """Where the running month will end."""
    if forecast.expected is None:
        return forecast.method
    text = f"{formatting.days(forecast.period)} will end near {formatting.money(forecast.expected, currency)}"
    if forecast.low is None or forecast.high is None:
        return f"{text}."
    low, high = formatting.money(forecast.low, currency), formatting.money(forecast.high, currency)
    return f"{text}; four times in five, between {low} and {high}."
