"""Costs of line items as those of the models that they name. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Self

import attrs

from ..._generated import CostsResult
from ...line_items import read_line_item
from ...pagination.rules import Bucket
from ...sums.row_buckets import with_results


@attrs.frozen(kw_only=True, repr=False)
class ModelCost(CostsResult):
    """What was spent on a model in one day, for one line item or, added up, for all."""

    model: str | None = None

    @classmethod
    def of(cls, cost: CostsResult, *, keep_line_item: bool) -> Self:
        """`cost` with the model that its line item names; the line item itself where it names none.

        Without the line item there is no quantity: a model is billed in several that do not add up.
        """
        members = {each.alias or each.name: getattr(cost, each.name) for each in attrs.fields(CostsResult)}
        model = None if cost.line_item is None else read_line_item(cost.line_item).model_or_category
        if not keep_line_item:
            members |= {"line_item": None, "quantity": None, "quantity_unit": None}
        return cls(**members, model=model)


def with_models(buckets: Iterable[Bucket], *, keep_line_items: bool) -> Iterator[Bucket]:
    """`buckets` of costs by line item, with the model of each."""
    for bucket in buckets:
        results = [ModelCost.of(each, keep_line_item=keep_line_items) for each in bucket.results]
        yield with_results(bucket, list(results), unknown=bucket.unknown_results)


__all__ = ["ModelCost", "with_models"]
