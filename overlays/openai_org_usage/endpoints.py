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
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, overload

from . import _generated as generated  # pyright: ignore[reportPrivateUsage] - the door itself, for lazy names
from .hidden_arguments import REFUSALS
from .interpreter_exit import used_at_the_end
from .lazy_names import late_imports

if TYPE_CHECKING:
    from ._generated import Request
    from .pagination.rules import Bucket
    from .query import AsyncUsageQuery, UsageQuery

P = ParamSpec("P")
PageT = TypeVar("PageT")
BucketT = TypeVar("BucketT", bound="Bucket")
RowT = TypeVar("RowT")


class BlockingClient(Protocol):
    """A client that makes synchronous queries."""

    def query(self, request: Request[PageT, BucketT, RowT]) -> UsageQuery[PageT, BucketT, RowT]: ...


class AsyncClient(Protocol):
    """A client that makes asynchronous queries."""

    def query(self, request: Request[PageT, BucketT, RowT]) -> AsyncUsageQuery[PageT, BucketT, RowT]: ...


BlockingT = TypeVar("BlockingT", bound=BlockingClient)
AsyncT = TypeVar("AsyncT", bound=AsyncClient)


class paginated(Generic[P, PageT, BucketT, RowT]):  # noqa: N801 - reads as the decorator it is
    """A method that describes a request and returns the client's query for it.

    `find` is called when the method is first used; what it finds has the signature and docstring.
    """

    def __init__(self, find: Callable[[], Callable[P, Request[PageT, BucketT, RowT]]]) -> None:
        self._find = find
        self._functions: dict[type, Callable[..., object]] = {}
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

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

    def __get__(self, client: Any, owner: type[Any]) -> object:
        if client is not None and sys.is_finalizing():  # Not even modules can be imported any more.
            raise used_at_the_end()
        if owner not in self._functions:
            self._functions[owner] = self._function_of(owner)
        function = self._functions[owner]
        return function if client is None else MethodType(function, client)

    def _function_of(self, owner: type[Any]) -> Callable[..., object]:
        """The method as a plain function, so that `help`, editors and mocks see one like any other."""
        with late_imports():
            describe = self._find()

        @functools.wraps(describe)
        def function(client: BlockingClient, /, *args: P.args, **kwargs: P.kwargs) -> object:
            try:
                return client.query(describe(*args, **kwargs))
            except REFUSALS as error:
                refusal = self._explained(error, args, kwargs).with_traceback(None)
            finally:  # As `hides_arguments` does.
                del args, kwargs
            try:
                raise refusal  # Here, without Python's own as its context.
            finally:
                del refusal

        function.__name__ = self.name
        function.__qualname__ = f"{owner.__qualname__}.{self.name}"
        function.__module__ = owner.__module__
        function.__doc__ = (describe.__doc__ or "").replace(
            "The request described, not sent.",
            "A query, sent when it is iterated: over buckets, `.rows()` or `.pages()`.",
        )
        vars(function)["__signature__"] = _as_method(inspect.signature(describe), owner)
        return function

    def _explained(
        self, error: Exception, args: tuple[object, ...], kwargs: Mapping[str, object]
    ) -> Exception:
        """`error`, or what is wrong with a call that Python refuses with a TypeError about `request`."""
        if args:
            return TypeError(f"{self.name} takes its parameters by keyword, such as start_time=...")
        operation = generated.OPERATIONS[self.name]
        known = (*operation.parameter_names, "extra_query")
        for name in kwargs:
            if name not in known:
                return generated.InvalidParameterError.unknown_value(
                    "a parameter", name, known, operation=self.name
                )
        for parameter in operation.parameters:
            if parameter.required and kwargs.get(parameter.name) is None:
                return generated.InvalidParameterError(
                    f"{self.name}: {parameter.name} is required", parameter=parameter.name
                )
        return error


def _as_method(described: inspect.Signature, owner: type[Any]) -> inspect.Signature:
    """`described` with the client as its first parameter and the query of `owner` as its result."""
    query = str(inspect.signature(owner.query).return_annotation).partition("[")[0]
    returned = str(described.return_annotation).replace("Request", query, 1)
    client = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return described.replace(parameters=[client, *described.parameters.values()], return_annotation=returned)


class Endpoints:
    """One method for each operation, named after the last segment of its path.

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
