"""The rows that have changed, as the table `restatements` tells of them field by field.

A change happened at some time between two readings. Its age counts from the end of its bucket: at least
until the reading that saw the old value, at most until the one that saw the new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

import attrs
import msgspec

from ..money import currency_of, exact_sum

_AMOUNT, _CURRENCY = "amount_value", "amount_currency"


@attrs.frozen(kw_only=True)
class Restatement:
    """A row of a bucket that has changed.

    Attributes:
        table: that it is in.
        least_age: seconds from the bucket's end to the reading that saw it unchanged.
        age: seconds from the bucket's end to the reading that saw it changed.
        amount: by how much its amount of money has changed, either way; None if it has none.
        currency: of the amount.
        seen_at: when it was seen.
    """

    table: str
    least_age: float
    age: float
    amount: Decimal | None
    currency: str | None
    seen_at: datetime


@attrs.frozen(kw_only=True)
class _ChangedField:
    """What is needed of a row of the table `restatements`."""

    source_table: str
    start_time: datetime
    end_time: datetime
    dimensions: str
    field: str
    before: str | None
    after: str | None
    read_before_at: datetime | None
    seen_at: datetime

    @property
    def change(self) -> Decimal:
        """By how much the number changed, whichever way."""
        return exact_sum([Decimal(self.after or 0), Decimal(self.before or 0).copy_negate()]).copy_abs()


def restatements_in(rows: Iterable[Mapping[str, object]]) -> Iterator[Restatement]:
    """The changed rows that `rows` of the table `restatements` tell of, each of one field. Pure."""
    fields: dict[tuple[object, ...], list[_ChangedField]] = {}
    for row in rows:
        one = msgspec.convert(row, _ChangedField)
        key = (one.source_table, one.start_time, one.dimensions, one.seen_at)
        fields.setdefault(key, []).append(one)
    for first, *others in fields.values():
        end, before = first.end_time, first.read_before_at
        amounts = [one.change for one in (first, *others) if one.field == _AMOUNT]
        yield Restatement(
            table=first.source_table,
            least_age=0.0 if before is None else max(0.0, (before - end).total_seconds()),
            age=max(0.0, (first.seen_at - end).total_seconds()),
            amount=exact_sum(amounts) if amounts else None,
            currency=_currency(first.dimensions),
            seen_at=first.seen_at,
        )


def _currency(dimensions: str) -> str | None:
    stated = msgspec.json.decode(dimensions, type=dict[str, object]).get(_CURRENCY)
    return currency_of(stated if isinstance(stated, str) else None)


__all__ = ["Restatement", "restatements_in"]
