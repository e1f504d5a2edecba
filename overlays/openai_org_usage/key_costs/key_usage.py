"""Rows of the usage endpoints as what a key used of a model: counts, and each key's part of one. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Protocol, TypeAlias

import attrs

from .._generated import OPERATIONS, FieldRole

UNCACHED, CACHED = "input_uncached_tokens", "input_cached_tokens"
WRITTEN, OUTPUT = "input_cache_write_tokens", "output_tokens"
TOKENS: Mapping[str, str] = {
    "input": UNCACHED,
    "cached input": CACHED,
    "cache write": WRITTEN,
    "cache writes": WRITTEN,
    "output": OUTPUT,
}
"""The count of tokens by the kind that a line item names. They do not overlap: input is what was neither read
from the cache nor written to it."""
BATCH = "batch"
_OTHER_NAMES: Mapping[str | None, str] = {"standard": "default"}

ApiKeyId = str | None
"""None for what was used without a key, as in the playground."""
Number: TypeAlias = int | Fraction
"""An exact number; most are whole, which is several times as fast."""


class UsageRow(Protocol):
    """What is needed of a row of a usage endpoint; it may have a model, a tier and counts besides."""

    @property
    def start_time(self) -> int: ...
    @property
    def project_id(self) -> str | None: ...
    @property
    def api_key_id(self) -> str | None: ...


def tier_of(name: str | None) -> str | None:
    """A service tier, by one name where it has several."""
    return _OTHER_NAMES.get(name, name)


@attrs.frozen
class KeyUsage:
    """One row of a usage endpoint: what a key used of a model."""

    operation: str
    api_key_id: ApiKeyId
    model: str | None
    tier: str | None
    """`batch`, or the service tier; None where neither is stated."""
    counts: Mapping[str, Number]
    """By the name of their field; those that are zero may be missing."""

    @classmethod
    def of(cls, operation: str, row: UsageRow) -> KeyUsage:
        """`row` of `operation`. Where uncached input is not stated, as for embeddings, all of it is."""
        counts = {name: _exact(value) for name in _metrics(operation) if (value := getattr(row, name, None))}
        if getattr(row, UNCACHED, None) is None:
            rest = counts.get("input_tokens", 0) - counts.get(CACHED, 0) - counts.get(WRITTEN, 0)
            counts[UNCACHED] = rest
        tier = BATCH if getattr(row, "batch", None) is True else tier_of(getattr(row, "service_tier", None))
        return cls(operation, row.api_key_id or None, getattr(row, "model", None), tier, counts)


@attrs.frozen
class Count:
    """A number that usage rows have: `name`, less those that other line items of the same kind are for."""

    name: str
    less: tuple[str, ...] = ()

    def of(self, row: KeyUsage) -> Number:
        """The number in `row`; zero where it has none, or more of a part than of the whole."""
        rest = row.counts.get(self.name, 0)
        for name in self.less:
            rest -= row.counts.get(name, 0)
        return max(0, rest)


@attrs.frozen
class Basis:
    """By what an amount is shared out."""

    name: str
    """The count, such as `output_tokens`."""
    weights: Mapping[ApiKeyId, Number]
    """What of it is each key's; all above zero."""

    @classmethod
    def of(cls, prices: Mapping[Count, Number], usage: Iterable[KeyUsage], *, name: str) -> Basis | None:
        """The counts of `usage`, each at its price; None if they come to nothing."""
        sums: defaultdict[ApiKeyId, Number] = defaultdict(int)
        for row in usage:
            for count, price in prices.items():
                sums[row.api_key_id] += price * count.of(row)
        weights = {key: weight for key, weight in sums.items() if weight}
        return cls(name, weights) if weights else None

    @classmethod
    def by(cls, count: Count, usage: Iterable[KeyUsage]) -> Basis | None:
        """One count of `usage`; None if it is zero in all of it."""
        return cls.of({count: 1}, usage, name=count.name)


@cache
def _metrics(operation: str) -> tuple[str, ...]:
    return tuple(f.name for f in OPERATIONS[operation].fields if f.role == FieldRole.METRIC)


def _exact(value: int | Decimal) -> Number:
    return value if isinstance(value, int) else Fraction(value)


__all__ = ["BATCH", "TOKENS", "ApiKeyId", "Basis", "Count", "KeyUsage", "Number", "UsageRow", "tier_of"]
