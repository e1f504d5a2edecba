"""What can be set on a client, checked when it is made; most of it also for a single call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypedDict

import attrs

from .http.request_options import RequestOptions, count, is_callable

if TYPE_CHECKING:
    from .hooks import PageEvent, RetryEvent
    from .http.retry import RetryPolicy

ArrayFormat = Literal["repeat", "brackets"]
"""How lists go on the wire: `group_by=a&group_by=b`, as documented, or `group_by[]=a&group_by[]=b`."""

DEFAULT_TIMEOUT = 60.0
DEFAULT_CONCURRENCY = 8
DEFAULT_MAX_PAGES = 10_000
DEFAULT_MAX_PAGE_BYTES = 64 * 2**20


class Changes(TypedDict, total=False):
    """The options that `with_options` takes; each is described at UsageClient."""

    timeout: float
    deadline: float | None
    retry: RetryPolicy
    concurrency: int
    max_pages: int
    max_page_bytes: int
    on_page: Callable[[PageEvent], object] | None
    on_retry: Callable[[RetryEvent], object] | None


@attrs.frozen(kw_only=True)
class Options(RequestOptions):
    """The options of a client, checked: those of its requests, and of its queries."""

    max_pages: int = attrs.field(validator=count)
    on_page: Callable[[PageEvent], object] | None = attrs.field(validator=is_callable)
