"""The two clients: the same endpoints, synchronous and asynchronous, over the same engine."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Self, Unpack

import attrs

from .credentials import Access, AdminKey, checked_base_url
from .endpoints import DirectoryEndpoints, Endpoints
from .errors import ConfigurationError
from .hidden_arguments import hides_arguments
from .http.retry import RetryPolicy
from .name_methods import AsyncNameMethods, NameMethods
from .options import (
    DEFAULT_CONCURRENCY,
    DEFAULT_MAX_PAGE_BYTES,
    DEFAULT_MAX_PAGES,
    DEFAULT_TIMEOUT,
    ArrayFormat,
    Changes,
    Options,
)
from .query_methods import AsyncQueryMethods, QueryMethods, QuerySource
from .session import Session

if TYPE_CHECKING:
    import httpx

    from .hooks import PageEvent, RetryEvent
    from .http.deadline import Timing


class _Client(QuerySource, Endpoints, DirectoryEndpoints):
    """What both clients share: a session, options, and the endpoints."""

    @hides_arguments
    def __init__(
        self,
        *,
        admin_key: str | None = None,
        base_url: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        deadline: float | None = None,
        retry: RetryPolicy = RetryPolicy(),  # noqa: B008 - immutable
        concurrency: int = DEFAULT_CONCURRENCY,
        max_pages: int = DEFAULT_MAX_PAGES,
        max_page_bytes: int = DEFAULT_MAX_PAGE_BYTES,
        array_format: ArrayFormat = "repeat",
        on_page: Callable[[PageEvent], object] | None = None,
        on_retry: Callable[[RetryEvent], object] | None = None,
        transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.time,
        timing: Timing | None = None,
    ) -> None:
        key, address = AdminKey.from_argument(admin_key), checked_base_url(base_url)
        if array_format not in ("repeat", "brackets"):
            raise ConfigurationError(f"array_format is 'repeat' or 'brackets', not {array_format!r}")
        self._options = Options(
            timeout=timeout,
            deadline=deadline,
            retry=retry,
            concurrency=concurrency,
            max_pages=max_pages,
            max_page_bytes=max_page_bytes,
            on_page=on_page,
            on_retry=on_retry,
        )
        from . import __version__

        self._session = Session(
            access=Access(key, address, array_format == "brackets", __version__),
            transport=transport,
            clock=clock,
            timing=timing,
        )

    @property
    def base_url(self) -> str:
        """Where requests go."""
        return self._session.access.base_url

    @hides_arguments
    def with_options(self, **changes: Unpack[Changes]) -> Self:
        """This client with other options, such as `with_options(deadline=30)`.

        It shares connections, retry budget and, unless `concurrency` is changed, the limit of
        requests under way; closing either closes both.

        Raises:
            ConfigurationError: an option is unknown or out of its range.
        """
        unknown = sorted(changes.keys() - Changes.__annotations__.keys())
        if unknown:
            raise ConfigurationError(
                f"with_options takes {', '.join(Changes.__annotations__)}; not {', '.join(unknown)}"
            )
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other._options, other._requestor = attrs.evolve(self._options, **changes), None
        return other

    def __repr__(self) -> str:
        made = "_session" in vars(self)  # Not while its arguments are refused.
        return f"{type(self).__name__}({f'base_url={self.base_url!r}' if made else 'not made'})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} holds a key and connections and cannot be pickled: make one there"
        )


class UsageClient(_Client, QueryMethods, NameMethods):
    """Reads an organization's usage and costs.

    Args:
        admin_key: an admin key (`sk-admin-…`); by default from OPENAI_ADMIN_KEY.
        base_url: by default from OPENAI_BASE_URL, else OpenAI's.
        timeout: seconds that one attempt at a request may take, from connecting to the last byte.
        deadline: seconds that one iteration of a query may take, all pages, retries and waits
            included, and your own work between the pages, too; None for no end.
        retry: how often failed requests are tried again, and after what wait.
        concurrency: how many requests may be under way at once. A long range is cut into windows
            of one page each, fetched this many at a time and handed out in order of time; a 429
            halves the number for a while. With 1, pages are fetched one after the other by cursor.
        max_pages: how many pages one query may have before it is refused as endless.
        max_page_bytes: how large a page may be, as JSON; a larger one is refused while it arrives.
        array_format: how lists go on the wire.
        on_page: is told of each page as it is handed out; see `PageEvent`.
        on_retry: is told of each failed attempt that is tried again, on the thread of the
            connections; see `RetryEvent`.
        transport: an httpx transport to send through, for tests and proxies.
        clock: the present in Unix seconds; spans such as `"30d"` go back from it.
        timing: what waits are measured by, for tests.

    Raises:
        ConfigurationError: the key is missing or of another kind, the URL is unsafe, or an option
            is out of its range.
    """

    def close(self) -> None:
        """Close the connections for good."""
        if sys.is_finalizing():  # As in __del__: they have been closed by then.
            return
        self._session.begin()
        self._session.source.shut()
        self._session.calls.stop()

    def __enter__(self) -> UsageClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.close()


class AsyncUsageClient(_Client, AsyncQueryMethods, AsyncNameMethods):
    """The asynchronous UsageClient: the same arguments and methods; iterate with `async for`.

    It belongs to the event loop on which it is first used.
    """

    async def close(self) -> None:
        """Close the connections for good."""
        self._session.begin()
        await self._session.source.close()

    async def __aenter__(self) -> AsyncUsageClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.close()
