"""Which key there is, and what it may read. The key itself is never shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..._generated import OPERATIONS, OpenAIUsageError, Operation, Request
from ...credentials import KEY_VARIABLE, AdminKey
from ...errors import (
    APIConnectionError,
    AuthenticationError,
    ConfigurationError,
    PermissionDeniedError,
    QuotaExceededError,
    RateLimitError,
    ResponseDecodeError,
)
from ...pagination.rules import Bucket
from ..console import in_command_words
from .check_result import CheckResult, Severity, result_of_error

if TYPE_CHECKING:
    from ...client import UsageClient
    from ...http.deadline import Deadline

_DAY = 86_400
_ADVICE: tuple[tuple[type[OpenAIUsageError], str], ...] = (
    (
        AuthenticationError,
        "the key is not valid any more, or belongs elsewhere: make an admin key under API keys > Admin keys",
    ),
    (PermissionDeniedError, "make an admin key that may read usage (scope api.usage.read), or ask an owner"),
    (QuotaExceededError, "look at the organization's plan and billing"),
    (RateLimitError, "wait a minute, and ask with a lower --concurrency"),
    (
        ResponseDecodeError,
        "what answers is not the API: is OPENAI_BASE_URL right? A proxy may interfere, too",
    ),
)
_NEWER = "such results are in no sum, and budget cannot judge costs: a newer version may know their kind"
_OTHERWISE = "try again; --verbose on a command shows the request ids that OpenAI's support asks for"


def check_key() -> CheckResult:
    """Which kind of key the environment holds."""
    try:
        key = AdminKey.from_argument(None)
    except ConfigurationError as error:
        text = in_command_words(str(error))
        problem, _, advice = text.partition(": " if ": " in text else "; ")
        return CheckResult("key", Severity.PROBLEM, problem, advice)
    if key.reveal().startswith("sk-admin-"):
        return CheckResult("key", Severity.OK, f"{KEY_VARIABLE} holds an admin key (sk-admin-…)")
    return CheckResult(
        "key",
        Severity.WARNING,
        f"{KEY_VARIABLE} holds a key that does not begin with sk-admin-",
        "usage and costs need an admin key of the organization; a gateway may have keys of its own",
    )


def check_permissions(client: UsageClient, *, now: float, deadline: Deadline) -> Iterator[CheckResult]:
    """Whether usage and costs can be read: one small request for each, before `deadline`."""
    start = int(now) // _DAY * _DAY - _DAY
    for check, operation in _samples().items():
        request = Request[object, Bucket, object].of(operation, {"start_time": start, "limit": 1})
        if deadline.seconds is not None:
            if not deadline.remaining:
                yield CheckResult(check, Severity.PROBLEM, "no time was left to check it", "raise --deadline")
                continue
            client = client.with_options(deadline=deadline.remaining)
        yield _permission(client, check, request)


def _permission(client: UsageClient, check: str, request: Request[object, Bucket, object]) -> CheckResult:
    try:
        unknown = {each.object for bucket in client.query(request) for each in bucket.unknown_results}
    except OpenAIUsageError as error:
        advice = next((text for kind, text in _ADVICE if isinstance(error, kind)), _OTHERWISE)
        own = isinstance(error, (APIConnectionError, ConfigurationError))
        return result_of_error(check, error, advice=None if own else advice)
    said = f"{request.operation.path} can be read"
    if not unknown:
        return CheckResult(check, Severity.OK, said)
    return CheckResult(
        check, Severity.WARNING, f"{said}, but not every result: {', '.join(sorted(unknown))}", _NEWER
    )


def _samples() -> dict[str, Operation]:
    """Costs, and one of the endpoints for usage, which all need the same scope."""
    usage = next(o for o in OPERATIONS.values() if "/usage/" in o.path and o.name == "completions")
    return {"usage": usage, "costs": OPERATIONS["costs"]}
