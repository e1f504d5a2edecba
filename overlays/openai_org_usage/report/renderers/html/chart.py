"""What both charts of the page are made of: values that `chart.html.jinja` draws. Pure.

Lines and areas are SVG that is stretched to the room there is; labels keep their size on a phone. What a
column says when it is pointed at is HTML that the stylesheet shows: no script is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

import attrs

from ...view import BarUnit
from ..scale import Scale
from ..time_axis import labels

HEIGHT = 1000
"""Units from the bottom of a plot to its top."""
STEP = 100
"""Units from one column or day to the next."""
WIDE, NARROW = 92, 26
"""How many characters have room below a plot: in a window of 52 rem at least, and in one of 320 pixels."""
_OVERHANG = Decimal("1.6")
"""Of these, how many the last label may have beyond the plot: the card's padding has room for them."""


@attrs.frozen
class Tick:
    """A label below the plot."""

    left: Decimal
    """In percent of the plot's width."""
    text: str


@attrs.frozen
class Ticks:
    """Labels below a plot, as many as have room there."""

    wide: Sequence[Tick]
    """In a wide window and on paper."""
    narrow: Sequence[Tick]

    @classmethod
    def of(cls, starts: Sequence[date], *, at: Callable[[int], Decimal], unit: BarUnit = "day") -> Ticks:
        """Labels for what begins on `starts`; each place stands `at` a part of the plot from 0 to 1."""
        wide, narrow = (
            [
                Tick(at(place) * 100, text)
                for place, text in labels(starts, unit=unit, room=room, beyond=_OVERHANG, is_centred=True)
            ]
            for room in (WIDE, NARROW)
        )
        return cls(wide, narrow)


@attrs.frozen
class LegendEntry:
    """A colour or line and what it stands for."""

    swatch: str
    """A class of the stylesheet."""
    text: str
    is_name: bool = False
    """Whether the API calls it so."""


@attrs.frozen
class ScaleMark:
    """A line of the scale and what stands beside it."""

    part: Decimal
    """How far up, from 0 to 1."""
    text: str
    is_zero: bool


@attrs.frozen
class StackPart:
    """A model's part of a column, or what is ahead of it."""

    style: str
    """Classes of the stylesheet."""
    y: Decimal
    """Of its upper edge."""
    height: Decimal


@attrs.frozen
class Stack:
    """A column."""

    parts: Sequence[StackPart]
    before: Decimal | None
    """Where the line for the period before is; None if it is not drawn."""
    range: tuple[Decimal, Decimal] | None
    """From where to where its end may lie; None if it is over, or if nothing is known of that."""


@attrs.frozen
class Marker:
    """A triangle above a column that is out of the ordinary."""

    is_more: bool
    """Whether it cost more than usual: the triangle points up."""
    is_extreme: bool
    left: Decimal
    """In percent of the plot's width."""
    top: Decimal
    """In percent of its height."""


@attrs.frozen
class Curve:
    """A line through points, or the area that they enclose."""

    kind: str
    """A class of the stylesheet."""
    points: Sequence[tuple[int, Decimal]]
    is_area: bool = False


@attrs.frozen
class Dot:
    """The end of a curve, with its amount."""

    kind: str
    """A class of the stylesheet."""
    left: Decimal
    """In percent of the plot's width."""
    bottom: Decimal
    """In percent of its height."""
    text: str | None
    """None where the amount would touch another."""


@attrs.frozen
class TooltipRow:
    """A line of what a column says."""

    text: str
    amount: str
    swatch: str | None = None
    """A class of the stylesheet."""
    is_name: bool = False
    """Whether the API calls it so."""


@attrs.frozen
class Tooltip:
    """What a column or day says when it is pointed at, or reached by the arrow keys."""

    heading: str
    rows: Sequence[TooltipRow]
    note: str | None = None
    """A sentence about it."""


@attrs.frozen
class FigureRow:
    """A row of a chart's figures: exact amounts, a dash for what is None."""

    head: str
    amounts: Sequence[Decimal | None]


@attrs.frozen
class FiguresTable:
    """All figures of a chart."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[FigureRow]


@attrs.frozen
class Chart:
    """A chart ready to be drawn: of stacks or of curves."""

    identifier: str
    heading: str
    about: str
    """One sentence: what is shown, for those who cannot see it, too."""
    legend: Sequence[LegendEntry]
    scale: Scale
    currency: str
    ticks: Ticks
    width: int
    """Units from the left of the plot to its right."""
    figures: FiguresTable
    tooltips: Sequence[Tooltip]
    """One for each column or day, from the left."""
    gap: int = 0
    """Units between stacks."""
    stacks: Sequence[Stack] = ()
    markers: Sequence[Marker] = ()
    curves: Sequence[Curve] = ()
    dots: Sequence[Dot] = ()

    @property
    def marks(self) -> list[ScaleMark]:
        """The scale, from the bottom up."""
        texts = self.scale.labels(self.currency)
        return [
            ScaleMark(self.scale.part(line), text, not line)
            for line, text in zip(self.scale.lines(), texts, strict=True)
        ]


def up(scale: Scale, amount: Decimal) -> Decimal:
    """The y coordinate of `amount`."""
    return (1 - scale.part(amount)) * HEIGHT
