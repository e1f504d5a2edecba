"""What the document says of operations, their parameters and answers; and all operations by name."""

from __future__ import annotations

import enum
import functools
import importlib
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Generic, TypeVar

import attrs

from .document import DIRECTORY_NAMES, OPERATION_NAMES


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
    """One parameter of the query, or of the path."""

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
    """The page sizes, on `limit`, where they depend on the width of buckets."""
    maximum: int | None = None
    """The largest value, where the document names one."""
    description: str
    is_time: bool = attrs.field(init=False, repr=False, eq=False)
    """Whether it is a moment, which users may give in many forms."""

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "is_time", self.format == "unix-time")


@attrs.frozen(kw_only=True)
class ResponseField:
    """One member of a result, or of an item of a list."""

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
    """Of an object, or of each object of an array."""
    over_time: OverTime | None = attrs.field(default=None, converter=attrs.converters.optional(OverTime))
    """None for what is no number."""
    observed: bool = False
    """Whether it is seen in answers and in no public document: many organizations get it, not all."""
    hidden: bool = False
    """Whether no printed form of the object shows it: it tells part of a secret."""


@attrs.frozen(eq=False, repr=False, kw_only=True)
class ApiOperation:
    """One operation. There is one instance for each; it survives pickling as that instance."""

    scope: ClassVar[str]
    """What an admin key needs for it. The document does not say; the API does, where it refuses one."""
    name: str
    """The name of its client method: the last segment of its path, for usage and costs."""
    operation_id: str
    method: str
    path: str
    summary: str
    description: str
    path_parameters: tuple[Parameter, ...] = ()
    """What stands in braces in its path, each a text."""
    parameters: tuple[Parameter, ...]
    """Of the query, in the document's order."""
    fields: tuple[ResponseField, ...]
    """Of a result or an item, in the document's order."""
    model_stem: str
    """What the names of the classes of its answers begin with."""
    endpoint_module: str

    def parameter(self, name: str) -> Parameter:
        """The parameter called `name`; KeyError if there is none."""
        return self._by_name[name]

    @functools.cached_property
    def parameter_names(self) -> tuple[str, ...]:
        """The names of its parameters, in the document's order; those of its path come first."""
        return tuple(self._by_name)

    @functools.cached_property
    def _by_name(self) -> Mapping[str, Parameter]:
        return {p.name: p for p in (*self.path_parameters, *self.parameters)}

    @functools.cached_property
    def page_type(self) -> type[Any]:
        """The class of its pages."""
        return _model(self.model_stem + "Page")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}: {self.method} {self.path}>"


@attrs.frozen(eq=False, repr=False, kw_only=True)
class Operation(ApiOperation):
    """An operation that answers with pages of time buckets: usage or costs."""

    scope: ClassVar[str] = "api.usage.read"
    result_object: str
    """The `object` tag of its results."""
    bucket_fields: tuple[ResponseField, ...]
    """Of a bucket, beside its times and results."""

    @functools.cached_property
    def row_type(self) -> type[Any]:
        """The class of its flat rows."""
        return _model(self.model_stem + "Row")

    def __reduce__(self) -> tuple[object, ...]:
        return _operation, (self.name,)


@attrs.frozen(eq=False, repr=False, kw_only=True)
class ListOperation(ApiOperation):
    """An operation that lists what usage and costs refer to, a page of items at a time."""

    scope: ClassVar[str] = "api.management.read"
    item_object: str
    """The `object` tag of its items."""

    @functools.cached_property
    def item_type(self) -> type[Any]:
        """The class of its items."""
        return _model(self.model_stem)

    def __reduce__(self) -> tuple[object, ...]:
        return _list_operation, (self.name,)


def _operation(name: str) -> Operation:
    return OPERATIONS[name]


def _list_operation(name: str) -> ListOperation:
    return DIRECTORY[name]


@functools.cache
def _model(name: str) -> type[Any]:
    models = importlib.import_module(".models", __package__)
    model: type[Any] = getattr(models, name)
    return model


OperationT = TypeVar("OperationT", bound=ApiOperation)


class _Registry(Mapping[str, OperationT], Generic[OperationT]):
    """Operations by name, each read from its file when first asked for: start-up needs none of them."""

    def __init__(self, folder: str, names: tuple[str, ...]) -> None:
        self._folder, self._names = folder, names
        self._read: dict[str, OperationT] = {}

    def __getitem__(self, name: str) -> OperationT:
        if name not in self._read:
            if name not in self._names:
                raise KeyError(name)
            module = importlib.import_module(f".{self._folder}.{name}", __package__)
            # Threads that come here at once get the same instance: that of the one module.
            self._read[name] = module.OPERATION
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return f"<{self._folder} {', '.join(self)}>"


OPERATIONS: Mapping[str, Operation] = _Registry("operations", OPERATION_NAMES)
"""Every operation of usage and costs by name, sorted by path."""

DIRECTORY: Mapping[str, ListOperation] = _Registry("directory", DIRECTORY_NAMES)
"""Every list of what usage and costs refer to, by name, sorted by path."""

__all__ = [
    "DIRECTORY",
    "OPERATIONS",
    "ApiOperation",
    "FieldRole",
    "Limit",
    "ListOperation",
    "Operation",
    "OverTime",
    "Parameter",
    "ResponseField",
    "ValueType",
]
