"""What the models and endpoint functions share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeAlias, TypeVar

import attrs

from .html_tables import html_table
from .json_values import is_array
from .redaction import redacted

if TYPE_CHECKING:
    from typing import Self

Time: TypeAlias = int | float | str | date | timedelta
"""A moment: Unix seconds, an aware datetime, a date (its midnight UTC), an ISO 8601 string, or a
span back from now such as `"30d"` or a timedelta, which means whole UTC buckets with the running one.
Describing a request takes any; sending takes Unix seconds, and `openai_org_usage.UsageClient`
resolves the other forms by its clock."""

PageT = TypeVar("PageT")


@attrs.frozen(kw_only=True)
class Model:
    """Base of the decoded objects: immutable, compared by value, with what was unknown kept."""

    _additional_properties: dict[str, Any] | None = attrs.field(
        default=None, repr=False, hash=False, metadata={"wire": False}
    )

    @property
    def additional_properties(self) -> Mapping[str, Any]:
        """Members that the API sent and the pinned document lacks; numbers exact."""
        return self._additional_properties or {}

    def to_dict(self) -> dict[str, Any]:
        """The members as the API sends them, unknown ones included; decimals stay `Decimal`."""
        members = {name: _plain(getattr(self, name)) for name in wire_names(type(self))}
        unknown: Sequence[UnknownResult] = getattr(self, "unknown_results", ())
        if unknown:
            members["results"] += [result.data for result in unknown]
        return members | dict(self.additional_properties)

    def __repr__(self) -> str:
        return _shown(self)


class TimeRange:
    """A half-open range of time in Unix seconds, readable as aware datetimes."""

    __slots__ = ()

    if TYPE_CHECKING:
        start_time: int
        end_time: int

    @property
    def start(self) -> datetime:
        """Start of the bucket, inclusive, in UTC."""
        return datetime.fromtimestamp(self.start_time, UTC)

    @property
    def end(self) -> datetime:
        """End of the bucket, exclusive, in UTC."""
        return datetime.fromtimestamp(self.end_time, UTC)


@attrs.frozen(repr=False)
class UnknownResult:
    """A result that is kept whole and never read as another: its tag is not in the pinned document, or
    (on pages as they came) a member of it cannot be read.

    Attributes:
        object: its tag.
        data: all that it has, numbers exact: a dict, except where a result that cannot be read is no object.
        problem: what cannot be read; None where it is the tag alone that is unknown.
    """

    object: str
    data: Any
    problem: str | None = None

    def __repr__(self) -> str:
        return _shown(self)


def _shown(thing: attrs.AttrsInstance) -> str:
    """Class and members; should the API have sent the key back, it is in the data alone."""
    members = (f"{a.name}={getattr(thing, a.name)!r}" for a in attrs.fields(type(thing)) if a.repr)
    return redacted(f"{type(thing).__name__}({', '.join(members)})")


ResultT = TypeVar("ResultT", bound=Model)
HeldT_co = TypeVar("HeldT_co", bound=Model, covariant=True)


class RowSource(Protocol[HeldT_co]):
    """What rows are made of."""

    @property
    def start_time(self) -> int: ...
    @property
    def end_time(self) -> int: ...
    @property
    def results(self) -> Sequence[HeldT_co]: ...


@attrs.frozen(repr=False)
class Row(TimeRange, Generic[ResultT]):
    """One result, flat, with the time range of its bucket (Unix seconds, half-open, UTC)."""

    start_time: int
    end_time: int
    result: ResultT

    @classmethod
    def of_bucket(cls, bucket: RowSource[ResultT]) -> Iterator[Self]:
        """The rows of `bucket`, at a third of the time that making them one by one takes."""
        raise NotImplementedError

    @property
    def additional_properties(self) -> Mapping[str, Any]:
        """Members that the API sent and the pinned document lacks; numbers exact."""
        return self.result.additional_properties

    def to_record(self) -> dict[str, Any]:
        """A flat record: start_time, end_time, then the documented fields in their order.

        Members of an object become `amount_value`, `amount_currency`; unknown fields come last.
        """
        record: dict[str, Any] = {"start_time": self.start_time, "end_time": self.end_time}
        for name in self.columns():
            record[name] = getattr(self, name)
        return record | dict(self.additional_properties)

    def to_dict(self) -> dict[str, object]:
        """The row as `to_records` of a query has it: all columns, moments in UTC, numbers exact.

        What the pinned document lacks stands in `additional_properties`, which is None if there is nothing.
        """
        record: dict[str, object] = {"start_time": self.start, "end_time": self.end}
        record |= {name: getattr(self, name) for name in self.columns()}
        return record | {"additional_properties": dict(self.additional_properties) or None}

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """The names of the documented fields, flat, without the times."""
        raise NotImplementedError

    def __repr__(self) -> str:
        fields = ", ".join(
            f"{name}={value!r}"
            for name, value in self.to_record().items()
            if value is not None and name != "object"
        )
        return redacted(f"{type(self).__name__}({fields})")

    def _repr_html_(self) -> str:
        """A table of what the row has, for notebooks."""
        return html_table(
            [pair for pair in self.to_dict().items() if pair[1] is not None], caption=type(self).__name__
        )


_drafts: dict[type[Any], Any] = {}


def draft_of(frozen: type[Any]) -> Any:
    """A subclass of `frozen`, called without arguments, whose members can then be assigned.

    Its layout is the same, so an instance becomes one of `frozen` by being given that class. That
    takes a fraction of the time that `__init__` of a frozen class does.
    """
    if frozen not in _drafts:
        free = {name: getattr(object, name) for name in ("__init__", "__setattr__", "__delattr__")}
        _drafts[frozen] = type(frozen.__name__, (frozen,), {"__slots__": ()} | free)
    return _drafts[frozen]


def wire_names(model: type[Model]) -> tuple[str, ...]:
    """The members of `model` that are on the wire, in the document's order."""
    return tuple(a.name for a in attrs.fields(model) if a.metadata.get("wire", True))


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.to_dict()
    return [_plain(item) for item in value] if is_array(value) else value


__all__ = [
    "Model",
    "Row",
    "Time",
    "TimeRange",
    "UnknownResult",
]
