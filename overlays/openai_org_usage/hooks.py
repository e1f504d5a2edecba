"""What the hooks `on_page` and `on_retry` are told, for logging and progress."""

from __future__ import annotations

import attrs

from ._generated import AnyRequest, OpenAIUsageError


@attrs.frozen(kw_only=True)
class PageEvent:
    """A page of a query or a list has come and is being handed out.

    Attributes:
        operation: name of the operation, such as `costs` or `projects`.
        request: what was sent, times in Unix seconds.
        page: how many pages of this query have been handed out, this one included.
        buckets: how many buckets are on it; 0 for a list.
        items: how many items of a list are on it; 0 for usage and costs.
        bytes: size of its JSON.
        attempts: how often it was asked for.
        request_id: what OpenAI's support asks for; None if the answer had none.
        organization: id of the organization whose key it is; None if the answer named none.
        windows_done: windows of the range that are complete, this page included.
        windows_planned: windows that the range was cut into; 1 if it was not cut, and for a list.
    """

    operation: str
    request: AnyRequest
    page: int
    buckets: int
    items: int = 0
    bytes: int
    attempts: int
    request_id: str | None
    organization: str | None = None
    windows_done: int
    windows_planned: int


@attrs.frozen(kw_only=True)
class RetryEvent:
    """A request has failed and is going to be tried again.

    Attributes:
        operation: name of the operation.
        request: what was sent.
        attempt: which attempt failed, from 1.
        delay: seconds until the next.
        error: why it failed.
        request_id: of the answer that failed; None if there was none.
    """

    operation: str
    request: AnyRequest
    attempt: int
    delay: float
    error: OpenAIUsageError
    request_id: str | None
