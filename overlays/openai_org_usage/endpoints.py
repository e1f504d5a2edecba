"""The typed methods of both clients: one line for each endpoint, its signature from the generated code.

A line names its endpoint's module in a lambda, so that the module is imported when the method is
first used: importing all of them takes longer than everything else that a ready client needs.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from types import MethodType
from typing import TYPE_CHECKING, Concatenate, Generic, ParamSpec, TypeVar, overload

from . import _generated as generated  # pyright: ignore[reportPrivateUsage] - the door itself, for lazy names
from .hidden_arguments import hides_arguments
from .interpreter_exit import used_at_the_end
from .lazy_names import late_imports

if TYPE_CHECKING:
    from ._generated import Request
    from .client import AsyncUsageClient, UsageClient
    from .pagination.rules import Bucket
    from .query import AsyncUsageQuery, UsageQuery

P = ParamSpec("P")
PageT = TypeVar("PageT")
BucketT = TypeVar("BucketT", bound="Bucket")
RowT = TypeVar("RowT")


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
        self, client: UsageClient, owner: type[UsageClient]
    ) -> Callable[P, UsageQuery[PageT, BucketT, RowT]]: ...
    @overload
    def __get__(
        self, client: AsyncUsageClient, owner: type[AsyncUsageClient]
    ) -> Callable[P, AsyncUsageQuery[PageT, BucketT, RowT]]: ...
    @overload
    def __get__(
        self, client: None, owner: type[UsageClient]
    ) -> Callable[Concatenate[UsageClient, P], UsageQuery[PageT, BucketT, RowT]]: ...
    @overload
    def __get__(
        self, client: None, owner: type[AsyncUsageClient]
    ) -> Callable[Concatenate[AsyncUsageClient, P], AsyncUsageQuery[PageT, BucketT, RowT]]: ...

    def __get__(self, client: UsageClient | AsyncUsageClient | None, owner: type) -> object:
        if client is not None and sys.is_finalizing():  # Not even modules can be imported any more.
            raise used_at_the_end()
        if owner not in self._functions:
            self._functions[owner] = self._function_of(owner)
        function = self._functions[owner]
        return function if client is None else MethodType(function, client)

    def _function_of(self, owner: type) -> Callable[..., object]:
        """The method as a plain function, so that `help`, editors and mocks see one like any other."""
        with late_imports():
            describe = self._find()

        @hides_arguments
        @functools.wraps(describe)
        def function(client: UsageClient | AsyncUsageClient, /, *args: P.args, **kwargs: P.kwargs) -> object:
            self._check_names(args, kwargs)
            return client.query(describe(*args, **kwargs))

        function.__name__ = self.name
        function.__qualname__ = f"{owner.__qualname__}.{self.name}"
        function.__module__ = owner.__module__
        function.__doc__ = (describe.__doc__ or "").replace(
            "The request described, not sent.",
            "A query, sent when it is iterated: over buckets, `.rows()` or `.pages()`.",
        )
        vars(function)["__signature__"] = _as_method(inspect.signature(describe), owner)
        return function

    def _check_names(self, args: Sequence[object], kwargs: Mapping[str, object]) -> None:
        """Explain a call that Python would refuse with a TypeError about `request`."""
        if args:
            raise TypeError(f"{self.name} takes its parameters by keyword, such as start_time=...")
        operation = generated.OPERATIONS[self.name]
        known = (*operation.parameter_names, "extra_query")
        for name in kwargs:
            if name not in known:
                raise generated.InvalidParameterError.unknown_value(
                    "a parameter", name, known, operation=self.name
                )
        for parameter in operation.parameters:
            if parameter.required and kwargs.get(parameter.name) is None:
                raise generated.InvalidParameterError(
                    f"{self.name}: {parameter.name} is required", parameter=parameter.name
                )


def _as_method(described: inspect.Signature, owner: type) -> inspect.Signature:
    """`described` with the client as its first parameter and the query of `owner` as its result."""
    from .client import AsyncUsageClient

    query = "AsyncUsageQuery" if issubclass(owner, AsyncUsageClient) else "UsageQuery"
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
