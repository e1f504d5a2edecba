"""A request described as a value: it can be compared, hashed, pickled, logged and changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar
from urllib.parse import quote, urlencode

import attrs

from .arguments import Argument, ExtraQuery, checked_arguments, checked_extra, encoded, without_brackets
from .errors import InvalidParameterError
from .page_decoder import decode_page
from .redaction import redacted
from .registry import ApiOperation, ListOperation, Operation

if TYPE_CHECKING:
    from typing import Self

OperationT_co = TypeVar("OperationT_co", bound=ApiOperation, covariant=True)
PageT_co = TypeVar("PageT_co", covariant=True)
BucketT_co = TypeVar("BucketT_co", covariant=True)
RowT_co = TypeVar("RowT_co", covariant=True)
ItemT_co = TypeVar("ItemT_co", covariant=True)


def _shown(value: object) -> str:
    return redacted(repr(value))


@attrs.frozen
class ApiRequest(Generic[OperationT_co, PageT_co]):
    """One operation and the arguments given for it; nothing has been sent."""

    operation: OperationT_co
    arguments: tuple[tuple[str, Argument], ...] = attrs.field(repr=_shown)
    """Name and value in the document's order; what was not given is absent."""
    extra_query: tuple[tuple[str, str | tuple[str, ...]], ...] = attrs.field(default=(), repr=_shown)
    """Name and value, or values, of what goes on the wire beside."""

    def get(self, name: str) -> Argument | None:
        """The argument given for `name`, None if there is none."""
        return dict(self.arguments).get(name)

    def replace(self, **arguments: Argument | None) -> Self:
        """A copy with other `arguments`; None takes one away. Only these are checked, as `of` does.

        Raises:
            InvalidParameterError: a name, type or value is not the documented one, or a required
                argument would be missing.
        """
        return self._changed(checked_arguments(self.operation, arguments))

    def _changed(self, checked: Mapping[str, Argument | None]) -> Self:
        operation = self.operation
        changed = derive(self, **checked)
        given = dict(changed.arguments)
        for parameter in (*operation.path_parameters, *operation.parameters):
            if parameter.required and parameter.name not in given:
                raise InvalidParameterError(
                    f"{operation.name}: {parameter.name} is required", parameter=parameter.name
                )
        for name, _ in changed.extra_query:
            if without_brackets(name) in given:
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
        in_path = {parameter.name for parameter in self.operation.path_parameters}
        pairs: list[tuple[str, str]] = []
        for name, value in (*self.arguments, *self.extra_query):
            if isinstance(value, tuple):
                pairs += [(f"{name}[]" if brackets else name, item) for item in value]
            elif name not in in_path:
                pairs.append((name, encoded(self.operation, name, value)))
        return pairs

    def url(self, base_url: str, *, brackets: bool = False) -> str:
        """The whole URL; it never holds the key."""
        path = self.operation.path
        for parameter in self.operation.path_parameters:
            path = path.replace(f"{{{parameter.name}}}", quote(str(self.get(parameter.name)), safe=""))
        query = urlencode(self.query(brackets=brackets))
        return f"{base_url.rstrip('/')}{path}?{query}".removesuffix("?")

    def decode(self, body: bytes, *, keep_unreadable: bool = False) -> PageT_co:
        """The page in `body`, an answer to this request with status 200.

        With `keep_unreadable`, a result that cannot be read stands in `unknown_results` of its bucket; an
        item of a list that cannot be read is an error in any case.

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


@attrs.frozen
class Request(ApiRequest[Operation, PageT_co], Generic[PageT_co, BucketT_co, RowT_co]):
    """One operation of usage or costs and the arguments given for it; nothing has been sent.

    The type parameters are the page, bucket and row classes of the operation's answer.
    """

    @classmethod
    def of(
        cls, operation: Operation, arguments: Mapping[str, object], extra_query: ExtraQuery | None = None
    ) -> Request[PageT_co, BucketT_co, RowT_co]:
        """A request with `arguments`; None means not given. `extra_query` is sent beside, unchecked.

        Raises:
            InvalidParameterError: a name, type or value is not the documented one, or `extra_query`
                would override a range, page or argument.
        """
        extra = checked_extra(operation, extra_query or {})
        return cls(operation, (), extra)._changed(checked_arguments(operation, arguments))

    @property
    def row_type(self) -> type[RowT_co]:
        """The class of the flat rows."""
        row_type: type[RowT_co] = self.operation.row_type
        return row_type


@attrs.frozen
class ListRequest(ApiRequest[ListOperation, PageT_co], Generic[PageT_co, ItemT_co]):
    """One list and the arguments given for it; nothing has been sent.

    The type parameters are the page and item classes of the answer.
    """

    @classmethod
    def of(
        cls, operation: ListOperation, arguments: Mapping[str, object], extra_query: ExtraQuery | None = None
    ) -> ListRequest[PageT_co, ItemT_co]:
        """A request with `arguments`; None means not given. `extra_query` is sent beside, unchecked.

        Raises:
            InvalidParameterError: a name, type or value is not the documented one, a part of the path
                is none, or `extra_query` would override a page or argument.
        """
        extra = checked_extra(operation, extra_query or {})
        return cls(operation, (), extra)._changed(checked_arguments(operation, arguments))

    @property
    def item_type(self) -> type[ItemT_co]:
        """The class of the items."""
        item_type: type[ItemT_co] = self.operation.item_type
        return item_type


AnyRequest: TypeAlias = ApiRequest[Any, Any]
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


__all__ = ["AnyRequest", "ApiRequest", "ListRequest", "Request", "derive"]
