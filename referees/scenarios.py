"""Answers that the emulator plants and that the documents allow: refusals, other forms, odd pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Literal

import httpx

from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import (
    AmountForm,
    ContinuedBucket,
    EmptyPages,
    Fault,
    LimitRefused,
    LookbackExceeded,
    MissingScope,
    QuotaExceeded,
    Status,
    UnknownFields,
)

from .questions import DAY, MIDNIGHT, NOW
from .wire import Exchange

ASKED = "costs"
"""The operation that is asked: the one with amounts."""

_KINDS: Sequence[Literal["string", "number"]] = ("string", "number")
_STYLES: Sequence[Literal["plain", "padded", "exponent"]] = ("plain", "padded", "exponent")
_SCENARIOS: Sequence[Fault] = (
    Status(429, retry_after="2"),
    Status(429, retry_after="2", retry_after_ms="2000"),
    QuotaExceeded(),
    MissingScope(),
    MissingScope(401),
    LookbackExceeded(),
    LimitRefused(1),
    *(Status(status) for status in (400, 401, 403, 404, 500, 503)),
    *(AmountForm(kind, style=style) for kind, style in product(_KINDS, _STYLES)),
    ContinuedBucket(),
    EmptyPages(),
    UnknownFields(),
)


def scenario_exchanges() -> Iterator[Exchange]:
    """The same request, answered in each of these ways."""
    parameters: dict[str, str | int] = {
        "start_time": MIDNIGHT - 2 * DAY,
        "end_time": MIDNIGHT,
        "limit": 2,
        "group_by": "line_item",
    }
    with Emulator(now=lambda: NOW) as emulator:
        headers = {"Authorization": f"Bearer {emulator.admin_key}"}
        for fault in _SCENARIOS:
            emulator.faults = FaultPlan(fault)
            answer = httpx.get(
                f"{emulator.base_url}/organization/{ASKED}", params=parameters, headers=headers
            )
            yield Exchange("GET", answer.request.url, answer.status_code, answer.headers, answer.content)
