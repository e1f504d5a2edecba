"""Which numbers a result has, and which of them are sums of others.

The registry names the metrics. This module adds the arithmetic that OpenAI documents in prose, so
that totals agree in every row: a total is never drawn, it is added up from its parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from decimal import Decimal

import attrs

from .._generated import FieldRole, Operation, OverTime, ResponseField, ValueType
from .dataset import Workload
from .seeded_random import draw

PARTS: Mapping[str, tuple[str, ...]] = {
    "input_tokens": (
        "input_uncached_tokens",
        "input_cached_tokens",
        "input_cache_write_tokens",
    ),
    "input_uncached_tokens": ("input_text_tokens", "input_audio_tokens", "input_image_tokens"),
    "input_cached_tokens": (
        "input_cached_text_tokens",
        "input_cached_audio_tokens",
        "input_cached_image_tokens",
    ),
    "input_cache_write_tokens": (
        "input_cache_write_30m_tokens",
        "input_cache_write_12h_tokens",
    ),
    "output_tokens": ("output_text_tokens", "output_audio_tokens", "output_image_tokens"),
}
"""Each total and the metrics that it is the sum of."""

_PART_NAMES = frozenset(part for parts in PARTS.values() for part in parts)
_COUNTS = ("num_model_requests", "num_requests", "num_sessions")
THOUSAND = 1000

Tally = Mapping[int, Sequence[int]]
"""What was used in each bucket, by position in the operation's layout of metrics."""
REQUESTS = 0
"""Position of the request count in a tally; all other positions are drawn metrics."""


@attrs.frozen
class Metric:
    """A metric of a result: the positions of a tally that it adds up, and its unit there."""

    name: str
    positions: tuple[int, ...]
    scale: int
    """1, or 1000 when the tally counts thousandths because the metric can be fractional."""

    def column(self, tally: Tally, *, buckets: int) -> Sequence[int]:
        """The metric in each bucket of a tally, as an integer number of 1/scale."""
        columns = [tally[position] for position in self.positions if position in tally]
        if len(columns) == 1:
            return columns[0]
        return list(map(sum, zip(*columns, strict=True))) if columns else (0,) * buckets

    def values(self, tally: Tally, *, buckets: int) -> Sequence[int | Decimal]:
        """The metric's exact value in each bucket of a tally."""
        column = self.column(tally, buckets=buckets)
        return column if self.scale == 1 else [exact(raw, scale=self.scale) for raw in column]


@attrs.frozen
class MetricLayout:
    """How an operation's metrics are kept: the drawn ones in order, then all that are shown."""

    drawn: tuple[ResponseField, ...]
    metrics: tuple[Metric, ...]
    levels: Set[int]
    """Positions at which a tally has what there is at a bucket's end, not what was added in it."""


def metric_fields(operation: Operation) -> tuple[ResponseField, ...]:
    """The fields of an operation's results that are numbers to add up."""
    return tuple(field for field in operation.fields if field.role == FieldRole.METRIC)


def is_level(field: ResponseField) -> bool:
    """Whether a metric is a level, such as bytes stored, which does not add up over time."""
    return field.over_time == OverTime.LAST


def count_name(operation: Operation) -> str | None:
    """The metric that counts requests, or None when an operation shows no such count."""
    names = [field.name for field in metric_fields(operation)]
    known = [name for name in _COUNTS if name in names]
    return next(iter(known + [name for name in names if name.startswith("num_")]), None)


def layout_of(operation: Operation) -> MetricLayout:
    """How an operation's metrics are kept."""
    fields, count = metric_fields(operation), count_name(operation)
    shown = {field.name for field in fields}
    parts = {name: tuple(_leaves(name, shown)) for name in shown}
    drawn = tuple(f for f in fields if f.name != count and parts[f.name] == (f.name,))
    position = {field.name: index for index, field in enumerate(drawn, start=REQUESTS + 1)}
    position |= {count: REQUESTS} if count else {}
    metrics = (
        Metric(
            field.name,
            tuple(position[part] for part in parts[field.name]),
            1 if field.name == count else scale_of(field),
        )
        for field in fields
    )
    return MetricLayout(drawn, tuple(metrics), _levels(fields, position))


def _levels(fields: Sequence[ResponseField], position: Mapping[str, int]) -> Set[int]:
    """The positions of levels, and that of requests where there is nothing but levels."""
    levels = {field.name for field in fields if is_level(field)}
    positions = {at for name, at in position.items() if name in levels}
    return positions if len(levels) < len(fields) else {*positions, REQUESTS}


def _leaves(name: str, shown: Set[str]) -> Iterator[str]:
    """The metrics that add up to `name`, leaving out parts the registry does not have."""
    parts = [part for part in PARTS.get(name, ()) if part in shown]
    if not parts:
        yield name
    for part in parts:
        yield from _leaves(part, shown)


def scale_of(field: ResponseField) -> int:
    """How finely a metric is counted: whole numbers, or thousandths when it may be."""
    return THOUSAND if field.type == ValueType.NUMBER else 1


def average(field: ResponseField, *, workload: Workload, of_model: Mapping[str, int]) -> int:
    """What one request adds to a drawn metric on average, in units of 1/scale."""
    for known in (of_model, workload.averages):
        if field.name in known:
            return known[field.name] * scale_of(field)
    if field.name in _PART_NAMES:
        return 0
    return (1 + draw(0, "average", field.name) % 50) * scale_of(field)


def exact(amount: int, *, scale: int) -> int | Decimal:
    """Amount/scale exactly, for a scale that is a power of ten; whole numbers as int."""
    whole, rest = divmod(amount, scale)
    if not rest:
        return whole
    return Decimal(f"{whole}.{rest:0{len(str(scale)) - 1}d}".rstrip("0"))
