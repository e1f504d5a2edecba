"""Which key there is, and what it may read, of whom. The key itself is never shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import attrs

from ..._generated import OPERATIONS, OpenAIUsageError, Operation, Request
from ...credentials import KEY_VARIABLE, AdminKey
from ...errors import (
    APIConnectionError,
    APIStatusError,
    AuthenticationError,
    ConfigurationError,
    PermissionDeniedError,
    QuotaExceededError,
    RateLimitError,
    ResponseDecodeError,
)
from ...pagination.rules import Bucket
from ..console import in_command_words
from .check_result import NOT_CHECKED, CheckResult, Severity, result_of_error
from .lists import check_lists, refuses_the_key
from .organization import HISTORY_DAYS, OrganizationFacts, check_organization

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


def check_access(client: UsageClient, *, key: str, now: float, deadline: Deadline) -> Iterator[CheckResult]:
    """Whether usage and costs can be read, of which organization they are, and what can be listed."""
    facts, refused = OrganizationFacts(), set[str]()
    client, samples = client.with_options(on_page=facts.note_page), _samples()
    for check, operation in samples.items():
        read = partial(_read, check, operation, facts, refused, now=now)
        yield from _permitted(check, client, deadline, read)
    yield from check_organization(facts)
    if refused == samples.keys():
        yield CheckResult("lists", Severity.SKIPPED, NOT_CHECKED)
        return
    for result in _permitted("lists", client, deadline, partial(check_lists, key=key, now=now)):
        # Usage and costs are there without names.
        is_problem = result.state is Severity.PROBLEM
        yield attrs.evolve(result, state=Severity.WARNING) if is_problem else result


def _permitted(
    check: str,
    client: UsageClient,
    deadline: Deadline,
    read: Callable[[UsageClient], Iterable[CheckResult]],
) -> Iterator[CheckResult]:
    """What `read` finds before `deadline`, or why it finds nothing."""
    if deadline.seconds is not None:
        if not deadline.remaining:
            yield CheckResult(check, Severity.PROBLEM, "no time was left to check it", "raise --deadline")
            return
        client = client.with_options(deadline=deadline.remaining)
    try:
        yield from read(client)
    except OpenAIUsageError as error:
        advice = next((text for kind, text in _ADVICE if isinstance(error, kind)), _OTHERWISE)
        own = isinstance(error, (APIConnectionError, ConfigurationError))
        yield result_of_error(check, error, advice=None if own else advice)


def _read(
    check: str,
    operation: Operation,
    facts: OrganizationFacts,
    refused: set[str],
    client: UsageClient,
    *,
    now: float,
) -> Iterator[CheckResult]:
    """Read the last days of `operation`, in one small request; `check` is among `refused` if the key is."""
    start = int(now) // _DAY * _DAY - HISTORY_DAYS * _DAY
    request = Request[object, Bucket, object].of(operation, {"start_time": start})
    try:
        buckets = list(client.query(request))
    except APIStatusError as error:
        if refuses_the_key(error):
            refused.add(check)
        raise
    facts.note_buckets(operation, buckets)
    unknown = {each.object for bucket in buckets for each in bucket.unknown_results}
    said = f"{operation.path} can be read"
    if not unknown:
        yield CheckResult(check, Severity.OK, said)
        return
    said = f"{said}, but not every result: {', '.join(sorted(unknown))}"
    yield CheckResult(check, Severity.WARNING, said, _NEWER)


def _samples() -> dict[str, Operation]:
    """Costs, and one of the endpoints for usage, which all need the same scope."""
    usage = next(o for o in OPERATIONS.values() if "/usage/" in o.path and o.name == "completions")
    return {"usage": usage, "costs": OPERATIONS["costs"]}
