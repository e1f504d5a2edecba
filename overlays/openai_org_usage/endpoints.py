"""The typed methods of both clients: one line for each endpoint, its signature from the generated code."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Generic, ParamSpec, TypeVar, overload

from ._generated import (
    OPERATIONS,
    InvalidParameterError,
    Request,
    usage_audio_speeches,
    usage_audio_transcriptions,
    usage_code_interpreter_sessions,
    usage_completions,
    usage_costs,
    usage_decisions,
    usage_embeddings,
    usage_file_search_calls,
    usage_images,
    usage_moderations,
    usage_vector_stores,
    usage_web_search_calls,
)
from .paging import Bucket
from .query import AsyncUsageQuery, UsageQuery

if TYPE_CHECKING:
    from .client import AsyncUsageClient, UsageClient

P = ParamSpec("P")
PageT = TypeVar("PageT")
BucketT = TypeVar("BucketT", bound=Bucket)
RowT = TypeVar("RowT")


class paginated(Generic[P, PageT, BucketT, RowT]):  # noqa: N801 - reads as the decorator it is
    """A method that describes a request by `describe` and returns the client's query for it."""

    def __init__(self, describe: Callable[P, Request[PageT, BucketT, RowT]]) -> None:
        self.describe = describe
        self.name = ""
        self.__doc__ = (describe.__doc__ or "").replace(
            "The request described, not sent.",
            "A query, sent when it is iterated: over buckets, `.rows()` or `.pages()`.",
        )

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
    def __get__(self, client: None, owner: type) -> paginated[P, PageT, BucketT, RowT]: ...

    def __get__(self, client: UsageClient | AsyncUsageClient | None, owner: type) -> object:
        if client is None:
            return self

        @functools.wraps(self.describe)
        def method(*args: P.args, **kwargs: P.kwargs) -> object:
            self._check_names(args, kwargs)
            return client.query(self.describe(*args, **kwargs))

        method.__name__ = self.name
        method.__qualname__ = f"{owner.__name__}.{self.name}"
        method.__doc__ = self.__doc__
        return method

    def _check_names(self, args: Sequence[object], kwargs: Mapping[str, object]) -> None:
        """Explain a call that Python would refuse with a TypeError about `request`."""
        if args:
            raise TypeError(f"{self.name} takes its parameters by keyword, such as start_time=...")
        operation = OPERATIONS[self.name]
        for name in kwargs:
            if name not in operation.parameter_names:
                raise InvalidParameterError.unknown_value(
                    "a parameter", name, operation.parameter_names, operation=self.name
                )
        for parameter in operation.parameters:
            if parameter.required and kwargs.get(parameter.name) is None:
                raise InvalidParameterError(
                    f"{self.name}: {parameter.name} is required", parameter=parameter.name
                )


class Endpoints:
    """One method for each operation, named after the last segment of its path.

    Parameters are those of the API, by keyword; times also as aware datetimes, dates, ISO 8601
    strings or spans such as `"30d"`. What a method returns is sent when it is iterated.
    """

    audio_speeches = paginated(usage_audio_speeches.request)
    audio_transcriptions = paginated(usage_audio_transcriptions.request)
    code_interpreter_sessions = paginated(usage_code_interpreter_sessions.request)
    completions = paginated(usage_completions.request)
    costs = paginated(usage_costs.request)
    decisions = paginated(usage_decisions.request)
    embeddings = paginated(usage_embeddings.request)
    file_search_calls = paginated(usage_file_search_calls.request)
    images = paginated(usage_images.request)
    moderations = paginated(usage_moderations.request)
    vector_stores = paginated(usage_vector_stores.request)
    web_search_calls = paginated(usage_web_search_calls.request)
