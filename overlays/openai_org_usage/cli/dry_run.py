"""`--dry-run`: the requests that a query would send, as curl commands that can be pasted into a shell."""

from __future__ import annotations

from collections.abc import Iterator

from .._generated import Request
from ..credentials import KEY_VARIABLE, checked_base_url
from ..pagination.rules import Bucket, PageSize, ResumePoint
from ..pagination.windows import windows_of
from ..printable import shell_command
from .connection import ConnectionOptions

_HEADER = f'"Authorization: Bearer ${KEY_VARIABLE}"'
"""In double quotes: the shell puts the key in, and nothing else in it means anything to a shell."""


def curl_commands(
    request: Request[object, Bucket, object], connection: ConnectionOptions, *, now: float
) -> Iterator[str]:
    """A command for each request that is known beforehand, and comments on those that are not.

    `request` has its times in Unix seconds. No key is needed, and nothing is sent.

    Raises:
        ConfigurationError: the base URL is unsafe.
        InvalidParameterError: the `limit` is out of range.
    """
    base_url = checked_base_url(connection.base_url)
    size = PageSize(request)
    buckets = size.buckets if connection.concurrency > 1 else None
    windows, planned = windows_of(ResumePoint(request), buckets=buckets, now=now)
    if planned > 1:
        yield f"# {planned} requests, a page each"
    for window in windows:
        yield _curl(size.applied_to(window.request), base_url, brackets=connection.array_format == "brackets")
    yield "# where an answer has has_more, ask again with page= and its next_page"


def _curl(request: Request[object, Bucket, object], base_url: str, *, brackets: bool) -> str:
    url = request.url(base_url, brackets=brackets)
    return f"curl --fail-with-body --silent --show-error --header {_HEADER} {shell_command([url])}"
