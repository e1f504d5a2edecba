"""The figures as the lines of one screen, as wide as the terminal. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain, zip_longest
from textwrap import wrap
from typing import Final, TypeAlias

import attrs

from ...printable import clean
from ...report import formatting
from ...report.changes import AmountChange
from ..click_base import PROGRAM
from ..tables.shortened_texts import Measure, shortened
from .figures import BudgetFigures, MonthFigures, Overview, SpendFigures, TopList, amount_after

HEIGHT: Final = 23
"""Lines of a small terminal, without the one of the prompt."""
WIDEST: Final = 100
"""Characters of a line; beyond that, amounts stand too far from what they are of."""
_TWO_COLUMNS: Final = 72
"""From this width on the two lists stand beside each other."""
_GAP: Final = 3
_LABEL: Final = 22
_AMOUNT: Final = 14
_SHARE: Final = 7
_FEWER: Final = 3
"""How many entries the lists have where they stand below each other."""
_MOST_BUDGETS: Final = 2
_MOST_UNUSUAL: Final = 2
_BARS: Final = "▁▂▃▄▅▆▇█"
_STATES: Final = {
    "within": "within the limit",
    "forecast_exceeds": "but the forecast is above it",
    "exceeded": "more than the limit",
    "unknown": "but something is not counted",
}


_Row: TypeAlias = tuple[str, str, Sequence[str]]
"""What an amount is of, the amount, and what else is to be said of it where there is room."""


@attrs.frozen
class ScreenLine:
    """A line of the screen."""

    text: str
    is_heading: bool = False


@attrs.frozen
class Screen:
    """Lays out an overview `width` characters wide by `measure`."""

    width: int
    measure: Measure

    def figures(self, overview: Overview, *, age: str) -> Iterator[ScreenLine]:
        """The lines with the figures; `age` says how old they are."""
        yield ScreenLine(self._ends(f"OpenAI spend, {_moment(overview.read_at)}", age), is_heading=True)
        if overview.warning:
            yield ScreenLine(self._fit(clean(overview.warning)))
        if not overview.spends:
            yield ScreenLine("")
            yield ScreenLine("Nothing was spent this month, nor in the one before.")
            yield from self._rows(_budget_rows(overview.budgets))
        for spend in overview.spends[:1]:
            yield ScreenLine("")
            month = () if spend.month is None else _month_rows(spend.month, spend.currency)
            yield from self._rows(chain(_day_rows(overview, spend), month, _budget_rows(overview.budgets)))
            yield from self._tops(spend)

    def words(self, overview: Overview, *, room: int) -> Iterator[ScreenLine]:
        """The lines below, at most `room` of them: what stands out, and other currencies."""
        others = overview.spends[1:]
        below = 2 + len(others) + bool(others)
        for spend in overview.spends[:1]:
            yield ScreenLine("")
            yield from self._unusual(spend, room=room - below - 1)
        if others:
            yield ScreenLine("")
            yield from (ScreenLine(self._fit(_in_short(spend))) for spend in others)
        yield ScreenLine("")
        more = f"More: {PROGRAM} report, {PROGRAM} --help"
        yield ScreenLine(more if len(more) <= self.width else f"More: {PROGRAM} --help")

    def _rows(self, rows: Iterable[_Row]) -> Iterator[ScreenLine]:
        for label, amount, notes in rows:
            shown = self._padded(shortened(clean(label), _LABEL, measure=self.measure), _LABEL)
            row = f"{shown}{amount:>{_AMOUNT}}"
            for note in filter(None, notes):
                longer = f"{row}  {note}"
                row = longer if self.measure(longer) <= self.width else row
            yield ScreenLine(row)

    def _tops(self, spend: SpendFigures) -> Iterator[ScreenLine]:
        if not spend.top:
            return
        yield ScreenLine("")
        if len(spend.top) == 1 or self.width < _TWO_COLUMNS:
            for each in spend.top:
                fewer = attrs.evolve(each, entries=each.entries[:_FEWER])
                yield from self._top(fewer, spend.currency, width=self.width)
            return
        half = (self.width - _GAP) // 2
        left, right = (list(self._top(each, spend.currency, width=half)) for each in spend.top[:2])
        for one, other in zip_longest(left, right, fillvalue=ScreenLine("")):
            text = f"{self._padded(one.text, half)}{' ' * _GAP}{other.text}".rstrip()
            yield ScreenLine(text, is_heading=one.is_heading)

    def _top(self, top: TopList, currency: str, *, width: int) -> Iterator[ScreenLine]:
        noun = formatting.DIMENSIONS[top.dimension]
        title = f"By {noun}, {formatting.days(top.period)}"
        yield ScreenLine(shortened(title, width, measure=self.measure), is_heading=True)
        amounts = [formatting.money(entry.amount, currency) for entry in top.entries]
        figures = max(map(len, amounts)) + _SHARE
        room = width - figures - 2
        for entry, amount in zip(top.entries, amounts, strict=True):
            name = shortened(clean(entry.name), room, measure=self.measure)
            share = formatting.percent(entry.share)
            yield ScreenLine(f"{self._padded(name, room)}  {amount:>{figures - _SHARE}}{share:>{_SHARE}}")

    def _unusual(self, spend: SpendFigures, *, room: int) -> Iterator[ScreenLine]:
        if not spend.unusual and spend.why is None:
            yield ScreenLine("Nothing is out of the ordinary.")
            return
        yield ScreenLine("Out of the ordinary", is_heading=True)
        sentences = [*_why(spend), *spend.unusual[:_MOST_UNUSUAL]]
        lines = [line for sentence in sentences for line in wrap(clean(sentence), self.width)]
        yield from (ScreenLine(self._fit(line)) for line in lines[: max(room - 1, 1)])

    def _fit(self, text: str) -> str:
        return shortened(text, self.width, measure=self.measure)

    def _padded(self, text: str, width: int) -> str:
        return text + " " * (width - self.measure(text))

    def _ends(self, left: str, right: str) -> str:
        """`left` and `right` at the ends of a line; `left` alone where there is no room for both."""
        blanks = self.width - self.measure(left) - self.measure(right)
        return f"{left}{' ' * blanks}{right}" if blanks > 1 else self._fit(left)


def _day_rows(overview: Overview, spend: SpendFigures) -> Iterator[_Row]:
    ahead, weekday = spend.today_at_end, f"{overview.yesterday:%A}"
    by_midnight = "" if ahead is None else f"about {formatting.money(ahead, spend.currency)} by midnight UTC"
    yield "Today so far", formatting.money(spend.today, spend.currency), [by_midnight]
    yield _compared(f"Yesterday, {weekday}", spend.yesterday, spend.currency, f"the {weekday} before")
    label, amount, notes = _compared("7 days to yesterday", spend.week, spend.currency, "the 7 days before")
    yield label, amount, [*notes, _bars(spend.days)]


def _month_rows(month: MonthFigures, currency: str) -> Iterator[_Row]:
    name = f"{month.period.start:%B}"
    note = ""
    if month.change is not None and month.compared_with is not None:
        note = _difference(month.change, formatting.days(month.compared_with))
    yield f"{name} so far", formatting.money(month.spent, currency), [note]
    if month.expected is not None:
        span = ""
        if month.low is not None and month.high is not None:
            low, high = formatting.money(month.low, currency), formatting.money(month.high, currency)
            span = f"4 times in 5: {low} to {high}"
        yield f"{name} at its end", formatting.money(month.expected, currency), [span]


def _budget_rows(budgets: Sequence[BudgetFigures]) -> Iterator[_Row]:
    for each in budgets[:_MOST_BUDGETS]:
        yield f"Budget, {each.name}", formatting.money(each.limit, each.currency), [_kept(each)]


def _kept(budget: BudgetFigures) -> str:
    """How a limit is kept; without a share of a limit of zero, or where credits are beyond what was spent."""
    state = _STATES[budget.state]
    if budget.share is None or budget.share < 0:
        return state.removeprefix("but ")
    return f"{formatting.percent(budget.share)} spent, {state}"


def _compared(label: str, change: AmountChange, currency: str, before: str) -> _Row:
    return label, formatting.money(amount_after(change), currency), [_difference(change, before)]


def _difference(change: AmountChange, before: str) -> str:
    """Such as `+4.2% on the 7 days before`; nothing where nothing was spent then."""
    return "" if change.ratio is None else f"{formatting.percent(change.ratio, signed=True)} on {before}"


def _why(spend: SpendFigures) -> Iterator[str]:
    """What explains the month's change, with the words by which its row is called."""
    if spend.why is not None and spend.month is not None:
        yield f"{spend.month.period.start:%B} so far: {spend.why}"


def _in_short(spend: SpendFigures) -> str:
    """A line for a currency that is not the largest."""
    today, week = (formatting.money(each, spend.currency) for each in (spend.today, amount_after(spend.week)))
    return f"In {clean(spend.currency).upper()} {today} today so far, {week} in the 7 days to yesterday"


def _bars(days: Iterable[Decimal]) -> str:
    """A bar for each day, drawn to the largest."""
    amounts = [max(day, Decimal(0)) for day in days]
    largest = max(amounts, default=Decimal(0))
    if not largest:
        return ""
    return "".join(_BARS[int(amount / largest * (len(_BARS) - 1))] for amount in amounts)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


__all__ = ["HEIGHT", "WIDEST", "Screen", "ScreenLine"]
