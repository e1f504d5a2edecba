"""A request described as a value: it can be compared, hashed, pickled, logged and changed."""

from __future__ import annotations

import contextlib
import numbers
import operator
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Generic, TypeAlias, TypeGuard, TypeVar
from urllib.parse import urlencode

import attrs

from .errors import InvalidParameterError
from .page_decoder import decode_page
from .redaction import SHORTEST_KEY, holds_key, redacted
from .registry import Operation, Parameter, ValueType

PageT_co = TypeVar("PageT_co", covariant=True)
BucketT_co = TypeVar("BucketT_co", covariant=True)
RowT_co = TypeVar("RowT_co", covariant=True)

Argument: TypeAlias = int | float | str | bool | date | timedelta | tuple[str, ...]
"""What a request holds for a parameter: lists as tuples, times as they were given."""

ExtraQuery: TypeAlias = Mapping[str, str | int | bool | Iterable[str]]
"""Parameters or values that the pinned document lacks, sent as they are."""

_RESERVED = frozenset({"start_time", "end_time", "bucket_width", "limit", "page"})
"""What decides which buckets come, and which page of them."""


def _shown(value: object) -> str:
    return redacted(repr(value))


@attrs.frozen
class Request(Generic[PageT_co, BucketT_co, RowT_co]):
    """One operation and the arguments given for it; nothing has been sent.

    The type parameters are the page, bucket and row classes of the operation's answer.
    """

    operation: Operation
    arguments: tuple[tuple[str, Argument], ...] = attrs.field(repr=_shown)
    """Name and value in the document's order; what was not given is absent."""
    extra_query: tuple[tuple[str, str | tuple[str, ...]], ...] = attrs.field(default=(), repr=_shown)
    """Name and value, or values, of what goes on the wire beside."""

    @classmethod
    def of(
        cls, operation: Operation, arguments: Mapping[str, object], extra_query: ExtraQuery | None = None
    ) -> Request[PageT_co, BucketT_co, RowT_co]:
        """A request with `arguments`; None means not given. `extra_query` is sent beside, unchecked.

        Raises:
            InvalidParameterError: a name, type or value is not the documented one, or `extra_query`
                would override a range, page or argument.
        """
        extra = _checked_extra(operation, extra_query or {})
        return cls(operation, (), extra)._changed(arguments)

    def get(self, name: str) -> Argument | None:
        """The argument given for `name`, None if there is none."""
        return dict(self.arguments).get(name)

    def replace(self, **arguments: Argument | None) -> Request[PageT_co, BucketT_co, RowT_co]:
        """A copy with other `arguments`; None takes one away. Only these are checked, as `of` does.

        Raises:
            InvalidParameterError: a name, type or value is not the documented one, or a required
                argument would be missing.
        """
        return self._changed(arguments)

    def _changed(self, arguments: Mapping[str, object]) -> Request[PageT_co, BucketT_co, RowT_co]:
        operation = self.operation
        changed = derive(self, **_checked(operation, arguments))
        given = dict(changed.arguments)
        for parameter in operation.parameters:
            if parameter.required and parameter.name not in given:
                raise InvalidParameterError(
                    f"{operation.name}: {parameter.name} is required", parameter=parameter.name
                )
        for name, _ in changed.extra_query:
            if _without_brackets(name) in given:
                raise InvalidParameterError(
                    f"{operation.name}: extra_query cannot have {name}, which is given already",
                    parameter="extra_query",
                )
        return changed

    def query(self, *, brackets: bool = False) -> list[tuple[str, str]]:
        """Names and values as they go on the wire, before percent encoding.

        A list repeats its name (`group_by=model&group_by=project_id`), as the document means it;
        `brackets` sends `group_by[]=…`, as the official SDK does. Defaults are never added.

        Raises:
            InvalidParameterError: a time is not in Unix seconds yet.
        """
        pairs: list[tuple[str, str]] = []
        for name, value in (*self.arguments, *self.extra_query):
            if isinstance(value, tuple):
                pairs += [(f"{name}[]" if brackets else name, item) for item in value]
            else:
                pairs.append((name, _encoded(self.operation, name, value)))
        return pairs

    def url(self, base_url: str, *, brackets: bool = False) -> str:
        """The whole URL; it never holds the key."""
        return f"{base_url.rstrip('/')}{self.operation.path}?{urlencode(self.query(brackets=brackets))}"

    def decode(self, body: bytes, *, keep_unreadable: bool = False) -> PageT_co:
        """The page in `body`, an answer to this request with status 200.

        With `keep_unreadable`, a result that cannot be read stands in `unknown_results` of its bucket.

        Raises:
            ResponseDecodeError: it is not what the document promises.
        """
        page: PageT_co = decode_page(
            self.operation.page_type,
            body,
            operation=self.operation.name,
            keep_unreadable=keep_unreadable,
        )
        return page

    @property
    def row_type(self) -> type[RowT_co]:
        """The class of the flat rows."""
        row_type: type[Any] = self.operation.row_type
        return row_type


AnyRequest: TypeAlias = Request[Any, Any, Any]
"""A request of whatever operation."""
RequestT = TypeVar("RequestT", bound=AnyRequest)


def derive(request: RequestT, **arguments: Argument | None) -> RequestT:
    """`request` with other `arguments`, nothing of it checked; None takes one away.

    For values that are checked already, or that the caller made: the ends of a window, a cursor.
    """
    given = dict(request.arguments) | arguments
    kept = [(name, given.get(name)) for name in request.operation.parameter_names]
    named = tuple((name, value) for name, value in kept if value is not None)
    return type(request)(request.operation, named, request.extra_query)


def _checked(operation: Operation, arguments: Mapping[str, object]) -> dict[str, Argument | None]:
    """`arguments`, if each is a documented one, of the documented type and among the allowed values."""
    documented = {parameter.name: parameter for parameter in operation.parameters}
    for name in arguments:
        if name not in documented:
            raise InvalidParameterError.unknown_value(
                "a parameter", name, operation.parameter_names, operation=operation.name
            )
    checked = {
        name: None if value is None else _checked_value(operation, documented[name], value)
        for name, value in arguments.items()
    }
    _refuse_keys(operation, checked)
    return checked


def _checked_value(operation: Operation, parameter: Parameter, value: object) -> Argument:
    if parameter.type == ValueType.ARRAY:
        items = _items(operation, parameter, value)
        return tuple(_checked_item(operation, parameter, item) for item in items)
    plain = _plain(value)
    if not _fits(plain, parameter):
        raise _wrong_type(operation, parameter, plain, _TIME if parameter.is_time else parameter.type)
    _refuse_unknown(operation, parameter, plain)
    return plain


def _fits(value: object, parameter: Parameter) -> TypeGuard[Argument]:
    """Whether `value` is of the documented type; times come in many."""
    if isinstance(value, bool):
        return parameter.type == ValueType.BOOLEAN
    return isinstance(value, _TIMES if parameter.is_time else _KINDS[parameter.type])


def _refuse_unknown(operation: Operation, parameter: Parameter, value: object) -> None:
    if parameter.allowed_values and value not in parameter.allowed_values:
        raise InvalidParameterError.unknown_value(
            parameter.name, value, parameter.allowed_values, operation=operation.name
        )


_KINDS: Mapping[ValueType, tuple[type, ...]] = {
    ValueType.INTEGER: (int,),
    ValueType.NUMBER: (int, float),
    ValueType.STRING: (str,),
    ValueType.BOOLEAN: (bool,),
}
_TIME = "time: Unix seconds, an aware datetime, a date, an ISO 8601 string, or a span such as '30d'"
_TIMES = (str, date, timedelta, numbers.Real, Decimal)


def _plain(value: object) -> object:
    """`value`; a whole number of another library and an enumeration of strings as Python's own."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, numbers.Integral) and not isinstance(value, int):
        with contextlib.suppress(TypeError):  # Spans of numpy count as whole numbers, and are none.
            return operator.index(value)
    return value


def _checked_extra(operation: Operation, extra: object) -> tuple[tuple[str, str | tuple[str, ...]], ...]:
    """`extra` in the form that it is sent in."""
    if not _is_mapping(extra):
        raise InvalidParameterError(
            f"{operation.name}: extra_query takes a dict of names and values, got {extra!r}",
            parameter="extra_query",
        )
    checked: dict[str, str | tuple[str, ...]] = {}
    for name, value in extra.items():
        plain = _without_brackets(name) if isinstance(name, str) else ""
        if not isinstance(name, str) or not plain:
            raise InvalidParameterError(
                f"{operation.name}: extra_query takes names of parameters, not {name!r}",
                parameter="extra_query",
            )
        if plain in _RESERVED:
            raise InvalidParameterError(
                f"{operation.name}: extra_query cannot have {name}, which is a parameter of its own",
                parameter="extra_query",
            )
        checked[name] = _extra_value(operation, name, value)
    _refuse_keys(operation, checked)
    return tuple(checked.items())


def _without_brackets(name: str) -> str:
    return name.partition("[")[0]


def _extra_value(operation: Operation, name: str, value: object) -> str | tuple[str, ...]:
    if isinstance(value, bool):
        return "true" if value else "false"
    plain = _plain(value)
    if isinstance(plain, (str, int)):
        return str(plain)
    if _is_iterable(plain) and not isinstance(plain, bytes | Mapping):
        items = [_plain(item) for item in plain]
        if all(isinstance(item, str) for item in items):
            return tuple(map(str, items))
    raise InvalidParameterError(
        f"{operation.name}: extra_query takes texts, whole numbers, booleans and lists of texts; "
        f"{name} is {value!r}",
        parameter="extra_query",
    )


def _is_mapping(value: object) -> TypeGuard[Mapping[object, object]]:
    return isinstance(value, Mapping)


def _is_iterable(value: object) -> TypeGuard[Iterable[object]]:
    return isinstance(value, Iterable)


def _refuse_keys(operation: Operation, given: Mapping[str, object]) -> None:
    """No parameter takes a key: it would be sent in the URL, and stand in the logs of all that pass it on."""
    for name, value in given.items():
        if name == "page" or not isinstance(value, (str, tuple)):  # A cursor is the server's.
            continue
        is_short = len(f"{value}") < SHORTEST_KEY and name in operation.parameter_names
        if not is_short and holds_key(f"{name}={value}"):
            raise InvalidParameterError(
                f"{operation.name}: {name} holds a key, which would be sent in the URL: pass it as admin_key",
                parameter=name,
            )


def _items(operation: Operation, parameter: Parameter, value: object) -> list[object]:
    if isinstance(value, (str, bytes)):
        raise InvalidParameterError(
            f"{operation.name}: {parameter.name} takes a list; write [{value!r}] for one value",
            parameter=parameter.name,
        )
    several: Any = value
    try:
        return list(several)
    except TypeError:
        raise _wrong_type(operation, parameter, value, "list of strings") from None


def _checked_item(operation: Operation, parameter: Parameter, item: object) -> str:
    if not isinstance(item, str):
        raise _wrong_type(operation, parameter, item, "list of strings")
    _refuse_unknown(operation, parameter, item)
    return str.__str__(item)


def _encoded(operation: Operation, name: str, value: Argument) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if name in operation.parameter_names and operation.parameter(name).type == ValueType.INTEGER:
        raise InvalidParameterError(
            f"{operation.name}: {name} is sent in Unix seconds, got {value!r}; UsageClient converts "
            "other forms of time, the endpoint functions take an int",
            parameter=name,
        )
    return str(value)


def _wrong_type(
    operation: Operation, parameter: Parameter, value: object, wanted: str
) -> InvalidParameterError:
    return InvalidParameterError(
        f"{operation.name}: {parameter.name} takes {'an' if wanted[0] in 'aeiou' else 'a'} {wanted}, "
        f"got {value!r} ({type(value).__module__}.{type(value).__qualname__})".replace("builtins.", ""),
        parameter=parameter.name,
    )


__all__ = ["AnyRequest", "Argument", "ExtraQuery", "Request", "derive"]
