"""The page: the answer first, then the pictures, then the tables, then what one must know."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import attrs

from ....printable import clean, visible
from ... import formatting, summary
from ...changes import Change
from ...forecast import Forecast
from ...report import Report
from ...spending import Spend
from .daily_chart import daily_chart
from .markup import Markup, classes, tag
from .running_chart import running_chart
from .tables import breakdown_table, price_table
from .token_mix import token_section

# The browser is told to load nothing, whatever a name in the data might contain.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

_LONG = 10
"""Three amounts of more digits than these have no room in a card beside each other on a tablet."""


def render_html(report: Report) -> str:
    """The report as one HTML document: opens offline, on a phone, on paper and in the dark."""
    title = summary.title(report)
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="robots", content="noindex"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("link", rel="icon", href="data:,"),
        tag("title", title),
        tag("style", Markup(_style())),
    )
    body = tag("body", tag("main", list(_sections(report))))
    return visible(f"<!doctype html>\n{tag('html', head, body, lang='en')}\n")


def _style() -> str:
    return Path(__file__).with_name("style.css").read_text(encoding="utf-8")


def _sections(report: Report) -> Iterator[Markup]:
    yield tag(
        "header",
        tag("h1", "OpenAI spend, ", tag("span", formatting.days(report.period), class_="together")),
        tag("p", f"{summary.made(report)}.", class_="aside"),
    )
    warning = summary.warning(report)
    if warning is not None:
        yield tag("p", warning, class_="warning", role="alert")
    if not report.spends:
        yield tag("p", summary.nothing(report), class_="lead")
    for place, spend in enumerate(report.spends):
        yield _spend(report, spend, number=place)
    tokens = token_section(report.tokens)
    if tokens is not None:
        yield tokens
    yield tag(
        "section",
        tag("h2", "Notes"),
        tag("ul", [tag("li", note) for note in summary.notes(report)]),
        class_="notes",
    )


def _spend(report: Report, spend: Spend, *, number: int) -> Markup:
    several = len(report.spends) > 1
    compared = summary.compared_heads(report)
    longest = _digits(formatting.money(spend.total, spend.currency))
    charts: list[Markup] = []
    if report.period.days > 1:
        charts.append(daily_chart(report, spend, identifier=f"daily-{number}").framed())
    if report.period.days > 1 or spend.forecast is not None:
        charts.append(running_chart(report, spend, identifier=f"running-{number}").framed())
    return tag(
        "section",
        tag("h2", clean(spend.currency).upper()) if several else None,
        [tag("p", sentence, class_="lead") for sentence in summary.sentences(report, spend)],
        _key_figures(report, spend),
        charts,
        tag("h2", "What it was spent on"),
        _about_changes(report),
        tag(
            "div",
            [breakdown_table(each, spend, compared=compared) for each in spend.breakdowns],
            class_=classes(
                "cards", "growing" if len(compared) > 1 else None, "long" if longest > _LONG else None
            ),
            style=f"--longest:{longest}",
        ),
        price_table(spend),
    )


def _about_changes(report: Report) -> Markup | None:
    """Which days changes are of, where amounts are of more."""
    if report.compared_with is None or not report.growing:
        return None
    days, before = formatting.days(report.complete), formatting.days(report.compared_with)
    text = f"Amounts are with today so far. Changes are of the complete days, {days}, against {before}."
    return tag("p", text, class_="aside")


@attrs.frozen
class _Figure:
    """A figure that is read at a glance."""

    name: str
    text: str
    about: str
    exact: Decimal | None = None
    """What is rounded in `text`, if anything is."""

    def card(self) -> Markup:
        value = (
            self.text if self.exact is None else tag("data", self.text, value=formatting.plain(self.exact))
        )
        return tag("div", tag("dt", self.name), tag("dd", value), tag("dd", self.about, class_="about"))


def _key_figures(report: Report, spend: Spend) -> Markup:
    figures = list(_figures(report, spend))
    longest = max(_digits(figure.text) for figure in figures)
    return tag("dl", [figure.card() for figure in figures], class_="figures", style=f"--longest:{longest}")


def _digits(text: str) -> Decimal:
    """How many digits are about as wide as `text`; points and commas are half as wide as a digit."""
    return len(text) - (text.count(",") + text.count(".")) / Decimal(2)


def _figures(report: Report, spend: Spend) -> Iterator[_Figure]:
    compared = report.compared_with
    total = formatting.money(spend.total, spend.currency)
    yield _Figure("Spent", total, formatting.days(report.period), spend.total)
    if spend.change is not None and compared is not None:
        of = f"{formatting.days(report.complete)}: " if report.growing else ""
        yield _change(spend.change, spend.currency, of=of, before=formatting.days(compared))
    if spend.forecast is not None:
        yield from _forecast_figures(spend.forecast, spend.currency)
    if report.period.days > 1:
        average = formatting.money(spend.daily_average, spend.currency)
        yield _Figure("Per day", average, _daily_change(spend))
    if report.tokens.sums.cached_share is not None:
        share = formatting.percent(report.tokens.sums.cached_share)
        yield _Figure("Cached input", share, "of the input tokens of completions")


def _change(change: Change, currency: str, *, of: str, before: str) -> _Figure:
    """The change of the days `of`, which are named where the amounts are of more."""
    by = formatting.signed_money(change.by, currency)
    if change.ratio is None:
        return _Figure("Change", by, f"{of}against nothing in {before}")
    return _Figure("Change", formatting.percent(change.ratio, signed=True), f"{of}{by} against {before}")


def _forecast_figures(forecast: Forecast, currency: str) -> Iterator[_Figure]:
    spent, today = formatting.money(forecast.spent, currency), formatting.money(forecast.today, currency)
    yield _Figure("Month to date", spent, f"of it {today} today so far", forecast.spent)
    if forecast.expected is None:
        return
    about = "an estimate without a range"
    if forecast.low is not None and forecast.high is not None:
        low, high = formatting.money(forecast.low, currency), formatting.money(forecast.high, currency)
        about = f"four times in five, {low} to {high}"
    expected = formatting.money(forecast.expected, currency)
    yield _Figure(f"Forecast, {forecast.period.start:%B}", expected, about, forecast.expected)


def _daily_change(spend: Spend) -> str:
    if spend.daily_change is None or spend.daily_change.ratio is None:
        return "on average"
    return f"on average, {formatting.percent(spend.daily_change.ratio, signed=True)} against before"
