"""`--dry-run`: the requests that a query would send, as curl commands that can be pasted into a shell."""

from __future__ import annotations

from collections.abc import Iterator

from ..._generated import Request, derive
from ...credentials import KEY_VARIABLE, checked_base_url
from ...pagination.plan import plan_of
from ...pagination.rules import Bucket, ResumePoint
from ...printable import shell_command
from ..connection import ConnectionOptions

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
    plan = plan_of(ResumePoint(request), now=now, concurrency=connection.concurrency)
    if plan.count > 1:
        yield f"# {plan.count} requests, a page each"
    for window in plan.windows():
        sent = window.request if plan.limit is None else derive(window.request, limit=plan.limit)
        yield _curl(sent, base_url, brackets=connection.array_format == "brackets")
    yield "# where an answer has has_more, ask again with page= and its next_page"


def _curl(request: Request[object, Bucket, object], base_url: str, *, brackets: bool) -> str:
    url = request.url(base_url, brackets=brackets)
    return f"curl --fail-with-body --silent --show-error --header {_HEADER} {shell_command([url])}"
