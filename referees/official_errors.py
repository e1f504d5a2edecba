"""Referee 1, on errors: what the emulator refuses becomes the official SDK's own error, complete.

Its users catch these classes and look at `code`, `param` and `request_id`; so do users of ours.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import openai
from openai import BaseModel

from codegen.tree import as_object, objects_in
from openai_org_usage import OPERATIONS
from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import Fault, LookbackExceeded, MissingScope, QuotaExceeded, Status

from .documents import Contract
from .questions import DAY, MIDNIGHT, NOW, Argument
from .readers import ServerAddress
from .verdicts import ScoreSheet

_BAD: Mapping[str, tuple[dict[str, Argument], str]] = {
    "an unknown grouping": ({"group_by": ["modle"]}, "group_by"),
    "a limit too large": ({"limit": 100_000}, "limit"),
    "an end before the start": ({"end_time": 1}, "end_time"),
    "a foreign cursor": ({"page": "page_AAAA"}, "page"),
}
"""What is wrong with a call, and the parameter that its error names."""

_FAULTS: Mapping[type[openai.APIStatusError], tuple[Fault, ...]] = {
    openai.BadRequestError: (Status(400), LookbackExceeded()),
    openai.AuthenticationError: (Status(401), MissingScope(401)),
    openai.PermissionDeniedError: (MissingScope(),),
    openai.NotFoundError: (Status(404),),
    openai.RateLimitError: (Status(429, retry_after="2"), QuotaExceeded()),
    openai.InternalServerError: (Status(500), Status(503)),
}


def judge_errors(official: openai.OpenAI, sheet: ScoreSheet) -> None:
    """Bad calls at every endpoint, and each planted refusal."""
    usage = official.admin.organization.usage
    for name in OPERATIONS:
        for what, (arguments, param) in _BAD.items():
            error = _error(getattr(usage, name), {"start_time": MIDNIGHT, **arguments})
            _expect(error, openai.BadRequestError, f"{name}: {what}", sheet)
            said = getattr(error, "param", None)
            sheet.expect(said == param, f"{name}: {what} names the parameter {said}", repr(error))
    with Emulator(now=lambda: NOW) as emulator:
        there = official.with_options(base_url=emulator.base_url, admin_api_key=emulator.admin_key)
        for kind, faults in _FAULTS.items():
            for fault in faults:
                emulator.faults = FaultPlan(fault)
                error = _error(there.admin.organization.usage.costs, {"start_time": MIDNIGHT})
                _expect(error, kind, f"costs: {fault!r}", sheet)


async def judge_asynchronous(pin: Contract, server: ServerAddress, sheet: ScoreSheet) -> None:
    """The asynchronous SDK at each endpoint, and with a wrong key."""
    async with openai.AsyncOpenAI(
        api_key="unused", admin_api_key=server.admin_key, base_url=server.base_url, max_retries=0
    ) as official:
        for operation in pin.operations:
            usage = official.admin.organization.usage
            method: Callable[..., Awaitable[BaseModel]] = getattr(usage, operation.name)
            page = await method(start_time=MIDNIGHT - DAY, end_time=MIDNIGHT)
            buckets = objects_in(as_object(page.model_dump(warnings=False)), "data")
            found = any(objects_in(bucket, "results") for bucket in buckets)
            sheet.expect(found, f"{operation.name}: nothing for the asynchronous SDK")
        stranger = official.with_options(admin_api_key="sk-admin-of-nobody-0123456789")
        try:
            await stranger.admin.organization.usage.costs(start_time=MIDNIGHT)
        except openai.APIStatusError as error:
            _expect(error, openai.AuthenticationError, "costs: a wrong key", sheet)
        else:
            sheet.expect(False, "costs: a wrong key is answered")


def _error(method: Callable[..., object], arguments: Mapping[str, Argument]) -> openai.OpenAIError | None:
    try:
        method(**arguments)
    except openai.OpenAIError as error:
        return error
    return None


def _expect(error: openai.OpenAIError | None, kind: type[Exception], what: str, sheet: ScoreSheet) -> None:
    """The error is of that kind, and says what users look at."""
    found = type(error).__name__ if error else "answered"
    if sheet.expect(type(error) is kind, f"{what} is {found}", repr(error)):
        complete = isinstance(error, openai.APIStatusError) and error.type and error.request_id
        sheet.expect(bool(complete), f"{what} lacks its type or request ID", repr(error))
