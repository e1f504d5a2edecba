"""The typed methods of both clients: one line for each endpoint, its signature from the generated code.

A line names its endpoint's module in a lambda, so that the module is imported when the method is
first used: importing all of them takes longer than everything else that a ready client needs.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Mapping
from types import MethodType
from typing import (
    TYPE_CHECKING,
    ClassVar,
    Concatenate,
    Generic,
    ParamSpec,
    Protocol,
    TypeVar,
    overload,
)

from . import _generated as generated  # pyright: ignore[reportPrivateUsage] - the door itself, for lazy names
from .hidden_arguments import REFUSALS
from .interpreter_exit import used_at_the_end
from .lazy_names import late_imports

if TYPE_CHECKING:
    from ._generated import AnyRequest, ApiOperation, ListRequest, Request
    from .item_list import AsyncItemList, ItemList
    from .pagination.rules import Bucket
    from .query import AsyncUsageQuery, UsageQuery

P = ParamSpec("P")
PageT = TypeVar("PageT")
BucketT = TypeVar("BucketT", bound="Bucket")
RowT = TypeVar("RowT")
ItemT = TypeVar("ItemT")
RequestT = TypeVar("RequestT", bound="AnyRequest")


class BlockingClient(Protocol):
    """A client that makes synchronous queries and lists."""

    def query(self, request: Request[PageT, BucketT, RowT]) -> UsageQuery[PageT, BucketT, RowT]: ...
    def item_list(self, request: ListRequest[PageT, ItemT]) -> ItemList[PageT, ItemT]: ...


class AsyncClient(Protocol):
    """A client that makes asynchronous queries and lists."""

    def query(self, request: Request[PageT, BucketT, RowT]) -> AsyncUsageQuery[PageT, BucketT, RowT]: ...
    def item_list(self, request: ListRequest[PageT, ItemT]) -> AsyncItemList[PageT, ItemT]: ...


BlockingT = TypeVar("BlockingT", bound=BlockingClient)
AsyncT = TypeVar("AsyncT", bound=AsyncClient)


class EndpointMethod(Generic[P, RequestT]):
    """A method that describes a request and returns what the client makes of it.

    `find` is called when the method is first used; what it finds has the signature and docstring.
    `defaults` are sent for the parameters that a call leaves out.

    Attributes:
        made_by: the method of the client that makes it of a described request.
        returns: what its documentation says that it returns.
    """

    made_by: ClassVar[str]
    returns: ClassVar[str]

    def __init__(self, find: Callable[[], Callable[P, RequestT]], **defaults: str | bool) -> None:
        self._find: Callable[[], Callable[..., AnyRequest]] = find
        self._defaults = defaults
        self._functions: dict[type, Callable[..., object]] = {}
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @staticmethod
    def registry() -> Mapping[str, ApiOperation]:
        """Where its operation is."""
        raise NotImplementedError

    def bound(self, client: object, owner: type[object]) -> object:
        """The method of `client`; that of the class `owner`, if there is no client."""
        if client is not None and sys.is_finalizing():  # Not even modules can be imported any more.
            raise used_at_the_end()
        if owner not in self._functions:
            self._functions[owner] = self._function_of(owner)
        function = self._functions[owner]
        return function if client is None else MethodType(function, client)

    def _function_of(self, owner: type[object]) -> Callable[..., object]:
        """The method as a plain function, so that `help`, editors and mocks see one like any other."""
        with late_imports():
            found = self._find()
        describe = functools.partial(found, **self._defaults)

        @functools.wraps(found)
        def function(client: object, /, *args: P.args, **kwargs: P.kwargs) -> object:
            try:
                return getattr(client, self.made_by)(describe(*args, **kwargs))
            except REFUSALS as error:
                refusal = self._explained(error, args, kwargs).with_traceback(None)
            finally:  # As `hides_arguments` does.
                del args, kwargs
            try:
                raise refusal  # Here, without Python's own as its context.
            finally:
                del refusal

        self._present(function, owner, describe)
        return function

    def _present(
        self, function: Callable[..., object], owner: type[object], describe: Callable[..., object]
    ) -> None:
        """Have `function` show itself as a method of `owner` with the parameters of `describe`."""
        function.__name__ = self.name
        function.__qualname__ = f"{owner.__qualname__}.{self.name}"
        function.__module__ = owner.__module__
        function.__doc__ = (function.__doc__ or "").replace("The request described, not sent.", self.returns)
        vars(function)["__signature__"] = _as_method(
            inspect.signature(describe), inspect.signature(getattr(owner, self.made_by))
        )

    def _explained(
        self, error: Exception, args: tuple[object, ...], kwargs: Mapping[str, object]
    ) -> Exception:
        """`error`, or what is wrong with a call that Python refuses with a TypeError about `request`."""
        operation = self.registry()[self.name]
        in_path = [parameter.name for parameter in operation.path_parameters]
        if len(args) > len(in_path):
            example = operation.parameters[0].name
            return TypeError(f"{self.name} takes its parameters by keyword, such as {example}=...")
        given: Mapping[str, object] = {**dict(zip(in_path, args, strict=False)), **kwargs}
        known = (*operation.parameter_names, "extra_query")
        for name in given:
            if name not in known:
                return generated.InvalidParameterError.unknown_value(
                    "a parameter", name, known, operation=self.name
                )
        for parameter in (*operation.path_parameters, *operation.parameters):
            if parameter.required and given.get(parameter.name) is None:
                return generated.InvalidParameterError(
                    f"{self.name}: {parameter.name} is required", parameter=parameter.name
                )
        return error


class paginated(  # noqa: N801 - reads as the decorator it is
    EndpointMethod[P, "Request[PageT, BucketT, RowT]"], Generic[P, PageT, BucketT, RowT]
):
    """An endpoint method that returns the client's query."""

    made_by: ClassVar[str] = "query"
    returns: ClassVar[str] = "A query, sent when it is iterated: over buckets, `.rows()` or `.pages()`."

    @overload
    def __get__(
        self, client: BlockingClient, owner: type[BlockingClient]
    ) -> Callable[P, UsageQuery[PageT, BucketT, RowT]]: ...
    @overload
    def __get__(
        self, client: AsyncClient, owner: type[AsyncClient]
    ) -> Callable[P, AsyncUsageQuery[PageT, BucketT, RowT]]: ...
    @overload
    def __get__(
        self, client: None, owner: type[BlockingT]
    ) -> Callable[Concatenate[BlockingT, P], UsageQuery[PageT, BucketT, RowT]]: ...
    @overload
    def __get__(
        self, client: None, owner: type[AsyncT]
    ) -> Callable[Concatenate[AsyncT, P], AsyncUsageQuery[PageT, BucketT, RowT]]: ...

    def __get__(self, client: object, owner: type[object]) -> object:
        return self.bound(client, owner)

    @staticmethod
    def registry() -> Mapping[str, ApiOperation]:
        """Usage and costs."""
        return generated.OPERATIONS


class listed(  # noqa: N801 - as above
    EndpointMethod[P, "ListRequest[PageT, ItemT]"], Generic[P, PageT, ItemT]
):
    """An endpoint method that returns the client's list."""

    made_by: ClassVar[str] = "item_list"
    returns: ClassVar[str] = "A list, asked for when it is iterated: over items, or `.pages()`."

    @overload
    def __get__(
        self, client: BlockingClient, owner: type[BlockingClient]
    ) -> Callable[P, ItemList[PageT, ItemT]]: ...
    @overload
    def __get__(
        self, client: AsyncClient, owner: type[AsyncClient]
    ) -> Callable[P, AsyncItemList[PageT, ItemT]]: ...
    @overload
    def __get__(
        self, client: None, owner: type[BlockingT]
    ) -> Callable[Concatenate[BlockingT, P], ItemList[PageT, ItemT]]: ...
    @overload
    def __get__(
        self, client: None, owner: type[AsyncT]
    ) -> Callable[Concatenate[AsyncT, P], AsyncItemList[PageT, ItemT]]: ...

    def __get__(self, client: object, owner: type[object]) -> object:
        return self.bound(client, owner)

    @staticmethod
    def registry() -> Mapping[str, ApiOperation]:
        """The lists of what usage and costs refer to."""
        return generated.DIRECTORY


def _as_method(described: inspect.Signature, maker: inspect.Signature) -> inspect.Signature:
    """`described` with the client as its first parameter, and as its result what `maker` makes of it."""
    _, types = str(described.return_annotation).split("[", 1)
    made, _ = str(maker.return_annotation).split("[", 1)
    client = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return described.replace(
        parameters=[client, *described.parameters.values()], return_annotation=f"{made}[{types}"
    )


class Endpoints:
    """One method for each operation of usage and costs, named after the last segment of its path.

    Parameters are those of the API, by keyword; times also as aware datetimes, dates, ISO 8601
    strings or spans such as `"30d"`. What a method returns is sent when it is iterated.
    """

    audio_speeches = paginated(lambda: generated.usage_audio_speeches.request)
    audio_transcriptions = paginated(lambda: generated.usage_audio_transcriptions.request)
    code_interpreter_sessions = paginated(lambda: generated.usage_code_interpreter_sessions.request)
    completions = paginated(lambda: generated.usage_completions.request)
    costs = paginated(lambda: generated.usage_costs.request)
    decisions = paginated(lambda: generated.usage_decisions.request)
    embeddings = paginated(lambda: generated.usage_embeddings.request)
    file_search_calls = paginated(lambda: generated.usage_file_search_calls.request)
    images = paginated(lambda: generated.usage_images.request)
    moderations = paginated(lambda: generated.usage_moderations.request)
    vector_stores = paginated(lambda: generated.usage_vector_stores.request)
    web_search_calls = paginated(lambda: generated.usage_web_search_calls.request)


class DirectoryEndpoints:
    """One method for each list of what usage and costs refer to: projects, users and keys.

    Parameters are those of the API. What a method returns is sent when it is iterated. Where history
    would have no names without, all is asked for: archived projects, and keys whose owners have left.
    """

    admin_api_keys = listed(lambda: generated.admin_api_keys_list.request)
    project_api_keys = listed(lambda: generated.list_project_api_keys.request, owner_project_access="any")
    projects = listed(lambda: generated.list_projects.request, include_archived=True)
    service_accounts = listed(lambda: generated.list_project_service_accounts.request)
    users = listed(lambda: generated.list_users.request)
