"""What filters say about the requests to send. Pure.

They only narrow what is asked for: Spark filters the rows once more. So a filter that is understood in part,
or by the API in another way, costs rows that are thrown away, and never a row that belongs there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import attrs
from pyspark.sql.datasource import (
    EqualNullSafe,
    EqualTo,
    Filter,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    LessThan,
    LessThanOrEqual,
)

from ..._generated import OPERATIONS, ValueType
from ...archive.archive_table import ArchiveTable
from ...archive.partition_paths import month_bounds

ORGANIZATION: Final = "organization"
MONTH: Final = "month"
MOST_VALUES: Final = 100
"""How many values of a dimension go into the address of a request; with more, Spark filters alone."""

_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)


@attrs.frozen(kw_only=True)
class PushedFilters:
    """What is left to ask for.

    Attributes:
        start: buckets begin at or after this, in Unix seconds.
        end: buckets begin before this.
        values: what a dimension, or the name of the organization, is one of.
    """

    start: float = -math.inf
    end: float = math.inf
    values: Mapping[str, frozenset[object]] = attrs.field(factory=dict[str, frozenset[object]])

    @classmethod
    def of(cls, filters: Iterable[Filter], *, table: ArchiveTable) -> PushedFilters:
        """What all of `filters` together leave of `table`."""
        found = cls()
        for each in filters:
            found = found._narrowed(each, table)
        return found

    def arguments(self, table: ArchiveTable) -> dict[str, bool | tuple[str, ...]] | None:
        """What the endpoint is asked for beside; None if no row can be left."""
        arguments: dict[str, bool | tuple[str, ...]] = {}
        for dimension, parameter in _parameters(table).items():
            if (values := self.values.get(dimension)) is None:
                continue
            if not values:
                return None
            if OPERATIONS[table.operation].parameter(parameter).type is ValueType.BOOLEAN:
                if len(values) == 1:
                    arguments[parameter] = True in values
            elif len(values) <= MOST_VALUES:
                arguments[parameter] = tuple(sorted(map(str, values)))
        return arguments

    def allow(self, organization: str) -> bool:
        """Whether rows of it can be left."""
        allowed = self.values.get(ORGANIZATION)
        return allowed is None or organization in allowed

    def _narrowed(self, one: Filter, table: ArchiveTable) -> PushedFilters:
        """What is left where `one` holds, too; the same if it says nothing that can be asked for."""
        column: tuple[str, ...] = getattr(one, "attribute", ())
        if len(column) != 1:
            return self
        name = column[0]
        start, end = -math.inf, math.inf
        if name in ("start_time", "end_time"):
            start, end = _bounds(one, _seconds)
            if name == "end_time":  # A bucket ends after its start, and at most its width after it.
                start -= table.seconds
        elif name == MONTH:
            start, end = _bounds(one, _month)
        elif name == ORGANIZATION or name in _parameters(table):
            return self._one_of(name, _values(one, flag=_is_flag(name, table)))
        return attrs.evolve(self, start=max(self.start, start), end=min(self.end, end))

    def _one_of(self, name: str, values: frozenset[object] | None) -> PushedFilters:
        if values is None:
            return self
        return attrs.evolve(self, values={**self.values, name: self.values.get(name, values) & values})


def _parameters(table: ArchiveTable) -> dict[str, str]:
    """The dimensions of `table` that its endpoint filters by, each with the parameter that does it."""
    names = OPERATIONS[table.operation].parameter_names
    return {each: name for each in table.group_by for name in names if name in (each, f"{each}s")}


def _is_flag(name: str, table: ArchiveTable) -> bool:
    parameter = _parameters(table).get(name)
    return (
        parameter is not None and OPERATIONS[table.operation].parameter(parameter).type is ValueType.BOOLEAN
    )


def _values(one: Filter, *, flag: bool) -> frozenset[object] | None:
    """What a column is one of where `one` holds; None if it does not say."""
    if isinstance(one, In):
        values = frozenset(value for value in one.value if value is not None)
    elif isinstance(one, (EqualTo, EqualNullSafe)) and one.value is not None:
        values = frozenset([one.value])
    else:
        return None
    return values if all(isinstance(value, bool if flag else str) for value in values) else None


def _bounds(one: Filter, read: Callable[[object], _Moment | None]) -> tuple[float, float]:
    """Between what moments a column is where `one` holds: from the first on, and before the second."""
    held: object = getattr(one, "value", None)
    moments = [read(each) for each in (one.value if isinstance(one, In) else [held])]
    known = [moment for moment in moments if moment is not None]
    start, end = -math.inf, math.inf
    if len(known) < len(moments) or not known:
        return start, end
    if isinstance(one, (EqualTo, EqualNullSafe, In, GreaterThanOrEqual)):
        start = min(moment.first for moment in known)
    if isinstance(one, GreaterThan):
        start = known[0].after
    if isinstance(one, (EqualTo, EqualNullSafe, In, LessThanOrEqual)):
        end = max(moment.after for moment in known)
    if isinstance(one, LessThan):
        end = known[0].first
    return start, end


@attrs.frozen
class _Moment:
    """What a filter compares with, in Unix seconds: what is not before it, and what is after it."""

    first: int
    after: int


def _seconds(value: object) -> _Moment | None:
    if not isinstance(value, datetime) or value.tzinfo is None:
        return None
    whole, rest = divmod(value - _EPOCH, timedelta(seconds=1))
    return _Moment(whole + bool(rest), whole + 1)


def _month(value: object) -> _Moment | None:
    if not isinstance(value, str) or not _MONTH.fullmatch(value):
        return None
    return _Moment(*month_bounds(value))


__all__ = ["MONTH", "MOST_VALUES", "ORGANIZATION", "PushedFilters"]
