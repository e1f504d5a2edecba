"""The report in a terminal or a pipe, by rich."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import TextIO

from ...errors import MissingExtraError

try:
    from rich.console import Console, Group, RenderableType
    from rich.table import Table
    from rich.text import Text
except ModuleNotFoundError as missing:
    if missing.name is None or missing.name.partition(".")[0] != "rich":
        raise
    raise MissingExtraError.of("report", purpose="a report in the terminal", library="rich") from missing

from ...printable import clean
from ...terminal.rich_output import render
from ...terminal.streams import StyledText
from .. import entry_words, formatting, summary
from ..report import Report
from ..spending import Spend
from ..tokens import TokenMix
from ..view import EVERY_SECTION, BarUnit, Section, View
from .chart_days import ChartDay, chart_days
from .name_cell import NameCell
from .terminal_tables import BAR, EIGHTHS, ROOMY, BarColumn, bounded, breakdown_table, heading, table
from .terminal_why import why
from .text_chart import ColumnsChart

PRICES = 10
"""How many unit prices are shown."""
MAX_WIDTH = 100
"""Wider than this, figures are too far from their names."""
_PLAIN = str.maketrans(
    dict.fromkeys("▁▂▃▄▅▆▇█▋▊▉▀▔", "#")
    | dict.fromkeys("▎▍▌▏", "|")
    | dict.fromkeys(f"{formatting.MINUS}{formatting.DASH}─·", "-")
    | {"…": ".", "▒": "%", "░": ":", "▲": "^", "▼": "v", "↗": "/", "↘": "\\"}
)


def print_report(
    report: Report,
    *,
    file: TextIO | None = None,
    width: int | None = None,
    sections: Collection[Section] = EVERY_SECTION,
    by: BarUnit | None = None,
) -> None:
    """Print the report, or `sections` of it, to `file`, standard output if not given.

    It is in colour only on a terminal; a stream that cannot encode block characters gets plain ones.
    """
    stream = file or sys.stdout
    console = Console(file=stream, width=width)
    color = console.is_terminal and _encodes(stream, EIGHTHS)
    text: str = render_terminal(report, width=console.width, color=color, sections=sections, by=by)
    if not _encodes(stream, text):
        encoding = stream.encoding or "ascii"
        text = text.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
    stream.write(text)


def render_terminal(
    report: Report,
    *,
    width: int = 80,
    color: bool = False,
    sections: Collection[Section] = EVERY_SECTION,
    by: BarUnit | None = None,
) -> StyledText:
    """The report as text of at most `width` columns, with escape codes if `color`.

    `by` is what a column of the chart stands for at least; where they have no room, it is more.
    """
    shown = renderable(report, width=width, view=View(sections, by))
    text = render(shown, width=width, colors="truecolor" if color else None)
    return StyledText("".join(f"{line.rstrip()}\n" for line in text.splitlines()))


def renderable(report: Report, *, width: int, view: View) -> RenderableType:
    """The report for a rich console of `width` columns."""
    return Group(*_parts(report, min(width, MAX_WIDTH), view))


def _parts(report: Report, width: int, view: View) -> Iterator[RenderableType]:
    yield Text(summary.title(report), "bold")
    warning = summary.warning(report)
    if warning is not None:
        yield bounded(Text(warning, "bold red"), width)
    if not report.spends:
        yield Text(summary.nothing(report))
    for spend in report.spends:
        yield from _spend(report, spend, width, view)
    if Section.TOKENS in view and report.tokens.sums.total:
        yield from _tokens(report.tokens, width)
    if Section.NOTES in view:
        yield from _notes(report, width)
    yield Text(f"{summary.made(report)}.", "dim")


def _notes(report: Report, width: int) -> Iterator[RenderableType]:
    yield from (Text(), heading("Notes", width))
    for note in summary.notes(report):
        line = Table.grid(padding=(0, 1))
        line.add_row(Text("·", "dim"), Text(note, "dim"))
        yield bounded(line, width)


def _spend(report: Report, spend: Spend, width: int, view: View) -> Iterator[RenderableType]:
    if Section.SUMMARY in view:
        yield from _answer(report, spend, width)
    if Section.WHY in view and spend.explanation is not None and spend.explanation.by:
        yield from why(report, spend, spend.explanation, width, view)
    days = chart_days(report, spend)
    if Section.DAYS in view and len(days) > 1:
        yield from _columns(days, spend, width, by=view.by)
    if Section.BREAKDOWNS in view:
        yield from _breakdowns(report, spend, width)
    if Section.PRICES in view:
        yield from _prices(spend, width)


def _answer(report: Report, spend: Spend, width: int) -> Iterator[RenderableType]:
    for sentence in summary.sentences(report, spend):
        yield bounded(Text(sentence), width)
    if spend.forecast is not None:
        yield bounded(Text(summary.month_to_date(spend.forecast, spend.currency)), width)


def _breakdowns(report: Report, spend: Spend, width: int) -> Iterator[RenderableType]:
    for breakdown in spend.breakdowns:
        yield from (Text(), heading(entry_words.title(breakdown), width))
        yield breakdown_table(breakdown, spend, width, change=_change_head(report, width))


def _columns(
    days: Sequence[ChartDay], spend: Spend, width: int, *, by: BarUnit | None
) -> Iterator[RenderableType]:
    chart = ColumnsChart.of(days, currency=spend.currency, width=width, by=by)
    yield from (Text(), heading(f"{chart.heading}, {clean(spend.currency).upper()}", width))
    yield chart.drawing()
    for said in (chart.key, chart.note and f"{chart.note}."):
        if said:
            yield bounded(Text(said, "dim"), width)


def _change_head(report: Report, width: int) -> str | None:
    """The head of the changes; None if there are none.

    Those of a growing period are of its complete days, as the sentences say, and the head if it has room.
    """
    if report.compared_with is None:
        return None
    says_days = report.growing and width >= ROOMY
    return f"change, {formatting.of_days(report.complete.days)}" if says_days else "change"


def _prices(spend: Spend, width: int) -> Iterator[RenderableType]:
    if not spend.prices:
        return
    yield from (Text(), heading("Effective unit prices", width))
    roomy = width >= ROOMY
    rows = table(width, *(["quantity"] if roomy else []), "price", "per")
    for price in spend.prices[:PRICES]:
        quantity = Text(formatting.quantity(price.quantity, price.unit))
        rows.add_row(
            NameCell(clean(price.line_item)),
            *([quantity] if roomy else []),
            Text(formatting.price(price.price, spend.currency)),
            Text(clean(price.per)),
        )
    yield rows
    if len(spend.prices) > PRICES:
        yield Text(f"{formatting.others(len(spend.prices) - PRICES, 'line_item')} not shown", "dim")


def _tokens(mix: TokenMix, width: int) -> Iterator[RenderableType]:
    yield from (Text(), heading("Tokens", width), bounded(Text(summary.tokens(mix)), width))
    rows = table(width, "tokens", "share", "")
    bar = BarColumn(Decimal(max((part.tokens for part in mix.parts), default=0)), BAR)
    for part in mix.parts:
        rows.add_row(
            Text(formatting.part(part.kind, part.modality)),
            Text(formatting.count(part.tokens)),
            Text(formatting.percent(part.share)),
            bar.of(Decimal(part.tokens)),
        )
    yield rows


def _encodes(stream: TextIO, text: str) -> bool:
    try:
        text.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
