"""The tables of the page: breakdowns, effective prices, tokens by model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import attrs

from ....printable import clean
from ... import formatting
from ...breakdowns import Breakdown, Entry, Rest
from ...changes import Change
from ...ledger import Key
from ...prices import UnitPrice
from ...spending import Spend
from ...tokens import ModelTokens, TokenMix
from .chart import exact, nothing
from .markup import Child, Markup, classes, join, name, number, tag

PRICES = 15
MODELS = 10
"""How many entries are shown."""


@attrs.frozen
class _Columns:
    """The columns of a breakdown."""

    currency: str
    compared: Sequence[str]
    """Heads of the amounts that changes are made from; none where nothing is compared."""
    most: Decimal
    """What the longest bar stands for."""

    def head(self, first: str) -> Markup:
        """The row of heads."""
        heads = [
            tag("th", first, scope="col"),
            tag("th", "Amount", scope="col"),
            tag("th", "Share", scope="col", class_="share"),
            *(tag("th", head, scope="col", class_="roomy") for head in self.compared),
            tag("th", "Change", scope="col") if self.compared else None,
        ]
        return tag("thead", tag("tr", heads))

    def row(
        self, label: Child, amount: Decimal, *rest: Child, bar: bool = True, kind: str | None = None
    ) -> Markup:
        """The name, with a bar, the amount, and the `rest` of the cells."""
        width = number(max(Decimal(0), amount) / self.most * 100) if bar and self.most > 0 else None
        drawn = None if width is None else tag("span", class_="bar", style=f"width:{width}%")
        named = tag("th", tag("span", label, class_="label"), drawn, scope="row")
        return tag("tr", named, tag("td", exact(amount, self.currency)), *rest, class_=kind)

    def share(self, share: Decimal | None) -> Markup:
        """The share of the total, if there is room."""
        return tag("td", None if share is None else formatting.percent(share), class_="share")

    def change(self, counted: Entry | Rest | Spend | None) -> list[Markup]:
        """What is compared, and the change; dashes for what is in neither."""
        if not self.compared:
            return []
        if counted is None or counted.change is None:
            return [*[tag("td", nothing(), class_="roomy")] * len(self.compared), change_cell(None)]
        amounts = (counted.complete, counted.change.before)[-len(self.compared) :]
        shown = [tag("td", exact(amount, self.currency), class_="roomy") for amount in amounts]
        return [*shown, change_cell(counted.change)]


def breakdown_table(breakdown: Breakdown, spend: Spend, *, compared: Sequence[str]) -> Markup:
    """The entries with bars, the rest as one row, and the total that they add up to.

    `compared` are the heads of the amounts that changes are made from.
    """
    noun = formatting.DIMENSIONS[breakdown.dimension]
    columns = _Columns(spend.currency, compared, breakdown.largest)
    total = columns.row(
        "Total", spend.total, columns.share(None), *columns.change(spend), bar=False, kind="total"
    )
    table = tag(
        "table",
        columns.head(noun[0].upper() + noun[1:]),
        tag("tbody", list(_rows(breakdown, columns))),
        tag("tfoot", total),
        class_="breakdown",
    )
    return tag("section", tag("h3", f"By {noun}"), table, class_="card")


def _rows(breakdown: Breakdown, columns: _Columns) -> Iterator[Markup]:
    for entry in breakdown.entries:
        named = _entry_name(entry, breakdown.dimension)
        yield columns.row(named, entry.amount, columns.share(entry.share), *columns.change(entry))
    rest = breakdown.rest
    if rest is not None:
        named = formatting.others(rest.count, breakdown.dimension)
        cells = [columns.share(rest.share), *columns.change(rest)]
        yield columns.row(named, rest.amount, *cells, kind="rest")
    if breakdown.difference:
        cells = [columns.share(None), *columns.change(None)]
        yield columns.row("not broken down", breakdown.difference, *cells, bar=False, kind="rest")


def _entry_name(entry: Entry, dimension: str) -> Child:
    if entry.key is None:
        return formatting.label(None, None, dimension)
    if entry.name and entry.name != entry.key:
        return join(name(entry.name), " ", tag("small", name(entry.key)))
    return name(entry.key)


def change_cell(change: Change | None) -> Markup:
    """The change in percent, with a direction that is seen without colours."""
    if change is None:
        return tag("td", nothing())
    if change.ratio is None:
        return tag("td", "new" if change.by else nothing(), class_="up" if change.by > 0 else None)
    direction = "up" if change.by > 0 else "down" if change.by < 0 else None
    return tag("td", formatting.percent(change.ratio, signed=True), class_=direction)


def price_table(spend: Spend) -> Markup | None:
    """Effective prices; None if no line item has a quantity."""
    if not spend.prices:
        return None
    left = len(spend.prices) - PRICES
    heads = ("Line item", "Quantity", "Amount", "Price")
    return tag(
        "section",
        tag("h3", "Effective unit prices"),
        tag("p", "What a unit really cost: amount over quantity, all discounts and price changes included."),
        tag(
            "table",
            tag("thead", tag("tr", [tag("th", head, scope="col") for head in heads])),
            tag("tbody", [_price(price, spend.currency) for price in spend.prices[:PRICES]]),
            class_="prices",
        ),
        tag("p", f"{formatting.others(left, 'line_item')} not shown.", class_="aside") if left > 0 else None,
        class_="card",
    )


def _price(price: UnitPrice, currency: str) -> Markup:
    quantity = f"{formatting.count(price.quantity)} {formatting.unit(price.unit)}"
    return tag(
        "tr",
        tag("th", name(price.line_item), scope="row"),
        tag("td", tag("data", quantity, value=formatting.plain(price.quantity))),
        tag("td", exact(price.amount, currency)),
        tag(
            "td",
            tag("data", formatting.price(price.price, currency), value=formatting.plain(price.price)),
            tag("small", f" per {clean(price.per)}"),
        ),
    )


def model_tokens_table(mix: TokenMix) -> Markup:
    """Tokens by model, and how much of the input was cached."""
    heads = ("Model", "Input", "Cached", "Output", "Requests")
    left = len(mix.models) - MODELS
    return join(
        tag(
            "table",
            tag(
                "thead",
                tag(
                    "tr",
                    [
                        tag("th", head, scope="col", class_=classes("roomy" if head == "Requests" else None))
                        for head in heads
                    ],
                ),
            ),
            tag("tbody", [_model(each) for each in mix.models[:MODELS]]),
            class_="models",
        ),
        tag("p", f"{formatting.others(left, 'model')} not shown.", class_="aside") if left > 0 else None,
    )


def _model(each: ModelTokens) -> Markup:
    sums = each.sums
    return tag(
        "tr",
        tag("th", _model_name(each.model), scope="row"),
        tag("td", counted(sums.input)),
        tag("td", formatting.percent(sums.cached_share)),
        tag("td", counted(sums.output)),
        tag("td", counted(sums.requests), class_="roomy"),
    )


def _model_name(model: Key) -> Child:
    return "no model given" if model is None else name(model)


def counted(number_: int) -> Markup:
    """A count in three digits, with all of them for machines."""
    return tag("data", formatting.count(number_), value=number_)
