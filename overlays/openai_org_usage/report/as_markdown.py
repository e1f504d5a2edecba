"""The report as Markdown (GitHub's, with tables), for issues, wikis and messages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from . import headlines, wording
from .breakdowns import Breakdown
from .changes import Change
from .report import Report
from .spending import Spend
from .tokens import TokenMix

PRICES = 12
"""How many unit prices are shown."""
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&!])")


def render_markdown(report: Report) -> str:
    """The report as Markdown; names stand as code, so that none is read as markup, link or mention."""
    return "\n".join(_lines(report)).rstrip("\n") + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield from (f"# {headlines.title(report)}", "")
    warning = headlines.warning(report)
    if warning is not None:
        yield from (f"> **{_text(warning)}**", "")
    if not report.spends:
        yield from (headlines.nothing(report), "")
    for spend in report.spends:
        yield from _spend(report, spend)
    if report.tokens.sums.total:
        yield from _tokens(report.tokens)
    yield from ("## Notes", "")
    yield from (f"- {_text(note)}" for note in headlines.notes(report))
    yield from ("", f"{headlines.made(report)}.")


def _spend(report: Report, spend: Spend) -> Iterator[str]:
    several = len(report.spends) > 1
    yield from (f"**{_text(headlines.headline(report, spend))}**", "")
    if spend.forecast is not None:
        yield from (_text(headlines.month_to_date(spend.forecast, spend.currency)), "")
    for breakdown in spend.breakdowns:
        noun = wording.DIMENSIONS[breakdown.dimension]
        yield from (f"## By {noun}{f' ({_text(spend.currency.upper())})' if several else ''}", "")
        yield from _breakdown(breakdown, spend)
    yield from _prices(spend)


def _breakdown(breakdown: Breakdown, spend: Spend) -> Iterator[str]:
    rows = [
        [
            _code(wording.label(entry.key, entry.name, breakdown.dimension)),
            *_amounts(spend, entry.amount, entry.share, entry.change),
        ]
        for entry in breakdown.entries
    ]
    if breakdown.rest is not None:
        rest = breakdown.rest
        name = wording.others(rest.count, breakdown.dimension)
        rows.append([name, *_amounts(spend, rest.amount, rest.share, rest.change)])
    if breakdown.difference:
        rows.append(["not broken down", *_amounts(spend, breakdown.difference, None, None)])
    rows.append(["**Total**", *_amounts(spend, spend.total, None, spend.change)])
    yield from _table(["", "Amount", "Share", "Before", "Change"], rows)


def _amounts(spend: Spend, amount: Decimal, share: Decimal | None, change: Change | None) -> list[str]:
    shown = _text(wording.money(amount, spend.currency))
    if change is None:
        return [shown, wording.percent(share), "", ""]
    before = _text(wording.money(change.before, spend.currency))
    return [shown, wording.percent(share), before, wording.percent(change.ratio, signed=True)]


def _prices(spend: Spend) -> Iterator[str]:
    if not spend.prices:
        return
    rows = [
        [
            _code(wording.clean(price.line_item)),
            f"{wording.count(price.quantity)} {_text(wording.unit(price.unit))}",
            _text(wording.money(price.amount, spend.currency)),
            _text(f"{wording.price(price.price, spend.currency)} per {wording.clean(price.per)}"),
        ]
        for price in spend.prices[:PRICES]
    ]
    yield from ("## Effective unit prices", "")
    yield from _table(["Line item", "Quantity", "Amount", "Price"], rows)
    if len(spend.prices) > PRICES:
        yield from (f"{wording.others(len(spend.prices) - PRICES, 'line_item')} not shown.", "")


def _tokens(mix: TokenMix) -> Iterator[str]:
    yield from ("## Tokens", "", _text(headlines.tokens(mix)), "")
    rows = [
        [wording.part(part.kind, part.modality), f"{part.tokens:,}", wording.percent(part.share)]
        for part in mix.parts
    ]
    yield from _table(["", "Tokens", "Share"], rows)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table whose columns but the first are set to the right."""
    yield f"| {' | '.join(heads)} |"
    yield f"| --- |{' ---: |' * (len(heads) - 1)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _text(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _code(text: str) -> str:
    """`text` as code: a fence longer than any in it, and pipes that do not end the cell."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence, pad = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{pad}{text}{pad}{fence}".replace("|", "\\|")
