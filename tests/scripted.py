"""A transport that answers with scripted pages, for what no well-behaved server would send."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import httpx

from openai_org_usage import AsyncUsageClient, RetryPolicy, UsageClient

from .conftest import DAY, MIDNIGHT, NOW

KEY = "sk-admin-canary-3f9a1c"
START = MIDNIGHT - 10 * DAY
SETTINGS: dict[str, Any] = {
    "admin_key": KEY,
    "base_url": "https://api.test/v1",
    "clock": lambda: NOW,
    "retry": RetryPolicy(max_retries=0),
}
Json = dict[str, Any]


def result(*, model: str | None = None, tokens: int = 1, **more: Any) -> Json:
    """A result of the completions endpoint."""
    return {
        "object": "organization.usage.completions.result",
        "input_tokens": tokens,
        "output_tokens": 0,
        "num_model_requests": 1,
        "model": model,
        **more,
    }


def bucket(day: int, *results: Json, **more: Any) -> Json:
    """The bucket of the day that is `day` days after START."""
    start = START + day * DAY
    own = list(results) if results else [result()]
    return {"object": "bucket", "start_time": start, "end_time": start + DAY, "results": own, **more}


def page(*buckets: Json, cursor: Any = None, **more: Any) -> Json:
    """A page; with a cursor there is more."""
    return {
        "object": "page",
        "data": list(buckets),
        "has_more": cursor is not None,
        "next_page": cursor,
        **more,
    }


class Script(httpx.MockTransport):
    """Answers the requests with the given pages or responses in turn, and records the requests."""

    def __init__(self, answers: Sequence[Json | httpx.Response]) -> None:
        self.requests: list[httpx.Request] = []
        self._answers = list(answers)
        super().__init__(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers[len(self.requests) - 1]
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    @property
    def queries(self) -> list[list[tuple[str, str]]]:
        """The query of each request, as names and values."""
        return [request.url.params.multi_items() for request in self.requests]


def error(status: int, message: str, *, code: str | None = None, param: str | None = None) -> httpx.Response:
    """An answer with the documented error body."""
    body = {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}
    return httpx.Response(status, content=json.dumps(body), headers={"x-request-id": "req_1"})


def scripted(*answers: Json | httpx.Response, **options: Any) -> tuple[UsageClient, Script]:
    """A client whose requests get `answers`, and the script that records them."""
    script = Script(answers)
    settings: dict[str, Any] = {**SETTINGS, "transport": script, **options}
    return UsageClient(**settings), script


def scripted_async(*answers: Json | httpx.Response, **options: Any) -> tuple[AsyncUsageClient, Script]:
    """The asynchronous client for a script."""
    script = Script(answers)
    settings: dict[str, Any] = {**SETTINGS, "transport": script, **options}
    return AsyncUsageClient(**settings), script
