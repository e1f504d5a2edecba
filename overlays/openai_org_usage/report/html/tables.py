"""The tables of the page: breakdowns, effective prices, tokens by model."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from .. import wording
from ..breakdowns import Breakdown, Entry
from ..changes import Change
from ..ledger import Key
from ..prices import UnitPrice
from ..spending import Spend
from ..tokens import ModelTokens, TokenMix
from .frame import exact, nothing
from .markup import Child, Markup, classes, join, name, number, tag

PRICES = 15
MODELS = 10
"""How many entries are shown."""


def breakdown_table(breakdown: Breakdown, spend: Spend) -> Markup:
    """The entries with bars, the rest as one row, and the total that they add up to."""
    noun = wording.DIMENSIONS[breakdown.dimension]
    table = tag(
        "table",
        _head(noun[0].upper() + noun[1:], compared=spend.change is not None),
        tag("tbody", list(_rows(breakdown, spend))),
        tag("tfoot", _row(spend, "Total", (spend.total, None, spend.change), kind="total")),
        class_="breakdown",
    )
    return tag("section", tag("h3", f"By {noun}"), table, class_="card")


def _rows(breakdown: Breakdown, spend: Spend) -> Iterator[Markup]:
    rest = breakdown.rest
    most = breakdown.largest
    for entry in breakdown.entries:
        named = _entry_name(entry, breakdown.dimension)
        yield _row(spend, named, (entry.amount, entry.share, entry.change), most=most)
    if rest is not None:
        named = wording.others(rest.count, breakdown.dimension)
        yield _row(spend, named, (rest.amount, rest.share, rest.change), most=most, kind="rest")
    if breakdown.difference:
        yield _row(spend, "not broken down", (breakdown.difference, None, None), kind="rest")


def _entry_name(entry: Entry, dimension: str) -> Child:
    if entry.key is None:
        return wording.label(None, None, dimension)
    if entry.name and entry.name != entry.key:
        return join(name(entry.name), " ", tag("small", name(entry.key)))
    return name(entry.key)


def _head(first: str, *, compared: bool) -> Markup:
    heads = [
        tag("th", first, scope="col"),
        tag("th", "Amount", scope="col"),
        tag("th", "Share", scope="col", class_="roomy"),
    ]
    if compared:
        heads += [tag("th", "Before", scope="col", class_="roomy"), tag("th", "Change", scope="col")]
    return tag("thead", tag("tr", heads))


def _row(
    spend: Spend,
    label: Child,
    figures: tuple[Decimal, Decimal | None, Change | None],
    *,
    most: Decimal = Decimal(0),
    kind: str | None = None,
) -> Markup:
    amount, share, change = figures
    width = number(max(Decimal(0), amount) / most * 100) if most > 0 else None
    bar = None if width is None else tag("span", class_="bar", style=f"width:{width}%")
    cells = [
        tag("th", tag("span", label, class_="label"), bar, scope="row"),
        tag("td", exact(amount, spend.currency)),
        tag("td", None if share is None else wording.percent(share), class_="roomy"),
    ]
    if spend.change is not None:
        before = nothing() if change is None else exact(change.before, spend.currency)
        cells += [tag("td", before, class_="roomy"), change_cell(change)]
    return tag("tr", cells, class_=kind)


def change_cell(change: Change | None) -> Markup:
    """The change in percent, with a direction that is seen without colours."""
    if change is None:
        return tag("td", nothing())
    if change.ratio is None:
        return tag("td", "new" if change.by else nothing(), class_="up" if change.by > 0 else None)
    direction = "up" if change.by > 0 else "down" if change.by < 0 else None
    return tag("td", wording.percent(change.ratio, signed=True), class_=direction)


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
        tag("p", f"{wording.others(left, 'line_item')} not shown.", class_="aside") if left > 0 else None,
        class_="card",
    )


def _price(price: UnitPrice, currency: str) -> Markup:
    quantity = f"{wording.count(price.quantity)} {wording.unit(price.unit)}"
    return tag(
        "tr",
        tag("th", name(price.line_item), scope="row"),
        tag("td", tag("data", quantity, value=wording.plain(price.quantity))),
        tag("td", exact(price.amount, currency)),
        tag(
            "td",
            tag("data", wording.price(price.price, currency), value=wording.plain(price.price)),
            tag("small", f" per {wording.clean(price.per)}"),
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
        tag("p", f"{wording.others(left, 'model')} not shown.", class_="aside") if left > 0 else None,
    )


def _model(each: ModelTokens) -> Markup:
    sums = each.sums
    return tag(
        "tr",
        tag("th", _model_name(each.model), scope="row"),
        tag("td", counted(sums.input)),
        tag("td", wording.percent(sums.cached_share)),
        tag("td", counted(sums.output)),
        tag("td", counted(sums.requests), class_="roomy"),
    )


def _model_name(model: Key) -> Child:
    return "no model given" if model is None else name(model)


def counted(number_: int) -> Markup:
    """A count in three digits, with all of them for machines."""
    return tag("data", wording.count(number_), value=number_)
