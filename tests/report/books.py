"""An API whose every figure is written down by hand: days, amounts, names, and what it refuses."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import httpx

from openai_org_usage import UsageClient

from ..scripted import SETTINGS
from .figures import DAY, NOW, seconds

Json = dict[str, Any]


class Books(httpx.MockTransport):
    """Answers costs and completions from entries, grouped and cut as it is asked."""

    def __init__(
        self,
        costs: Iterable[tuple[date, Json]],
        *,
        completions: Iterable[tuple[date, Json]] = (),
        refused: Iterable[str] = (),
        usage_status: int = 400,
        keeps: date | None = None,
        unknown: Mapping[date, str] | None = None,
    ) -> None:
        self.costs, self.completions = list(costs), list(completions)
        self.refused = set(refused)
        self.usage_status = usage_status
        self.keeps = keeps
        self.unknown = unknown or {}
        self.refused_filters: set[str] = set()
        self.requests: list[httpx.Request] = []
        super().__init__(self._answer)

    def client(self, **options: Any) -> UsageClient:
        """A client that reads these books, its clock standing still."""
        clock: Callable[[], float] = NOW.timestamp
        settings: dict[str, Any] = {**SETTINGS, "clock": clock, "transport": self, **options}
        return UsageClient(**settings)

    @property
    def asked(self) -> list[tuple[str, ...]]:
        """Endpoint and grouping of each request."""
        return [
            (request.url.path.rpartition("/")[2], *request.url.params.get_list("group_by"))
            for request in self.requests
        ]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        start = int(request.url.params["start_time"])
        end = int(request.url.params["end_time"])
        groups = request.url.params.get_list("group_by")
        if self.keeps is not None and start < seconds(self.keeps):
            return _too_early(self.keeps)
        costs = request.url.path.endswith("/costs")
        if costs and self.refused_filters & set(request.url.params):
            return _refusal(400, "This filter is not available.", param=min(self.refused_filters))
        if self.refused & set(groups):
            status = 400 if costs else self.usage_status
            return _refusal(status, f"Grouping by {groups[0]} is not available.", param="group_by")
        entries = self.costs if costs else self.completions
        tag = "organization.costs.result" if costs else "organization.usage.completions.result"
        data = _buckets(entries, start, end, groups, tag)
        if costs:
            for bucket in data:
                bucket["results"] += [
                    {"object": kind}
                    for day, kind in self.unknown.items()
                    if seconds(day) == bucket["start_time"]
                ]
        return httpx.Response(
            200, json={"object": "page", "data": data, "has_more": False, "next_page": None}
        )


def _buckets(
    entries: Iterable[tuple[date, Json]], start: int, end: int, groups: list[str], tag: str
) -> list[Json]:
    results: defaultdict[int, list[Json]] = defaultdict(list)
    hidden = {"line_item", "project_id", "user_id", "api_key_id", "model", "quantity", "quantity_unit"} - set(
        groups
    )
    if "line_item" in groups:
        hidden -= {"quantity", "quantity_unit"}
    for day, entry in entries:
        shown = {name: None if name in hidden else value for name, value in entry.items()}
        results[seconds(day)].append({"object": tag, **shown})
    length = int(DAY.total_seconds())
    return [
        {"object": "bucket", "start_time": at, "end_time": at + length, "results": results[at]}
        for at in range(start, end, length)
    ]


def _too_early(keeps: date) -> httpx.Response:
    message = (
        "Usage and cost data are available for the past 365 days. "
        f"Earliest supported start date: {keeps.isoformat()} (UTC), start_time {seconds(keeps)}."
    )
    return _refusal(400, message, param="start_time", code="reporting_lookback_exceeded")


def _refusal(status: int, message: str, *, param: str, code: str | None = None) -> httpx.Response:
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return httpx.Response(status, content=json.dumps({"error": error}))


def amount(value: str, **members: Any) -> Json:
    """What an entry of costs looks like on the wire."""
    return {"amount": {"value": value, "currency": "usd"}, **members}
