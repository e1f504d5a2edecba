"""The page: the templates beside this have its markup, Python what stands in it.

The templates get the report itself, what charts and key figures are made of, and the functions of
`formatting` and `summary`. Whatever they write is escaped: nothing that the API sends becomes markup.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from ....errors import MissingExtraError
from ....printable import clean, visible
from ... import entry_words, formatting, summary
from ...explanation import words
from ...report import Report
from ...spending import Spend
from ...view import EVERY_SECTION, BarUnit, Section, View
from .. import change_weight, why_words
from ..chart_days import chart_days
from .chart import HEIGHT, STEP, Chart
from .daily_chart import daily_chart
from .key_figures import KeyFigure, key_figures
from .running_chart import running_chart

if TYPE_CHECKING:
    from jinja2 import Environment

_INDENTATION = re.compile(r"\n\s+(?=<)")
"""Of elements: a fifth of the page, and of use in the templates alone."""
_JOINT = re.compile(r"(?<=[-_/.:@])(?=[^-_/.:@])")


@attrs.frozen
class _Currency:
    """What one currency has on the page."""

    number: int
    """Its place among the currencies."""
    spend: Spend
    figures: list[KeyFigure]
    charts: list[Chart]

    @property
    def longest_figure(self) -> Decimal:
        """How many digits wide it is."""
        return max(_digits(figure.text) for figure in self.figures)

    @property
    def longest_amount(self) -> Decimal:
        """How many digits wide it is."""
        return _digits(formatting.money(self.spend.total, self.spend.currency))

    @classmethod
    def of(cls, report: Report, spend: Spend, *, number: int, by: BarUnit | None) -> _Currency:
        charts: list[Chart] = []
        if len(chart_days(report, spend)) > 1:
            charts.append(daily_chart(report, spend, identifier=f"daily-{number}", by=by))
        if report.period.days > 1 or spend.forecast is not None:
            charts.append(running_chart(report, spend, identifier=f"running-{number}"))
        return cls(number, spend, list(key_figures(report, spend)), charts)


def render_html(
    report: Report, *, sections: Collection[Section] = EVERY_SECTION, by: BarUnit | None = None
) -> str:
    """The report, or `sections` of it, as one HTML document that opens offline, on a phone, on paper.

    `by` is what a column of the chart stands for at least; where they have no room, it is more.

    Raises:
        MissingExtraError: jinja2 is not installed.
    """
    currencies = [
        _Currency.of(report, spend, number=place, by=by) for place, spend in enumerate(report.spends)
    ]
    template = environment().get_template("page.html.jinja")
    view = View(sections, by)
    page = template.render(report=report, currencies=currencies, view=view, **_KNOWN)
    return visible(_INDENTATION.sub("\n", page))


@cache
def environment() -> Environment:
    """What renders the templates: it escapes all values, and knows no name that is misspelt."""
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ModuleNotFoundError as missing:
        raise MissingExtraError.of("report", purpose="a report as HTML", library="jinja2") from missing
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _coordinate(value: Decimal | int) -> str:
    """A coordinate or percentage in at most three decimals."""
    text = f"{Decimal(value):.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _digest(style: str) -> str:
    """The SHA-256 by which a browser knows the style of the page, in base64."""
    return b64encode(sha256(style.encode()).digest()).decode()


def _digits(text: str) -> Decimal:
    """How many digits are about as wide as `text`; points and commas are half as wide as a digit."""
    return len(text) - (text.count(",") + text.count(".")) / Decimal(2)


def _joints(name: str) -> list[str]:
    """The pieces of `name` between which a line may break."""
    return _JOINT.split(clean(name))


_KNOWN: Mapping[str, object] = {
    "change_weight": change_weight,
    "entry_words": entry_words,
    "formatting": formatting,
    "summary": summary,
    "clean": clean,
    "coordinate": _coordinate,
    "digest": _digest,
    "joints": _joints,
    "why_words": why_words,
    "words": words,
    "step": STEP,
    "height": HEIGHT,
}
"""What templates know beside the report."""
