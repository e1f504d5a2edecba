"""The report as Markdown (GitHub's, with tables), for issues, wikis and messages. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from ...printable import clean, visible
from .. import entry_words, formatting, summary
from ..breakdowns import Breakdown, BreakdownEntry, BreakdownRest
from ..changes import AmountChange
from ..explanation import words
from ..explanation.explanation import Explanation
from ..explanation.movers import Mover, Movers, MoversRest
from ..report import Report
from ..spending import Spend
from ..tokens import TokenMix
from ..view import EVERY_SECTION, BarUnit, Section, View
from . import change_weight, why_words
from .change_weight import ChangeWeight
from .chart_days import complete_days
from .time_axis import UNITS, fitting_bars

ROWS = 14
"""How many rows the table over time has, unless it is asked for."""
PRICES = 12
"""How many unit prices are shown."""
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&!])")
_LINKED = re.compile(r"((?:[^\s()]*(?:://|@)|\bwww\.)[^\s()]*)", re.IGNORECASE)
"""What GitHub makes a link or a mention of although it is escaped."""


def render_markdown(
    report: Report, *, sections: Collection[Section] = EVERY_SECTION, by: BarUnit | None = None
) -> str:
    """The report, or `sections` of it, as Markdown; names stand as code, so that none is read as markup.

    `by` is what a row of the table over time stands for; as a rule as little as makes few rows.
    """
    return visible("\n".join(_lines(report, View(sections, by)))).rstrip("\n") + "\n"


def _lines(report: Report, view: View) -> Iterator[str]:
    yield from (f"# {summary.title(report)}", "")
    warning = summary.warning(report)
    if warning is not None:
        yield from (f"> **{_text(warning)}**", "")
    if not report.spends:
        yield from (summary.nothing(report), "")
    for spend in report.spends:
        yield from _spend(report, spend, view)
    if Section.TOKENS in view and report.tokens.sums.total:
        yield from _tokens(report.tokens)
    if Section.NOTES in view:
        yield from ("## Notes", "")
        yield from (*(f"- {_text(note)}" for note in summary.notes(report)), "")
    yield f"{summary.made(report)}."


def _spend(report: Report, spend: Spend, view: View) -> Iterator[str]:
    currency = f" ({_text(spend.currency.upper())})" if len(report.spends) > 1 else ""
    if Section.SUMMARY in view:
        yield from (f"**{_text(summary.headline(report, spend))}**", "")
        if spend.forecast is not None:
            yield from (_text(summary.month_to_date(spend.forecast, spend.currency)), "")
    if Section.WHY in view and spend.explanation is not None and spend.explanation.by:
        yield from (f"## {why_words.HEADING}{currency}", "")
        yield from _causes(spend.explanation, spend)
        if why_words.is_in_full(spend.explanation, report.complete, view):
            yield from _changes(report, spend, spend.explanation)
    if Section.DAYS in view and len(spend.days) > 1:
        yield from _over_time(spend, by=view.by, currency=currency)
    if Section.BREAKDOWNS in view:
        for breakdown in spend.breakdowns:
            yield from (f"## {entry_words.title(breakdown)}{currency}", "")
            yield from _breakdown(breakdown, spend, heads=summary.compared_heads(report))
    if Section.PRICES in view:
        yield from _prices(spend)


def _causes(explanation: Explanation, spend: Spend) -> Iterator[str]:
    if not explanation.causes:
        yield from (words.NOTHING, "")
        return
    rows = [
        [
            _code(words.subject_words(cause)),
            why_words.cause_days(cause),
            formatting.percent(cause.share),
            _signed(cause.amount, spend),
        ]
        for cause in explanation.causes
    ]
    rows.append(["everything else", "", "", _signed(explanation.rest, spend)])
    yield from _table(["Cause", "When", "Share", "Change"], rows, texts=2)


def _changes(report: Report, spend: Spend, explanation: Explanation) -> Iterator[str]:
    """Parts of the change, days out of the ordinary, and what moved most."""
    effects = [[name, _signed(amount, spend)] for name, amount in why_words.effects(explanation)]
    if effects:
        yield from _table(["Volume, price and mix", "Change"], effects)
    days = [
        [
            formatting.day(day.day),
            _money(day.amount, spend),
            _money(day.expected, spend),
            _signed(day.by, spend),
        ]
        for day in why_words.unusual_days(explanation, report.complete)
    ]
    if days:
        yield from _table(["Days out of the ordinary", "Cost", "Usual", "Difference"], days)
    for moved in why_words.movers(explanation):
        yield from _movers(moved, spend)


def _movers(moved: Movers, spend: Spend) -> Iterator[str]:
    def row(name: str, each: Mover | MoversRest, *, is_gone: bool = False) -> list[str]:
        before, now = _money(each.change.before, spend), _money(each.amount, spend)
        percent = _percent(each.change, spend, is_gone=is_gone)
        return [name, before, now, _signed(each.change.by, spend), percent]

    rows = [
        row(_code(entry_words.full(entry, moved)), entry, is_gone=entry.is_gone) for entry in moved.entries
    ]
    if moved.rest is not None:
        rows.append(row(formatting.others(moved.rest.count, moved.dimension), moved.rest))
    heads = [f"What moved most, b{entry_words.title(moved)[1:]}", "Before", "Now", "By", "Change"]
    yield from _table(heads, rows)


def _over_time(spend: Spend, *, by: BarUnit | None, currency: str) -> Iterator[str]:
    """What each day, week, month or year cost."""
    unit, bars = fitting_bars(complete_days(spend), most=len(spend.days) if by else ROWS, by=by)
    yield from (f"## Per {UNITS[unit]}{currency}", "")
    rows = [[formatting.span(bar.period), _money(bar.amount, spend)] for bar in bars]
    yield from _table(["", "Amount"], rows)


def _breakdown(breakdown: Breakdown, spend: Spend, *, heads: Sequence[str]) -> Iterator[str]:
    """The table; `heads` are those of what is compared, before the change."""
    details = entry_words.detail_columns(breakdown)
    compared = [*heads, "Change"] if heads else []
    blank = [""] * len(details)
    rows: list[list[str]] = []
    for place, entry in enumerate(breakdown.entries):
        beside = [_code(column[place]) if column[place] else "" for _, column in details]
        amounts = _money(entry.amount, spend), formatting.percent(entry.share)
        rows.append([_name(entry, breakdown), *beside, *amounts, *_compared(entry, spend, heads)])
    if (rest := breakdown.rest) is not None:
        amounts = _money(rest.amount, spend), formatting.percent(rest.share)
        others = formatting.others(rest.count, breakdown.dimension)
        rows.append([others, *blank, *amounts, *_compared(rest, spend, heads)])
    if breakdown.difference:
        amounts = _money(breakdown.difference, spend), formatting.DASH
        rows.append(["not broken down", *blank, *amounts, *[""] * len(compared)])
    amounts = _money(spend.total, spend), formatting.DASH
    rows.append(["**Total**", *blank, *amounts, *_compared(spend, spend, heads)])
    names = ["", *(head for head, _ in details)]
    yield from _table([*names, "Amount", "Share", *compared], rows, texts=len(names))


def _compared(
    counted: BreakdownEntry | BreakdownRest | Spend, spend: Spend, heads: Sequence[str]
) -> list[str]:
    """What stands below `heads`, and the change; nothing where nothing is compared."""
    if counted.change is None:
        return []
    amounts = [_money(counted.complete, spend), _money(counted.change.before, spend)]
    return [*amounts[-len(heads) :], _percent(counted.change, spend)]


def _name(entry: BreakdownEntry, breakdown: Breakdown) -> str:
    marks = f" ({', '.join(entry.label.marks)})" if entry.label.marks else ""
    return f"{_code(entry_words.full(entry, breakdown))}{marks}"


def _percent(change: AmountChange, spend: Spend, *, is_gone: bool = False) -> str:
    """A change in percent, bold if it counts for much in the spend."""
    beside = Decimal(0) if spend.change is None else spend.change.before
    said = change_weight.percent(change, beside=beside, is_gone=is_gone)
    is_large = change_weight.weight(change, beside=beside) is ChangeWeight.LARGE
    return f"**{said}**" if is_large else said


def _signed(amount: Decimal, spend: Spend) -> str:
    return _text(formatting.signed_money(amount, spend.currency))


def _money(amount: Decimal, spend: Spend) -> str:
    return _text(formatting.money(amount, spend.currency))


def _prices(spend: Spend) -> Iterator[str]:
    if not spend.prices:
        return
    rows = [
        [
            _code(clean(price.line_item)),
            _text(formatting.quantity(price.quantity, price.unit)),
            _text(formatting.money(price.amount, spend.currency)),
            _text(f"{formatting.price(price.price, spend.currency)} per {clean(price.per)}"),
        ]
        for price in spend.prices[:PRICES]
    ]
    yield from ("## Effective unit prices", "")
    yield from _table(["Line item", "Quantity", "Amount", "Price"], rows)
    if len(spend.prices) > PRICES:
        yield from (f"{formatting.others(len(spend.prices) - PRICES, 'line_item')} not shown.", "")


def _tokens(mix: TokenMix) -> Iterator[str]:
    yield from ("## Tokens", "", _text(summary.tokens(mix)), "")
    rows = [
        [formatting.part(part.kind, part.modality), f"{part.tokens:,}", formatting.percent(part.share)]
        for part in mix.parts
    ]
    yield from _table(["", "Tokens", "Share"], rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, texts: int = 1) -> Iterator[str]:
    """A table whose columns but the first ones, of `texts`, are set to the right."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * texts}{' ---: |' * (len(heads) - texts)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _text(text: str) -> str:
    """`text` as nothing but text; what would be a link or a mention stands as code."""
    pieces = _LINKED.split(text)
    pieces[::2] = [_SPECIAL.sub(r"\\\1", piece) for piece in pieces[::2]]
    pieces[1::2] = map(_code, pieces[1::2])
    return "".join(pieces)


def _code(text: str) -> str:
    """`text` as code: a fence longer than any in it, and pipes that do not end the cell."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence, pad = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{pad}{text}{pad}{fence}".replace("|", "\\|")
