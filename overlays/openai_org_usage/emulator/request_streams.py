"""The streams of requests that all usage is made of.

A stream is one combination of dimensions (a key, a model, a tier, ...) with a steady share of the
company's activity. Everything about it is a cumulative function of its request count, so any way
to cut time into buckets gives the same totals, and nothing has to be stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat

import attrs

from .._generated import FieldRole, Operation, ResponseField, ValueType
from .activity import UNITS_PER_DAY, CumulativeActivity
from .dataset import OWNERS, POOLS, UNDOCUMENTED, ModelUse, Workload
from .metrics import REQUESTS, average, is_level, layout_of
from .roster import ApiKey
from .seeded_random import draw, scramble

LINE_ITEM = "line_item"

Dimension = str | bool

_USES = 600
"""How likely a key is to use a model, in percent, times the number of keys."""


@attrs.frozen
class Growth:
    """A metric that a stream uses: its position in a tally and how it grows with each request."""

    position: int
    average: int
    shift: int
    mask: int


@attrs.frozen
class RequestStream:
    """One stream of requests; `rate` is its number of requests on an ordinary working day."""

    dimensions: Mapping[str, Dimension]
    activity: CumulativeActivity
    rate: int
    phase: int
    key: int
    growths: tuple[Growth, ...]

    def add_to(self, totals: dict[int, list[int]], activity: Sequence[int]) -> None:
        """Add to the totals of each position what is used by each cumulative activity, cumulative as well.

        The noise stays below three quarters of the average, so no request ever uses less than
        a quarter of it and the amounts cannot fall. Levels have none, so that they begin with nothing.
        """
        counts = [(done * self.rate + self.phase) // UNITS_PER_DAY for done in activity]
        noise = scramble(self.key, counts)
        for growth in self.growths:
            before = totals.get(growth.position, repeat(0))
            each, shift, mask = growth.average, growth.shift, growth.mask
            totals[growth.position] = [
                total + count * each + (more >> shift & mask)
                for total, count, more in zip(before, counts, noise, strict=False)
            ]


def is_costs(operation: Operation) -> bool:
    """Whether an operation reports money by line item, rather than usage."""
    money = any(field.role == FieldRole.MONEY for field in operation.fields)
    return money and LINE_ITEM in dimensions_of(operation)


def dimensions_of(operation: Operation) -> tuple[str, ...]:
    """The dimensions by which an operation can be grouped, in the registry's order."""
    names = [field.name for field in operation.fields if field.role == FieldRole.DIMENSION]
    grouping = next((p.allowed_values for p in operation.parameters if p.name == "group_by"), ())
    return tuple(dict.fromkeys([*grouping, *names]))


def pool_of(operation: Operation, dimension: str) -> tuple[Dimension, ...]:
    """The values that a dimension takes: the registry's, else ours, else made-up ones."""
    field = next((f for f in operation.fields if f.name == dimension), None)
    listed = _listed(operation, dimension, field)
    if listed:
        return (*listed, *UNDOCUMENTED.get(dimension, ()))
    if dimension in POOLS:
        return POOLS[dimension]
    if field is not None and field.type == ValueType.BOOLEAN:
        return (False, True)
    return tuple(f"{dimension}_{number}" for number in (1, 2, 3))


def _listed(operation: Operation, dimension: str, field: ResponseField | None) -> Sequence[str]:
    if field is not None and field.known_values:
        return field.known_values
    filters = [p for p in operation.parameters if filtered_dimension(p.name) == dimension]
    return next((p.allowed_values for p in filters if p.allowed_values), ())


def filtered_dimension(parameter: str) -> str:
    """The dimension that a filter parameter selects on: `project_ids` is `project_id`."""
    if parameter.endswith("ies"):
        return parameter[:-3] + "y"
    return parameter.removesuffix("s")


@attrs.frozen
class _Share:
    api_key: ApiKey
    use: ModelUse
    weight: int


def streams_of(
    operation: Operation,
    workload: Workload,
    *,
    keys: Sequence[ApiKey],
    seed: int,
    activities: Mapping[str, CumulativeActivity],
    pools: Mapping[str, Sequence[Dimension]],
) -> tuple[RequestStream, ...]:
    """All streams of an operation by these keys, always the same ones for the same seed.

    `activities` has one for each rhythm. `pools` has the values of all dimensions that come neither with the
    key nor with the model, also of those that the operation itself does not show, but that what it costs can
    be grouped by.
    """
    used = [key for key in keys if key.weight]
    shares = list(_shares(operation, workload, keys=used, seed=seed))
    whole = sum(share.weight for share in shares)
    streams: list[RequestStream] = []
    for place, share in enumerate(shares):
        drawn = {name: _pick(pool, name, place, seed=seed) for name, pool in pools.items()}
        rhythm = workload.rhythm or ("nightly" if drawn.get("batch") is True else share.api_key.rhythm)
        rate = max(1, workload.requests * share.weight // whole)
        streams.append(
            stream_of(
                operation,
                workload,
                share.api_key,
                share.use,
                seed=seed,
                rate=rate,
                activity=activities[rhythm],
                drawn=drawn,
            )
        )
    return tuple(streams)


def pools_of(operation: Operation) -> dict[str, tuple[Dimension, ...]]:
    """The values of each dimension of an operation that comes neither with the key nor with the model."""
    return {
        name: pool_of(operation, name)
        for name in dimensions_of(operation)
        if name not in OWNERS and name != "model"
    }


def _shares(
    operation: Operation, workload: Workload, *, keys: Sequence[ApiKey], seed: int
) -> Iterator[_Share]:
    """Which keys use which models: every key one at least, and every model some key."""
    uses = workload.models if "model" in dimensions_of(operation) else ()
    uses = uses or (ModelUse("", 1, {}),)
    for place, api_key in enumerate(keys):
        for number, use in enumerate(uses):
            dice = draw(seed, "share", operation.name, api_key.id, use.model)
            if number == place % len(uses) or dice % 100 < _USES // len(keys):
                yield _Share(api_key, use, api_key.weight * use.share * (50 + dice // 100 % 101))


def _pick(pool: Sequence[Dimension], name: str, place: int, *, seed: int) -> Dimension:
    """A value such that every run of len(pool) streams has every value of the pool once."""
    block = place // len(pool)
    return pool[(place + draw(seed, "pick", name, block)) % len(pool)]


def stream_of(
    operation: Operation,
    workload: Workload,
    api_key: ApiKey,
    use: ModelUse,
    *,
    seed: int,
    rate: int,
    activity: CumulativeActivity,
    drawn: Mapping[str, Dimension],
) -> RequestStream:
    """The stream of what a key does with a model, with these values of the other dimensions."""
    model = {"model": use.model} if use.model else {}
    dimensions: dict[str, Dimension] = {**_owners(api_key), **model, **drawn}
    told = dimensions | {"user_id": api_key.made_by}
    label = ",".join(f"{name}={told[name]}" for name in sorted(told))
    key = draw(seed, "series", operation.name, label)
    return RequestStream(
        dimensions,
        activity,
        rate,
        phase=key % UNITS_PER_DAY,
        key=key,
        growths=_growths(operation, workload, use),
    )


def _owners(key: ApiKey) -> dict[str, str]:
    return dict(zip(OWNERS, (key.project_id, key.user_id, key.id), strict=True))


def _growths(operation: Operation, workload: Workload, use: ModelUse) -> tuple[Growth, ...]:
    used = [
        (position, each, _mask(0 if is_level(field) else each))
        for position, field in enumerate(layout_of(operation).drawn, start=1)
        if (each := average(field, workload=workload, of_model=use.averages))
    ]
    drawn = (
        Growth(position, each, shift=number * 3 % 20, mask=mask)
        for number, (position, each, mask) in enumerate(used)
    )
    return (Growth(REQUESTS, 1, shift=0, mask=0), *drawn)


def _mask(average: int) -> int:
    """The largest run of low bits that is below three quarters of the average."""
    swing = average * 3 // 4
    return (1 << max(0, swing.bit_length() - 1)) - 1
