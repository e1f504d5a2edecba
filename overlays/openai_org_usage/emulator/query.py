"""A question to an endpoint: a query string that has been checked by the registry's rules."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from .._generated import Operation, Parameter
from .buckets import SECONDS_PER_MINUTE, align_down, align_up, width_seconds
from .dataset import OWNERS
from .errors import above_maximum, below_minimum, rejected
from .parameters import Pairs, Scalar, Value, read_parameters
from .request_streams import Dimension, dimensions_of, filtered_dimension, is_costs

_CONTROLS = ("start_time", "end_time", "bucket_width", "group_by", "limit", "page")
_OTHER_WIDTH = "1d"
_OTHER_LIMIT = 7


@attrs.frozen
class ParsedQuery:
    """A valid query; times are Unix seconds, [start, end).

    They are where its buckets begin and end, which is not always what was asked for: costs are whole
    days, and usage begins with a whole minute.
    """

    start: int
    end: int | None
    """None where none was asked for: usage then ends now, costs with the day that is now."""
    whole: bool
    """Whether every bucket has its whole width, as those of costs."""
    width: int
    limit: int
    group_by: tuple[str, ...]
    filters: Mapping[str, tuple[Dimension, ...]]
    page: str | None
    identity: str
    """All of the query but its page and limit: equal for queries that ask for the same buckets."""


def parse_query(operation: Operation, pairs: Pairs) -> ParsedQuery:
    """The query that a query string asks.

    Raises:
        ApiError: 400, as it breaks a rule.
    """
    values = read_parameters(operation, pairs)
    width = _width(operation, values)
    start, end = _range(values)
    whole = is_costs(operation)
    page = values.get("page")
    return ParsedQuery(
        start=align_down(start, width=width_seconds(width) if whole else SECONDS_PER_MINUTE),
        end=align_up(end, width=width_seconds(width)) if whole and end is not None else end,
        whole=whole,
        width=width_seconds(width),
        limit=_limit(operation, values, width=width),
        group_by=tuple(str(name) for name in _many(values.get("group_by", ()))),
        filters=_filters(operation, values),
        page=None if page is None else str(page),
        identity=_identity(operation, values | {"bucket_width": width}),
    )


def _parameter(operation: Operation, name: str) -> Parameter | None:
    return next((each for each in operation.parameters if each.name == name), None)


def _width(operation: Operation, values: Mapping[str, Value]) -> str:
    parameter = _parameter(operation, "bucket_width")
    default = parameter.default if parameter else None
    return str(values.get("bucket_width", default or _OTHER_WIDTH))


def _integer(values: Mapping[str, Value], name: str) -> int | None:
    value = values.get(name)
    return value if isinstance(value, int) else None


def _range(values: Mapping[str, Value]) -> tuple[int, int | None]:
    start, end = _integer(values, "start_time") or 0, _integer(values, "end_time")
    if start < 0:
        raise below_minimum("start_time", start, 0)
    if end is not None and end <= start:
        raise rejected("end_time", "expected a time after 'start_time'.")
    return start, end


def _limit(operation: Operation, values: Mapping[str, Value], *, width: str) -> int:
    parameter = _parameter(operation, "limit")
    rules = parameter.limits if parameter else ()
    rule = next((each for each in rules if each.bucket_width == width), None)
    limit = _integer(values, "limit")
    if limit is None:
        default = parameter.default if parameter else None
        return rule.default if rule else int(default or _OTHER_LIMIT)
    if limit < 1:
        raise below_minimum("limit", limit, 1)
    if rule is not None and limit > rule.maximum:
        raise above_maximum("limit", limit, rule.maximum)
    return limit


def _filters(operation: Operation, values: Mapping[str, Value]) -> dict[str, tuple[Dimension, ...]]:
    """The wanted values of each dimension; parameters that name no dimension select all."""
    known = {*dimensions_of(operation), *OWNERS}
    filters: dict[str, tuple[Dimension, ...]] = {}
    for name, value in values.items():
        dimension = name if name in known else filtered_dimension(name)
        if name not in _CONTROLS and dimension in known:
            filters[dimension] = tuple(v if isinstance(v, bool) else str(v) for v in _many(value))
    return filters


def _identity(operation: Operation, values: Mapping[str, Value]) -> str:
    bound = sorted(
        (name, sorted(map(str, _many(value))))
        for name, value in values.items()
        if name not in ("page", "limit")
    )
    return repr((operation.path, bound))


def _many(value: Value) -> tuple[Scalar, ...]:
    return value if isinstance(value, tuple) else (value,)
