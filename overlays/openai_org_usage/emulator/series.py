"""The streams of requests that all usage is made of.

A series is one combination of dimensions (a key, a model, a tier, ...) with a steady share of the
company's activity. Everything about it is a cumulative function of its request count, so any way
to cut time into buckets gives the same totals, and nothing has to be stored.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .._generated import Field, Operation
from .activity import UNITS_PER_DAY
from .dataset import KEYS, OTHER_WORKLOAD, OWNERS, POOLS, UNDOCUMENTED, WORKLOADS, ApiKey, ModelUse, Workload
from .metrics import REQUESTS, average, is_level, ledger_of
from .packed_ints import Column, Lanes
from .seeded_random import draw, scramble

Dimension = str | bool

_USE_PERCENT = 42
"""How likely a key is to use a model."""


class Growth(NamedTuple):
    """A metric that a series uses: its position in a tally and how it grows with each request."""

    position: int
    average: int
    shift: int
    mask: int


@dataclass(frozen=True, slots=True)
class Series:
    """One stream of requests; `rate` is its number of requests on an ordinary working day."""

    dimensions: Mapping[str, Dimension]
    rhythm: str
    rate: int
    phase: int
    key: int
    growths: tuple[Growth, ...]

    def columns(self, activity: Column, lanes: Lanes) -> Iterator[tuple[int, Column]]:
        """Yield position and cumulative amounts, one for each cumulative activity, of what it uses.

        The noise stays below three quarters of the average, so no request ever uses less than
        a quarter of it and the amounts cannot fall. Levels have none, so that they begin with nothing.
        """
        counts = lanes.divide(activity * self.rate + lanes.ones * self.phase, UNITS_PER_DAY)
        yield REQUESTS, counts
        noise = scramble(self.key, counts, lanes)
        for position, each, shift, mask in self.growths:
            yield position, counts * each + (noise >> shift & lanes.ones * mask)


def dimensions_of(operation: Operation) -> tuple[str, ...]:
    """Return the dimensions by which an operation can be grouped, in the registry's order."""
    names = [field.name for field in operation.fields if field.role == "dimension"]
    grouping = next((p.allowed_values for p in operation.parameters if p.name == "group_by"), ())
    return tuple(dict.fromkeys([*grouping, *names]))


def pool_of(operation: Operation, dimension: str) -> tuple[Dimension, ...]:
    """Return the values that a dimension takes: the registry's, else ours, else made-up ones."""
    field = next((f for f in operation.fields if f.name == dimension), None)
    listed = _listed(operation, dimension, field)
    if listed:
        return (*listed, *UNDOCUMENTED.get(dimension, ()))
    if dimension in POOLS:
        return POOLS[dimension]
    if field is not None and field.type == "boolean":
        return (False, True)
    return tuple(f"{dimension}_{number}" for number in (1, 2, 3))


def _listed(operation: Operation, dimension: str, field: Field | None) -> Sequence[str]:
    if field is not None and field.known_values:
        return field.known_values
    filters = [p for p in operation.parameters if filtered_dimension(p.name) == dimension]
    return next((p.allowed_values for p in filters if p.allowed_values), ())


def filtered_dimension(parameter: str) -> str:
    """Return the dimension that a filter parameter selects on: `project_ids` is `project_id`."""
    if parameter.endswith("ies"):
        return parameter[:-3] + "y"
    return parameter.removesuffix("s")


class _Share(NamedTuple):
    api_key: ApiKey
    use: ModelUse
    weight: int


def series_of(
    operation: Operation, *, seed: int, extra_dimensions: Mapping[str, Sequence[Dimension]]
) -> tuple[Series, ...]:
    """Return all series of an operation, always the same ones for the same seed.

    `extra_dimensions` are dimensions (with their values) that the operation itself does not show,
    but that what it costs can be grouped by.
    """
    workload = WORKLOADS.get(operation.name, OTHER_WORKLOAD)
    shares = list(_shares(operation, workload, seed=seed))
    pools = dict(extra_dimensions) | {
        name: pool_of(operation, name)
        for name in dimensions_of(operation)
        if name not in OWNERS and name != "model"
    }
    whole = sum(share.weight for share in shares)
    return tuple(
        _series(
            operation,
            share,
            seed=seed,
            rate=max(1, workload.requests * share.weight // whole),
            drawn={name: _pick(pool, name, place, seed=seed) for name, pool in pools.items()},
        )
        for place, share in enumerate(shares)
    )


def _shares(operation: Operation, workload: Workload, *, seed: int) -> Iterator[_Share]:
    """Yield which keys use which models: every key one at least, and every model some key."""
    uses = workload.models if "model" in dimensions_of(operation) else ()
    uses = uses or (ModelUse("", 1, {}),)
    for place, api_key in enumerate(KEYS):
        for number, use in enumerate(uses):
            dice = draw(seed, "share", operation.name, api_key.api_key_id, use.model)
            if number == place % len(uses) or dice % 100 < _USE_PERCENT:
                yield _Share(api_key, use, api_key.weight * use.share * (50 + dice // 100 % 101))


def _pick(pool: Sequence[Dimension], name: str, place: int, *, seed: int) -> Dimension:
    """Return a value such that every run of len(pool) series has every value of the pool once."""
    block = place // len(pool)
    return pool[(place + draw(seed, "pick", name, block)) % len(pool)]


def _series(
    operation: Operation,
    share: _Share,
    *,
    seed: int,
    rate: int,
    drawn: Mapping[str, Dimension],
) -> Series:
    workload = WORKLOADS.get(operation.name, OTHER_WORKLOAD)
    owners = {name: str(getattr(share.api_key, name)) for name in OWNERS}
    model = {"model": share.use.model} if share.use.model else {}
    dimensions: dict[str, Dimension] = {**owners, **model, **drawn}
    label = ",".join(f"{name}={dimensions[name]}" for name in sorted(dimensions))
    rhythm = "nightly" if dimensions.get("batch") is True else share.api_key.rhythm
    key = draw(seed, "series", operation.name, label)
    return Series(
        dimensions,
        workload.rhythm or rhythm,
        rate,
        phase=key % UNITS_PER_DAY,
        key=key,
        growths=_growths(operation, workload, share.use),
    )


def _growths(operation: Operation, workload: Workload, use: ModelUse) -> tuple[Growth, ...]:
    used = [
        (position, each, _mask(0 if is_level(field) else each))
        for position, field in enumerate(ledger_of(operation).drawn, start=1)
        if (each := average(field, workload=workload, of_model=use.averages))
    ]
    return tuple(
        Growth(position, each, shift=number * 3 % 20, mask=mask)
        for number, (position, each, mask) in enumerate(used)
    )


def _mask(average: int) -> int:
    """Return the largest run of low bits that is below three quarters of the average."""
    swing = average * 3 // 4
    return (1 << max(0, swing.bit_length() - 1)) - 1
