"""Which counts of its usage an amount is to be shared out by: those that its line item is billed by. Pure.

`MODEL, KIND` is billed by tokens of that kind, at whichever endpoint the model was used. Categories such as
`Web search tool calls` are billed by what their endpoint counts. What nothing counts by key, such as stored
bytes, is not shared out, and nothing is guessed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product

import attrs

from ..line_items import LineItem
from .key_usage import TOKENS, Basis, Count, KeyUsage, Number, tier_of
from .token_prices import TokenPrices

_OF_MODALITY: Mapping[str, str] = {
    "input": "input_{}_tokens",
    "cached input": "input_cached_{}_tokens",
    "output": "output_{}_tokens",
}
"""The count of tokens of a kind that are text, audio or images."""
WITHOUT_TOKENS = ("images", "characters", "seconds")
"""What endpoints count that count no tokens. Models that they serve may be billed by tokens all the same."""
_NO_TOKENS: Mapping[str | None, str] = {
    "characters": "characters",
    "audio": "seconds",
    "audio duration": "seconds",
}
"""The count of kinds that are no tokens."""
CATEGORIES: Mapping[str, tuple[str, str]] = {
    "image models": ("images", "images"),
    "web search tool calls": ("web_search_calls", "num_requests"),
    "file search tool calls": ("file_search_calls", "num_requests"),
    "assistants api | file search": ("file_search_calls", "num_requests"),
}
"""The endpoint and its count that a category is billed by; in lower case, as some organizations get them."""
PRICED = "priced_tokens"
"""The basis where a line item names a model and no kind: tokens of every kind, at what each kind costs."""
_DATE = re.compile(r"-\d{4}-\d\d-\d\d$")


@attrs.frozen
class ProjectDay:
    """What a project used on a day, and all line items that it was billed for."""

    day: int
    """Its start, in Unix seconds."""
    usage: Sequence[KeyUsage]
    items: Sequence[LineItem]

    def basis_of(self, item: LineItem, *, prices: TokenPrices, currency: str | None) -> Basis | None:
        """By what an amount for `item` is to be shared out; None if nothing that was used explains it."""
        if item.model is not None:
            return self._of_kind(item, item.model)
        if item.text.lower() in CATEGORIES:
            operation, name = CATEGORIES[item.text.lower()]
            return Basis.by(Count(name), [row for row in self.usage if row.operation == operation])
        return self._of_all_kinds(item.text, prices=prices, currency=currency)

    def _of_kind(self, item: LineItem, model: str) -> Basis | None:
        """By the likeliest count that is not zero; of the tier that is billed if there is any of it."""
        usage = self._usage_of(model)
        tier = self._of_tier(item, usage)
        tried = (Basis.by(count, rows) for count, rows in product(self._counts(item), (tier, usage)))
        return next((basis for basis in tried if basis is not None), None)

    def _of_all_kinds(self, model: str, *, prices: TokenPrices, currency: str | None) -> Basis | None:
        """By tokens of all kinds; if there are several, each has to have a price that was really paid."""
        usage = self._by_model.get(model, ())
        counts = [count for count in map(Count, sorted({*TOKENS.values()})) if any(map(count.of, usage))]
        if len(counts) == 1:
            return Basis.by(counts[0], usage)
        found: dict[Count, Number] = {}
        for count in counts:
            price = prices.of_token(count.name, model=model, currency=currency, day=self.day)
            if price is None:
                return None
            found[count] = price
        return Basis.of(found, usage, name=PRICED)

    def _usage_of(self, model: str) -> Sequence[KeyUsage]:
        """The usage of `model` as a line item names it; without a date, of versions that no other names."""
        if model in self._by_model:
            return self._by_model[model]
        if _DATE.search(model):
            return self._by_model.get(_DATE.sub("", model), ())
        named = {item.model for item in self.items}
        versions = [name for name in self._by_model if _DATE.sub("", name) == model and name not in named]
        return [row for name in versions for row in self._by_model[name]]

    def _of_tier(self, item: LineItem, usage: Iterable[KeyUsage]) -> Sequence[KeyUsage]:
        """Of `usage` what is of the tier that `item` names, or of none that another line item names."""
        if item.tier is not None:
            return [row for row in usage if row.tier == tier_of(item.tier)]
        others = {tier_of(one.tier) for one in self._items_by_model.get(item.model, ()) if one.tier}
        return [row for row in usage if row.tier not in others]

    def _counts(self, item: LineItem) -> Iterator[Count]:
        """The counts that may explain `item`, the likeliest first."""
        kind = item.kind or ""
        if kind not in TOKENS:
            yield Count(_NO_TOKENS[kind])
            return
        stem = _OF_MODALITY.get(kind, "")
        if item.modality and stem:
            yield Count(stem.format(item.modality))
        else:
            others = self._items_by_model.get(item.model, ())
            stated = sorted({one.modality for one in others if one.kind == kind and one.modality})
            yield Count(TOKENS[kind], tuple(stem.format(modality) for modality in stated))
        yield from map(Count, WITHOUT_TOKENS)

    @cached_property
    def _by_model(self) -> Mapping[str, Sequence[KeyUsage]]:
        found: defaultdict[str, list[KeyUsage]] = defaultdict(list)
        for row in self.usage:
            if row.model:
                found[row.model].append(row)
        return dict(found)

    @cached_property
    def _items_by_model(self) -> Mapping[str | None, Sequence[LineItem]]:
        found: defaultdict[str | None, list[LineItem]] = defaultdict(list)
        for item in self.items:
            found[item.model].append(item)
        return dict(found)


__all__ = ["CATEGORIES", "PRICED", "WITHOUT_TOKENS", "ProjectDay"]
