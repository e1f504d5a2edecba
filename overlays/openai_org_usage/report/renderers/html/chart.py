"""What all charts have: heading, legend, plot with scale and labels, and the figures as a table.

Lines and areas are SVG that is stretched to the room there is; labels are HTML beside it, so that they
keep their size on a phone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal

import attrs

from ... import formatting
from ...scale import Scale
from ...time_axis import labels
from .markup import Child, Markup, join, number, tag

HEIGHT = 1000
"""Units from the bottom of a plot to its top."""
WIDE, NARROW = 92, 26
"""How many characters have room below a plot: in a window of 52 rem at least, and in one of 320 pixels."""


@attrs.frozen
class Tick:
    """A label below the plot."""

    at: Decimal
    """From 0 to 1, left to right."""
    text: str


@attrs.frozen
class Ticks:
    """Labels below a plot, as many as have room there."""

    wide: Sequence[Tick]
    """In a wide window and on paper."""
    narrow: Sequence[Tick]

    @classmethod
    def of(cls, starts: Sequence[date], *, at: Callable[[int], Decimal], unit: str = "day") -> Ticks:
        """Labels for what begins on `starts`; each place stands `at` a part of the plot from 0 to 1."""
        wide, narrow = (
            [Tick(at(place), text) for place, text in labels(starts, unit=unit, room=room)]
            for room in (WIDE, NARROW)
        )
        return cls(wide, narrow)


@attrs.frozen
class LegendEntry:
    """A colour or line and what it stands for."""

    swatch: str
    """A class of the stylesheet."""
    text: Child


@attrs.frozen
class Chart:
    """A chart ready to be framed."""

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
    drawing: Sequence[Markup]
    overlay: Sequence[Markup]
    """HTML over the plot."""
    figures: Markup
    """A table."""

    def framed(self) -> Markup:
        """The figure element."""
        return tag(
            "figure",
            tag("figcaption", tag("h3", self.heading), tag("p", self.about)),
            tag("ul", [_legend_entry(entry) for entry in self.legend], class_="legend"),
            self._plot(),
            tag("details", tag("summary", f"Figures: {self.heading}"), self.figures),
            class_="chart",
        )

    def _plot(self) -> Markup:
        marks = self.scale.labels(self.currency)
        return tag(
            "div",
            tag(
                "div",
                list(map(self._scale_label, marks, self.scale.lines())),
                class_="scale",
                aria_hidden="true",
            ),
            tag("div", self._svg(), list(self.overlay), class_="canvas"),
            tag("div", list(map(_tick, self.ticks.wide)), class_="ticks wider", aria_hidden="true"),
            tag("div", list(map(_tick, self.ticks.narrow)), class_="ticks narrower", aria_hidden="true"),
            class_="plot",
            style=f"--labels:{max(map(len, marks))}",
        )

    def _svg(self) -> Markup:
        title, about = f"{self.identifier}-title", f"{self.identifier}-about"
        return tag(
            "svg",
            tag("title", self.heading, id=title),
            tag("desc", self.about, id=about),
            [self._line(line) for line in self.scale.lines()],
            list(self.drawing),
            viewBox=f"0 0 {self.width} {HEIGHT}",
            preserveAspectRatio="none",
            role="img",
            aria_labelledby=f"{title} {about}",
        )

    def _line(self, line: Decimal) -> Markup:
        y = up(self.scale, line)
        return tag("line", x1=0, x2=self.width, y1=y, y2=y, class_="zero" if not line else "grid")

    def _scale_label(self, text: str, line: Decimal) -> Markup:
        return tag("span", text, style=f"bottom:{number(self.scale.part(line) * 100)}%")


def up(scale: Scale, amount: Decimal) -> str:
    """The y coordinate of `amount`."""
    return number((1 - scale.part(amount)) * HEIGHT)


def polyline(points: Iterable[tuple[Decimal | int, str]], **attributes: str) -> Markup:
    """A line through points; its width does not change with the stretching."""
    path = " ".join(f"{number(Decimal(x))},{y}" for x, y in points)
    return tag("polyline", points=path, vector_effect="non-scaling-stroke", **attributes)


def figures_table(heads: Sequence[str], rows: Iterable[Sequence[Child]], *, caption: str) -> Markup:
    """A table of a chart's figures; the first cell of a row is its head."""
    body = [tag("tr", tag("th", row[0], scope="row"), [tag("td", cell) for cell in row[1:]]) for row in rows]
    return tag(
        "div",
        tag(
            "table",
            tag("caption", caption, class_="unseen"),
            tag("thead", tag("tr", [tag("th", head, scope="col") for head in heads])),
            tag("tbody", body),
        ),
        class_="wide",
        tabindex=0,
        role="region",
        aria_label=caption,
    )


def _legend_entry(entry: LegendEntry) -> Markup:
    return tag("li", tag("span", class_=f"swatch {entry.swatch}"), entry.text)


def _tick(tick: Tick) -> Markup:
    return tag("span", tick.text, style=f"left:{number(tick.at * 100)}%")


def exact(amount: Decimal, currency: str) -> Markup:
    """An amount rounded for reading, with all its digits for machines."""
    return tag("data", formatting.money(amount, currency), value=formatting.plain(amount))


def nothing() -> Markup:
    """An empty cell."""
    return join(formatting.DASH)
