"""Tables of the report in a terminal: names that are cut, bars, and changes that show how much they count."""

from __future__ import annotations

from decimal import Decimal

import attrs
from rich.cells import cell_len
from rich.console import RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from .. import entry_words, formatting
from ..breakdowns import Breakdown
from ..changes import AmountChange
from ..spending import Spend
from . import change_weight
from .change_weight import ChangeWeight
from .name_cell import NameCell

ROOMY = 72
"""From this width on there is room for what can be done without."""
BAR = 10
"""Characters of the longest bar."""
_LEAST_BAR = 4
"""Bars of fewer characters look alike, so that there are none."""
EIGHTHS = " ▏▎▍▌▋▊▉█"
_NAME = 24
"""Characters that names have at least before bars take any; they come first as far as they are long."""
_RATIOS = 24
"""Characters that share, change and the blanks between take."""
_CHANGE = 10
"""Of these, the change."""


def breakdown_table(breakdown: Breakdown, spend: Spend, width: int, *, change: str | None) -> Table:
    """The table; `change` is the head of the last column, which is left out where nothing is compared."""
    ratios = _RATIOS + max(0, len(change or "") - _CHANGE)
    names = [cell_len(entry_words.short(entry, breakdown)) for entry in breakdown.entries]
    room = width - max([_NAME, *names]) - len(formatting.money(spend.total, spend.currency)) - ratios
    bar = BarColumn(breakdown.largest, min(BAR, room) if room >= _LEAST_BAR else 0)
    rows = table(width, "amount", "share", "", *([] if change is None else [change]))
    for entry in breakdown.entries:
        cell = NameCell(entry_words.short(entry, breakdown), entry_words.details(entry))
        rows.add_row(cell, *_amounts(spend, entry.amount, entry.share, entry.change, bar))
    rest = breakdown.rest
    if rest is not None:
        name = formatting.others(rest.count, breakdown.dimension)
        rows.add_row(Text(name, "dim"), *_amounts(spend, rest.amount, rest.share, rest.change, bar))
    if breakdown.difference:
        rows.add_row(Text("not broken down", "dim"), *_amounts(spend, breakdown.difference, None, None))
    rows.add_section()
    rows.add_row(Text("total", "bold"), *_amounts(spend, spend.total, None, spend.change))
    return rows


def _amounts(
    spend: Spend,
    amount: Decimal,
    share: Decimal | None,
    change: AmountChange | None,
    bar: BarColumn | None = None,
) -> list[Text]:
    cells = [
        Text(formatting.money(amount, spend.currency)),
        Text("" if share is None else formatting.percent(share)),
        Text() if bar is None else bar.of(amount),
    ]
    if change is not None:
        cells.append(change_cell(change, spend))
    return cells


@attrs.frozen
class BarColumn:
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
        return Text("█" * full + EIGHTHS[eighths].strip(), "cyan")


def change_cell(change: AmountChange, spend: Spend, *, is_gone: bool = False) -> Text:
    """The change in percent: dim if it is small, bold if it is large."""
    beside = Decimal(0) if spend.change is None else spend.change.before
    weight = change_weight.weight(change, beside=beside)
    color = "yellow" if change.by > 0 else "green"
    styles = {ChangeWeight.SMALL: "dim", ChangeWeight.CLEAR: color, ChangeWeight.LARGE: f"bold {color}"}
    return Text(change_weight.percent(change, beside=beside, is_gone=is_gone), styles[weight])


def table(width: int, *heads: str) -> Table:
    """A table with a flexible first column and the others to the right; bars to the left."""
    rows = Table(box=None, pad_edge=False, width=width, header_style="dim", show_edge=False)
    rows.add_column("", ratio=1, no_wrap=True)
    for head in heads:
        rows.add_column(head, justify="right" if head else "left", no_wrap=True)
    return rows


def heading(text: str, width: int) -> RenderableType:
    """A heading with a rule up to the right edge."""
    return bounded(Rule(Text(text, "bold"), align="left", style="dim"), width)


def bounded(content: RenderableType, width: int) -> Table:
    """`content` in lines of at most `width` columns, however wide the console is."""
    table = Table.grid()
    table.add_column(width=width)
    table.add_row(content)
    return table
