"""What the document says of operations, their parameters and results; and all operations by name."""

from __future__ import annotations

import enum
import functools
import importlib
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from .document import OPERATION_NAMES


class ValueType(enum.StrEnum):
    """The JSON type of a parameter, of its items, or of a field."""

    ARRAY = "array"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    OBJECT = "object"
    STRING = "string"


class FieldRole(enum.StrEnum):
    """What a field of a result is to those who add up or group results."""

    TAG = "tag"
    METRIC = "metric"
    DIMENSION = "dimension"
    """A value of `group_by`."""
    MONEY = "money"
    ATTRIBUTE = "attribute"


class OverTime(enum.StrEnum):
    """How a number goes together over time."""

    SUM = "sum"
    LAST = "last"
    """A level such as bytes stored, which adds up over groups and never over time."""


@attrs.frozen
class Limit:
    """The page sizes for one width of buckets."""

    bucket_width: str
    default: int
    maximum: int


@attrs.frozen(kw_only=True)
class Parameter:
    """One query parameter."""

    name: str
    type: ValueType = attrs.field(converter=ValueType)
    item_type: ValueType | None = attrs.field(default=None, converter=attrs.converters.optional(ValueType))
    """Of an array."""
    format: str | None = None
    """`unix-time` for a time in Unix seconds."""
    required: bool = False
    allowed_values: tuple[str, ...] = ()
    """Of the value, or of each item of an array; empty if any is allowed."""
    default: str | int | bool | None = None
    """What the server assumes; never sent."""
    limits: tuple[Limit, ...] = ()
    """The page sizes, on `limit`."""
    description: str
    is_time: bool = attrs.field(init=False, repr=False, eq=False)
    """Whether it is a moment, which users may give in many forms."""

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "is_time", self.format == "unix-time")


@attrs.frozen(kw_only=True)
class ResponseField:
    """One member of a result."""

    name: str
    type: ValueType = attrs.field(converter=ValueType)
    format: str | None = None
    """`decimal` for a number that is exact and may arrive as a string."""
    required: bool = False
    nullable: bool = False
    role: FieldRole = attrs.field(converter=FieldRole)
    known_values: tuple[str, ...] = ()
    """Values seen so far; others may come."""
    description: str
    fields: tuple[ResponseField, ...] = ()
    """Of an object."""
    over_time: OverTime | None = attrs.field(default=None, converter=attrs.converters.optional(OverTime))
    """None for what is no number."""
    observed: bool = False
    """Whether it is seen in answers and in no public document: many organizations get it, not all."""


@attrs.frozen(eq=False, repr=False)
class Operation:
    """One operation. There is one instance for each; it survives pickling as that instance."""

    name: str
    """The last segment of its path, and the name of its client method."""
    operation_id: str
    method: str
    path: str
    summary: str
    description: str
    result_object: str
    """The `object` tag of its results."""
    parameters: tuple[Parameter, ...]
    fields: tuple[ResponseField, ...]
    """Of a result, in the document's order."""
    bucket_fields: tuple[ResponseField, ...]
    """Of a bucket, beside its times and results."""
    model_stem: str
    """What the names of its page, bucket, result and row classes begin with."""
    endpoint_module: str

    def parameter(self, name: str) -> Parameter:
        """The parameter called `name`; KeyError if there is none."""
        return self._by_name[name]

    @functools.cached_property
    def parameter_names(self) -> tuple[str, ...]:
        """The names of its parameters, in the document's order."""
        return tuple(self._by_name)

    @functools.cached_property
    def _by_name(self) -> Mapping[str, Parameter]:
        return {p.name: p for p in self.parameters}

    @functools.cached_property
    def page_type(self) -> type[Any]:
        """The class of its pages."""
        return _model(self.model_stem + "Page")

    @functools.cached_property
    def row_type(self) -> type[Any]:
        """The class of its flat rows."""
        return _model(self.model_stem + "Row")

    def __repr__(self) -> str:
        return f"<Operation {self.name}: {self.method} {self.path}>"

    def __reduce__(self) -> tuple[object, ...]:
        return _named, (self.name,)


def _named(name: str) -> Operation:
    return OPERATIONS[name]


@functools.cache
def _model(name: str) -> type[Any]:
    models = importlib.import_module(".models", __package__)
    model: type[Any] = getattr(models, name)
    return model


class _Operations(Mapping[str, Operation]):
    """Operations by name, each read from its file when first asked for: start-up needs none of them."""

    def __init__(self) -> None:
        self._read: dict[str, Operation] = {}

    def __getitem__(self, name: str) -> Operation:
        if name not in self._read:
            if name not in OPERATION_NAMES:
                raise KeyError(name)
            module = importlib.import_module(f".operations.{name}", __package__)
            # Threads that come here at once get the same instance: that of the one module.
            self._read[name] = module.OPERATION
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in OPERATION_NAMES

    def __iter__(self) -> Iterator[str]:
        return iter(OPERATION_NAMES)

    def __len__(self) -> int:
        return len(OPERATION_NAMES)

    def __repr__(self) -> str:
        return f"<operations {', '.join(self)}>"


OPERATIONS: Mapping[str, Operation] = _Operations()
"""Every operation by name, sorted by path."""

__all__ = [
    "OPERATIONS",
    "FieldRole",
    "Limit",
    "Operation",
    "OverTime",
    "Parameter",
    "ResponseField",
    "ValueType",
]
