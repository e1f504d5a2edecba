"""The report in a terminal or a pipe, by rich."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import TextIO

import attrs

from ...errors import MissingExtraError

try:
    from rich.console import Console, Group, RenderableType
    from rich.rule import Rule
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
from ..breakdowns import Breakdown
from ..changes import AmountChange
from ..report import Report
from ..spending import Spend
from ..tokens import TokenMix
from ..view import EVERY_SECTION, BarUnit, Section, View
from .name_cell import NameCell
from .text_chart import ColumnsChart

PRICES = 10
"""How many unit prices are shown."""
MAX_WIDTH = 100
"""Wider than this, figures are too far from their names."""
_ROOMY = 72
"""From this width on there is room for what can be done without."""
_BAR = 10
_NAME = 24
"""Characters that a name has before bars take any."""
_RATIOS = 22
"""Characters that share, change and the blanks between take."""
_CHANGE = 8
"""Of these, the change."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_PLAIN = str.maketrans(
    dict.fromkeys("▁▂▃▄▅▆▇█▋▊▉", "#")
    | dict.fromkeys("▎▍▌▏", "|")
    | dict.fromkeys(f"{formatting.MINUS}{formatting.DASH}─·", "-")
    | {"…": "."}
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
    color = console.is_terminal and _encodes(stream, _EIGHTHS)
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
        yield _bounded(Text(warning, "bold red"), width)
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
    yield from (Text(), _heading("Notes", width))
    for note in summary.notes(report):
        line = Table.grid(padding=(0, 1))
        line.add_row(Text("·", "dim"), Text(note, "dim"))
        yield _bounded(line, width)


def _spend(report: Report, spend: Spend, width: int, view: View) -> Iterator[RenderableType]:
    if Section.SUMMARY in view:
        yield from _answer(report, spend, width)
    if Section.DAYS in view and len(spend.days) > 1:
        yield from _columns(spend, width, by=view.by)
    if Section.BREAKDOWNS in view:
        yield from _breakdowns(report, spend, width)
    if Section.PRICES in view:
        yield from _prices(spend, width)


def _answer(report: Report, spend: Spend, width: int) -> Iterator[RenderableType]:
    for sentence in summary.sentences(report, spend):
        yield _bounded(Text(sentence), width)
    if spend.forecast is not None:
        yield _bounded(Text(summary.month_to_date(spend.forecast, spend.currency)), width)


def _breakdowns(report: Report, spend: Spend, width: int) -> Iterator[RenderableType]:
    for breakdown in spend.breakdowns:
        yield from (Text(), _heading(entry_words.title(breakdown), width))
        yield _breakdown(breakdown, spend, width, change=_change_head(report, width))


def _columns(spend: Spend, width: int, *, by: BarUnit | None) -> Iterator[RenderableType]:
    chart = ColumnsChart.of(spend.days, currency=spend.currency, width=width, by=by)
    yield from (Text(), _heading(f"{chart.heading}, {clean(spend.currency).upper()}", width))
    yield chart.drawing()
    if chart.note is not None:
        yield _bounded(Text(f"{chart.note}.", "dim"), width)


def _change_head(report: Report, width: int) -> str | None:
    """The head of the changes; None if there are none.

    Those of a growing period are of its complete days, as the sentences say, and the head if it has room.
    """
    if report.compared_with is None:
        return None
    says_days = report.growing and width >= _ROOMY
    return f"change, {formatting.of_days(report.complete.days)}" if says_days else "change"


def _breakdown(breakdown: Breakdown, spend: Spend, width: int, *, change: str | None) -> Table:
    """The table; `change` is the head of the last column, which is left out where nothing is compared."""
    ratios = _RATIOS + max(0, len(change or "") - _CHANGE)
    room = width - _NAME - len(formatting.money(spend.total, spend.currency)) - ratios
    bar = _BarColumn(breakdown.largest, max(0, min(_BAR, room)))
    table = _table(width, "amount", "share", "", *([] if change is None else [change]))
    for entry in breakdown.entries:
        cell = NameCell(entry_words.short(entry, breakdown), entry_words.details(entry))
        table.add_row(cell, *_amounts(spend, entry.amount, entry.share, entry.change, bar))
    rest = breakdown.rest
    if rest is not None:
        name = formatting.others(rest.count, breakdown.dimension)
        table.add_row(Text(name, "dim"), *_amounts(spend, rest.amount, rest.share, rest.change, bar))
    if breakdown.difference:
        table.add_row(Text("not broken down", "dim"), *_amounts(spend, breakdown.difference, None, None))
    table.add_section()
    table.add_row(Text("total", "bold"), *_amounts(spend, spend.total, None, spend.change))
    return table


def _amounts(
    spend: Spend,
    amount: Decimal,
    share: Decimal | None,
    change: AmountChange | None,
    bar: _BarColumn | None = None,
) -> list[Text]:
    cells = [
        Text(formatting.money(amount, spend.currency)),
        Text("" if share is None else formatting.percent(share)),
        Text() if bar is None else bar.of(amount),
    ]
    if change is not None:
        cells.append(Text(formatting.percent(change.ratio, signed=True), _direction(change.ratio)))
    return cells


@attrs.frozen
class _BarColumn:
    """Bars of one table, to one scale."""

    most: Decimal
    """What the longest bar stands for."""
    size: int
    """How many characters that has."""

    def of(self, part: Decimal) -> Text:
        """A bar in eighths of a character; one eighth at least."""
        if part <= 0 or self.most <= 0 or not self.size:
            return Text()
        full, eighths = divmod(max(1, round(part / self.most * self.size * 8)), 8)
        return Text("█" * full + _EIGHTHS[eighths].strip(), "cyan")


def _direction(ratio: Decimal | None) -> str:
    if not ratio:
        return "dim"
    return "yellow" if ratio > 0 else "green"


def _prices(spend: Spend, width: int) -> Iterator[RenderableType]:
    if not spend.prices:
        return
    yield from (Text(), _heading("Effective unit prices", width))
    roomy = width >= _ROOMY
    table = _table(width, *(["quantity"] if roomy else []), "price", "per")
    for price in spend.prices[:PRICES]:
        quantity = Text(f"{formatting.count(price.quantity)} {formatting.unit(price.unit)}")
        table.add_row(
            NameCell(clean(price.line_item)),
            *([quantity] if roomy else []),
            Text(formatting.price(price.price, spend.currency)),
            Text(clean(price.per)),
        )
    yield table
    if len(spend.prices) > PRICES:
        yield Text(f"{formatting.others(len(spend.prices) - PRICES, 'line_item')} not shown", "dim")


def _tokens(mix: TokenMix, width: int) -> Iterator[RenderableType]:
    yield from (Text(), _heading("Tokens", width), _bounded(Text(summary.tokens(mix)), width))
    table = _table(width, "tokens", "share", "")
    bar = _BarColumn(Decimal(max((part.tokens for part in mix.parts), default=0)), _BAR)
    for part in mix.parts:
        table.add_row(
            Text(formatting.part(part.kind, part.modality)),
            Text(formatting.count(part.tokens)),
            Text(formatting.percent(part.share)),
            bar.of(Decimal(part.tokens)),
        )
    yield table


def _table(width: int, *heads: str) -> Table:
    """A table with a flexible first column and the others to the right; bars to the left."""
    table = Table(box=None, pad_edge=False, width=width, header_style="dim", show_edge=False)
    table.add_column("", ratio=1, no_wrap=True)
    for head in heads:
        table.add_column(head, justify="right" if head else "left", no_wrap=True)
    return table


def _heading(text: str, width: int) -> RenderableType:
    return _bounded(Rule(Text(text, "bold"), align="left", style="dim"), width)


def _bounded(content: RenderableType, width: int) -> Table:
    table = Table.grid()
    table.add_column(width=width)
    table.add_row(content)
    return table


def _encodes(stream: TextIO, text: str) -> bool:
    try:
        text.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
