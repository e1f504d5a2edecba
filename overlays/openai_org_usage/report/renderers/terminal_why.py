"""Why the spend changed, in a terminal: causes, parts of the change, days out of the ordinary, and movers."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ...printable import clean
from .. import entry_words, formatting
from ..explanation import words
from ..explanation.explanation import Explanation
from ..explanation.movers import Mover, Movers, MoversRest
from ..report import Report
from ..spending import Spend
from ..view import View
from . import why_words
from .name_cell import NameCell
from .terminal_tables import ROOMY, bounded, change_cell, heading, table


def why(
    report: Report, spend: Spend, explanation: Explanation, width: int, view: View
) -> Iterator[RenderableType]:
    """The section about a spend that has changed; one line if nothing stands out."""
    currency = f", {clean(spend.currency).upper()}" if len(report.spends) > 1 else ""
    yield from (Text(), heading(f"{why_words.HEADING}{currency}", width))
    if explanation.causes:
        yield _causes(spend, explanation, width)
    else:
        yield bounded(Text(words.NOTHING, "dim"), width)
    if not why_words.is_in_full(explanation, report.complete, view):
        return
    effects = list(why_words.effects(explanation))
    if effects:
        yield from (Text(), _effects(effects, spend, width))
    if why_words.unusual_days(explanation, report.complete):
        yield from (Text(), _unusual_days(report, spend, explanation, width))
    for moved in why_words.movers(explanation):
        yield from (Text(), _movers(moved, spend, width))


def _causes(spend: Spend, explanation: Explanation, width: int) -> Table:
    rows = table(width, "share", "change")
    for cause in explanation.causes:
        name = NameCell(words.subject_words(cause), [why_words.cause_days(cause)], is_whole=True)
        rows.add_row(name, Text(formatting.percent(cause.share)), _signed(cause.amount, spend))
    if explanation.rest:
        rows.add_row(Text("everything else", "dim"), "", _signed(explanation.rest, spend))
    rows.add_section()
    rows.add_row(Text("the change", "bold"), "", _signed(explanation.by, spend))
    return rows


def _effects(effects: list[tuple[str, Decimal]], spend: Spend, width: int) -> Table:
    rows = table(width, "change")
    rows.columns[0].header = "volume, price and mix"
    for name, amount in effects:
        rows.add_row(Text(name), _signed(amount, spend))
    return rows


def _unusual_days(report: Report, spend: Spend, explanation: Explanation, width: int) -> Table:
    rows = table(width, "cost", "usual", "difference")
    rows.columns[0].header = "days out of the ordinary"
    for day in why_words.unusual_days(explanation, report.complete):
        style = "bold" if day.is_extreme else ""
        rows.add_row(
            Text(formatting.day(day.day), style),
            Text(formatting.money(day.amount, spend.currency)),
            Text(formatting.money(day.expected, spend.currency)),
            Text(f"{'▲' if day.by > 0 else '▼'} {formatting.signed_money(day.by, spend.currency)}", style),
        )
    return rows


def _movers(moved: Movers, spend: Spend, width: int) -> Table:
    """Before and now stand there if they have room; the change in money and percent always."""
    roomy = width >= ROOMY
    rows = table(width, *(["before", "now"] if roomy else []), "by", "change")
    rows.columns[0].header = f"what moved most, b{entry_words.title(moved)[1:]}"

    def row(name: RenderableType, each: Mover | MoversRest, *, is_gone: bool = False) -> None:
        amounts = (each.change.before, each.amount) if roomy else ()
        money = (Text(formatting.money(amount, spend.currency)) for amount in amounts)
        change = change_cell(each.change, spend, is_gone=is_gone)
        rows.add_row(name, *money, _signed(each.change.by, spend), change)

    for entry in moved.entries:
        row(NameCell(entry_words.short(entry, moved)), entry, is_gone=entry.is_gone)
    if moved.rest is not None:
        row(Text(formatting.others(moved.rest.count, moved.dimension), "dim"), moved.rest)
    return rows


def _signed(amount: Decimal, spend: Spend) -> Text:
    return Text(formatting.signed_money(amount, spend.currency))
