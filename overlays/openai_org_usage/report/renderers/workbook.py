"""The report as a workbook for spreadsheets: a sheet for each table, all digits beside what shows cents."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from ...money import currency_code
from ...printable import clean
from ...tables.cells import HEAD, MONEY, PLAIN
from ...tables.workbook import Workbook, workbook_on
from .. import entry_words, formatting, summary
from ..breakdowns import Breakdown, BreakdownEntry, BreakdownRest
from ..explanation import words
from ..explanation.explanation import Explanation
from ..explanation.movers import Mover, MoversRest
from ..report import Report
from ..spending import Spend
from ..tokens import TokenMix
from ..view import EVERY_SECTION, BarUnit, Section, View
from . import why_words
from .chart_days import complete_days
from .time_axis import fitting_bars
from .workbook_tables import (
    FigureTable,
    amount_column,
    count_column,
    day_column,
    number_column,
    share_column,
    text_column,
)


def render_workbook(
    report: Report, *, sections: Collection[Section] = EVERY_SECTION, by: BarUnit | None = None
) -> bytes:
    """The report, or `sections` of it, as an xlsx file. Needs the extra `xlsx`.

    Names are texts whatever they begin with, and no formula is made of them. `by` is what a row of the sheet
    over time stands for: a day, if nothing else is said.

    Raises:
        MissingExtraError: XlsxWriter is not installed.
    """
    stream = io.BytesIO()
    with workbook_on(stream) as workbook:
        _write_summary(report, workbook)
        for table in _tables(report, View(sections, by)):
            table.write(workbook)
    return stream.getvalue()


def _write_summary(report: Report, workbook: Workbook) -> None:
    """The answer in sentences, and the figures that are read at a glance."""
    sheet = workbook.sheet("Summary")
    sheet.append([summary.title(report)], [HEAD])
    warning = summary.warning(report)
    sheet.append([f"{summary.made(report)}."])
    for sentence in (warning, None if report.spends else summary.nothing(report)):
        if sentence:
            sheet.append([sentence])
    for spend in report.spends:
        for line in ["", *summary.sentences(report, spend), ""]:
            sheet.append([line])
        heads = ["", f"Amount ({_currency(spend)})", "All digits"]
        sheet.append(heads, [HEAD] * len(heads))
        for name, amount in _key_figures(spend):
            if amount is not None:
                sheet.append([name, amount, formatting.plain(amount)], [PLAIN, MONEY, PLAIN])


def _key_figures(spend: Spend) -> Iterator[tuple[str, Decimal | None]]:
    yield "Total", spend.total
    yield "Complete days", spend.complete
    if spend.change is not None:
        yield "Period before", spend.change.before
        yield "Change", spend.change.by
    yield "Average per complete day", spend.daily_average
    if spend.forecast is not None:
        month = formatting.days(spend.forecast.period)
        yield f"{month} to date", spend.forecast.spent
        yield f"{month} expected", spend.forecast.expected
        yield f"{month} at least, four times in five", spend.forecast.low
        yield f"{month} at most, four times in five", spend.forecast.high


def _tables(report: Report, view: View) -> Iterator[FigureTable]:
    for number, spend in enumerate(report.spends, 1):
        code = currency_code(spend.currency)
        several = len(report.spends) > 1
        aside = f" ({code.upper() if code else number})" if several else ""
        explanation = spend.explanation
        if Section.WHY in view and explanation is not None and explanation.by:
            yield from _why(spend, explanation, aside)
        if Section.DAYS in view:
            yield _days(spend, aside) if view.by in (None, "day") else _over_time(spend, view.by, aside)
        if Section.BREAKDOWNS in view:
            for breakdown in spend.breakdowns:
                yield _breakdown(spend, breakdown, aside)
        if Section.PRICES in view and spend.prices:
            yield _prices(spend, aside)
    if Section.TOKENS in view and report.tokens.parts:
        yield _tokens(report.tokens)
    if Section.NOTES in view:
        yield FigureTable("Notes", [text_column("Note")], [[note] for note in summary.notes(report)])


def _why(spend: Spend, explanation: Explanation, aside: str) -> Iterator[FigureTable]:
    yield _causes(spend, explanation, aside)
    yield _effects(spend, explanation, aside)
    if explanation.unusual_days:
        yield _unusual_days(spend, explanation, aside)
    yield _movers(spend, explanation, aside)


def _causes(spend: Spend, explanation: Explanation, aside: str) -> FigureTable:
    """What explains the change; it adds up to it."""
    rows: list[Sequence[object]] = [
        [words.subject_words(cause), why_words.cause_days(cause), cause.share, cause.amount]
        for cause in explanation.causes
    ]
    rows.append(["everything else", None, None, explanation.rest])
    change = amount_column(f"Change ({_currency(spend)})")
    columns = [text_column("Cause"), text_column("When"), share_column("Share"), change]
    return FigureTable(f"{why_words.HEADING}{aside}", columns, rows)


def _effects(spend: Spend, explanation: Explanation, aside: str) -> FigureTable:
    """Parts of the change by their kind; they add up to it, however small they are."""
    rows = [[name, amount] for name, amount in why_words.every_effect(explanation) if amount]
    columns = [text_column("Effect"), amount_column(f"Change ({_currency(spend)})")]
    return FigureTable(f"Volume, price and mix{aside}", columns, rows)


def _unusual_days(spend: Spend, explanation: Explanation, aside: str) -> FigureTable:
    """All that are known, those of the period before among them."""
    rows = [[day.day, day.amount, day.expected, day.by] for day in explanation.unusual_days]
    heads = ("Cost", "Usual", "Difference")
    amounts = [amount_column(f"{head} ({_currency(spend)})", is_summed=False) for head in heads]
    return FigureTable(f"Unusual days{aside}", [day_column("Day (UTC)"), *amounts], rows)


def _movers(spend: Spend, explanation: Explanation, aside: str) -> FigureTable:
    """What moved, by every dimension, which is why there is no total."""
    rows: list[Sequence[object]] = []
    for moved in explanation.movers:
        by = entry_words.title(moved)
        for entry in moved.entries:
            state = "new" if entry.is_new else "gone" if entry.is_gone else None
            rows.append([by, entry_words.short(entry, moved), entry.key, *_moved(entry), state])
        if moved.rest is not None:
            others = formatting.others(moved.rest.count, moved.dimension)
            rows.append([by, others, None, *_moved(moved.rest), None])
    heads = ("Before", "Now", "Change")
    amounts = [amount_column(f"{head} ({_currency(spend)})", is_summed=False) for head in heads]
    names = [text_column("By"), text_column("Name"), text_column("ID")]
    columns = [*names, *amounts, share_column("Change, percent"), text_column("New or gone")]
    return FigureTable(f"What moved{aside}", columns, rows)


def _moved(each: Mover | MoversRest) -> list[object]:
    return [each.change.before, each.amount, each.change.by, each.change.ratio]


def _days(spend: Spend, aside: str) -> FigureTable:
    """What each UTC day cost, all together and by the series that the charts follow."""
    currency = _currency(spend)
    columns = [day_column("Day (UTC)"), amount_column(f"Amount ({currency})")]
    columns.append(amount_column(f"Same day of the period before ({currency})"))
    columns += [amount_column(clean(name or "without a model")) for name in spend.series]
    has_others = any(len(day.parts) > len(spend.series) for day in spend.days)
    columns += [amount_column("all others")] * has_others
    parts = len(spend.series) + has_others
    rows = [[day.day, day.amount, day.before, *day.parts[:parts]] for day in spend.days]
    return FigureTable(f"Days{aside}", columns, rows)


def _over_time(spend: Spend, by: BarUnit | None, aside: str) -> FigureTable:
    """What each week, month or year cost."""
    _, bars = fitting_bars(complete_days(spend), most=len(spend.days), by=by)
    columns = [day_column("First day (UTC)"), day_column("Last day (UTC)")]
    columns.append(amount_column(f"Amount ({_currency(spend)})"))
    rows = [[bar.period.start, bar.period.last, bar.amount] for bar in bars]
    return FigureTable(f"Per {by}{aside}", columns, rows)


def _breakdown(spend: Spend, breakdown: Breakdown, aside: str) -> FigureTable:
    """What was spent by one dimension; it adds up to the total of the spend."""
    details = entry_words.detail_columns(breakdown)
    blank = [None] * len(details)
    rows: list[Sequence[object]] = [
        [
            entry_words.short(entry, breakdown),
            entry.key,
            *(column[place] or None for _, column in details),
            *_counted(entry),
        ]
        for place, entry in enumerate(breakdown.entries)
    ]
    if breakdown.rest is not None:
        others = formatting.others(breakdown.rest.count, breakdown.dimension)
        rows.append([others, None, *blank, *_counted(breakdown.rest)])
    if breakdown.difference:
        rows.append(["not broken down", None, *blank, breakdown.difference, *[None] * 5])
    currency = _currency(spend)
    columns = [
        *map(text_column, ("Name", "ID", *(head for head, _ in details))),
        amount_column(f"Amount ({currency})"),
        share_column("Share"),
        amount_column(f"Complete days ({currency})"),
        amount_column(f"Period before ({currency})"),
        amount_column(f"Change ({currency})"),
        share_column("Change, percent"),
    ]
    return FigureTable(f"{entry_words.title(breakdown)}{aside}", columns, rows)


def _counted(each: BreakdownEntry | BreakdownRest) -> list[object]:
    change = each.change
    compared = [None] * 3 if change is None else [change.before, change.by, change.ratio]
    return [each.amount, each.share, each.complete, *compared]


def _prices(spend: Spend, aside: str) -> FigureTable:
    """What a unit really cost."""
    rows = [
        [clean(price.line_item), price.quantity, price.unit, price.amount, price.price, f"per {price.per}"]
        for price in spend.prices
    ]
    columns = [
        text_column("Line item"),
        number_column("Quantity"),
        text_column("Unit"),
        amount_column(f"Amount ({_currency(spend)})"),
        number_column(f"Price ({_currency(spend)})"),
        text_column("Of"),
    ]
    return FigureTable(f"Unit prices{aside}", columns, rows)


def _tokens(mix: TokenMix) -> FigureTable:
    """What tokens were used for."""
    rows = [[formatting.part(part.kind, part.modality), part.tokens, part.share] for part in mix.parts]
    return FigureTable("Tokens", [text_column("Kind"), count_column("Tokens"), share_column("Share")], rows)


def _currency(spend: Spend) -> str:
    return clean(spend.currency).upper()


__all__ = ["render_workbook"]
