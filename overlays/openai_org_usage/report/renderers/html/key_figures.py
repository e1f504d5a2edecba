"""The figures that are read at a glance, each with what it is of. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import attrs

from ... import formatting
from ...changes import AmountChange
from ...forecast import Forecast
from ...report import Report
from ...spending import Spend


@attrs.frozen
class KeyFigure:
    """A figure that is read at a glance."""

    name: str
    text: str
    about: str
    exact: Decimal | None = None
    """What is rounded in `text`, if anything is."""


def key_figures(report: Report, spend: Spend) -> Iterator[KeyFigure]:
    """Those of one currency, the most important ones first."""
    compared = report.compared_with
    total = formatting.money(spend.total, spend.currency)
    yield KeyFigure("Spent", total, formatting.days(report.period), spend.total)
    if spend.change is not None and compared is not None:
        of = f"{formatting.days(report.complete)}: " if report.growing else ""
        yield _change(spend.change, spend.currency, of=of, before=formatting.days(compared))
    if spend.forecast is not None:
        yield from _forecast_figures(spend.forecast, spend.currency)
    if report.period.days > 1:
        average = formatting.money(spend.daily_average, spend.currency)
        yield KeyFigure("Per day", average, _daily_change(spend))
    if report.tokens.sums.cached_share is not None:
        share = formatting.percent(report.tokens.sums.cached_share)
        yield KeyFigure("Cached input", share, "of the input tokens of completions")


def _change(change: AmountChange, currency: str, *, of: str, before: str) -> KeyFigure:
    """The change of the days `of`, which are named where the amounts are of more."""
    by = formatting.signed_money(change.by, currency)
    if change.ratio is None:
        return KeyFigure("Change", by, f"{of}against nothing in {before}")
    return KeyFigure("Change", formatting.percent(change.ratio, signed=True), f"{of}{by} against {before}")


def _forecast_figures(forecast: Forecast, currency: str) -> Iterator[KeyFigure]:
    spent, today = formatting.money(forecast.spent, currency), formatting.money(forecast.today, currency)
    yield KeyFigure("Month to date", spent, f"of it {today} today so far", forecast.spent)
    if forecast.expected is None:
        return
    about = "an estimate without a range"
    if forecast.low is not None and forecast.high is not None:
        low, high = formatting.money(forecast.low, currency), formatting.money(forecast.high, currency)
        about = f"four times in five, {low} to {high}"
    expected = formatting.money(forecast.expected, currency)
    yield KeyFigure(f"Forecast, {forecast.period.start:%B}", expected, about, forecast.expected)


def _daily_change(spend: Spend) -> str:
    if spend.daily_change is None or spend.daily_change.ratio is None:
        return "on average"
    return f"on average, {formatting.percent(spend.daily_change.ratio, signed=True)} against before"
