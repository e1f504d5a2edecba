"""Costs by key, read from an API that tells them and from one that refuses to."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import httpx
import pytest

from openai_org_usage import (
    AsyncUsageClient,
    AuthenticationError,
    BadRequestError,
    LookbackExceededError,
    ServerError,
    UnknownResultWarning,
    UsageClient,
    sum_amounts,
)
from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import GroupingRefused
from openai_org_usage.key_costs import (
    KeyCost,
    KeyCosts,
    collect_key_costs,
    collect_key_costs_async,
    sum_by_key,
)

from ..conftest import DAY, MIDNIGHT, NOW
from ..scripted import SETTINGS, Json, bucket, error, page, result, scripted
from .rows import DAY_ONE, sums

START, END = MIDNIGHT - 3 * DAY, MIDNIGHT
NOT_BY_KEY = {"Code interpreter sessions", "Vector store storage"}
REFUSAL = error(400, "Grouping by api_key_id is not available.", param="group_by")


def cost(line_item: str | None, value: str = "12", **more: str | None) -> Json:
    """A result of costs."""
    amount = {"value": value, "currency": "usd"}
    project = {"project_id": "proj_a"}
    return {
        "object": "organization.costs.result",
        "amount": amount,
        "line_item": line_item,
        **project,
        **more,
    }


def by_key(costs: KeyCosts) -> dict[tuple[int, str | None, str | None, str | None], KeyCost]:
    found = {(row.start_time, row.project_id, row.api_key_id, row.line_item): row for row in costs.rows}
    assert len(found) == len(costs.rows)
    return found


def test_costs_by_key_are_as_billed_where_the_api_tells_them(client: UsageClient) -> None:
    """Row for row, and no estimate."""
    costs = collect_key_costs(client, start_time=START, end_time=END)
    rows = client.costs(
        start_time=START, end_time=END, group_by=["project_id", "line_item", "api_key_id"]
    ).rows()
    assert [(row.api_key_id, row.line_item, row.amount_value) for row in costs.rows] == [
        (row.api_key_id, row.line_item, row.amount_value) for row in rows
    ]
    assert (costs.is_estimate, costs.refusal) == (False, None)
    assert not any(row.is_estimate or row.shared_by for row in costs.rows)


def test_an_estimate_comes_near_the_truth(client: UsageClient, refused: UsageClient) -> None:
    """In an organization without discounts it is the truth, but for what nothing counts by key."""
    truth = collect_key_costs(client, start_time=START, end_time=END)
    estimate = collect_key_costs(refused, start_time=START, end_time=END)
    assert estimate.is_estimate
    assert "api_key_id" in (estimate.refusal or "")
    assert all(row.is_estimate for row in estimate.rows)
    assert sums(estimate.rows) == sums(truth.rows)
    true, estimated = by_key(truth), by_key(estimate)
    assert {row.line_item for row in estimate.rows if row.shared_by is None} == NOT_BY_KEY
    assert {key for key in estimated if key[3] not in NOT_BY_KEY} == {
        key for key in true if key[3] not in NOT_BY_KEY
    }
    for key, row in estimated.items():
        if row.line_item not in NOT_BY_KEY:
            assert row.amount_value == pytest.approx(true[key].amount_value, rel=Decimal("1e-12"))


def test_sums_by_key_are_over_line_items(refused: UsageClient) -> None:
    """But for what is not shared out, of which it is said what it is for."""
    costs = collect_key_costs(refused, start_time=START, end_time=END)
    found = sum_by_key(costs.rows)
    assert sum_amounts(found) == sum_amounts(costs.rows)
    assert {row.line_item for row in found if row.api_key_id} == {None}
    assert {row.line_item for row in found if not row.api_key_id} == NOT_BY_KEY
    assert len({(row.start_time, row.project_id, row.api_key_id, row.line_item) for row in found}) == len(
        found
    )


def test_the_asynchronous_face_says_the_same(
    refusing_emulator: Emulator, refused: UsageClient, emulator: Emulator, client: UsageClient
) -> None:
    """Estimated or billed."""

    async def collect(server: Emulator) -> KeyCosts:
        async with AsyncUsageClient(
            admin_key=server.admin_key, base_url=server.base_url, clock=lambda: NOW
        ) as asynchronous:
            return await collect_key_costs_async(asynchronous, start_time=START, end_time=END)

    for server, blocking in ((refusing_emulator, refused), (emulator, client)):
        assert asyncio.run(collect(server)) == collect_key_costs(blocking, start_time=START, end_time=END)


def test_projects_can_be_chosen(refused: UsageClient) -> None:
    """Of costs and usage alike."""
    costs = collect_key_costs(refused, start_time=START, end_time=END, project_ids=["proj_sandbox"])
    assert {row.project_id for row in costs.rows} == {"proj_sandbox"}
    assert {row.api_key_id for row in costs.rows} == {"key_sandbox_amara", "key_sandbox_jonas", None}


class Endpoints(httpx.MockTransport):
    """Refuses costs by key; else an endpoint has these results on one day, and others have none."""

    def __init__(self, results: Mapping[str, Sequence[Json]]) -> None:
        self.requests: list[httpx.Request] = []
        self._results = results
        super().__init__(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if name_of(request) == "costs" and "api_key_id" in request.url.params.get_list("group_by"):
            return REFUSAL
        results = list(self._results.get(name_of(request), []))
        return httpx.Response(200, json=page({**bucket(0), "results": results}))

    def collect(self) -> KeyCosts:
        """The costs by key of most of that day."""
        settings: dict[str, Any] = {**SETTINGS, "transport": self}
        with UsageClient(**settings) as client:
            return collect_key_costs(client, start_time=DAY_ONE + 3600, end_time=DAY_ONE + DAY - 3600)


def name_of(request: httpx.Request) -> str:
    return request.url.path.rpartition("/")[2]


@pytest.mark.parametrize(
    ("line_item", "asked"),
    [
        ("Vector store storage", []),
        ("Web search tool calls", ["web_search_calls"]),
        (
            "gpt-5, output",
            [
                "audio_speeches",
                "audio_transcriptions",
                "completions",
                "decisions",
                "embeddings",
                "images",
                "moderations",
            ],
        ),
    ],
)
def test_only_what_explains_the_line_items_is_asked(line_item: str, asked: list[str]) -> None:
    """Over whole days, as costs come so, and by all that tells keys, models and prices apart."""
    endpoints = Endpoints({"costs": [cost(line_item)]})
    endpoints.collect()
    usage = {name_of(request): request.url.params for request in endpoints.requests[2:]}
    assert sorted(usage) == asked
    for parameters in usage.values():
        assert (parameters["start_time"], parameters["end_time"]) == (str(DAY_ONE), str(DAY_ONE + DAY))
        assert parameters.get_list("group_by")[:2] == ["project_id", "api_key_id"]
    if "completions" in usage:
        assert usage["completions"].get_list("group_by")[2:] == ["model", "batch", "service_tier"]


def test_usage_and_costs_meet() -> None:
    """A line item, the tokens of two keys, and one that has no part in it."""
    tokens = [
        result(model="gpt-6", tokens=number, project_id=project, api_key_id=key)
        for key, project, number in (("key_1", "proj_a", 1), ("key_2", "proj_a", 2), ("key_3", "proj_b", 9))
    ]
    costs = Endpoints({"costs": [cost("gpt-6, input", "0.03")], "completions": tokens}).collect()
    assert [(row.api_key_id, str(row.amount_value.normalize())) for row in costs.rows] == [
        ("key_1", "0.01"),
        ("key_2", "0.02"),
    ]
    assert costs.rows[0].start.isoformat() == "2026-11-10T00:00:00+00:00"
    assert costs.refusal == "costs: status 400: Grouping by api_key_id is not available."


class RefusedUsage(Endpoints):
    """Refuses moderations, too, by a status; costs are of a model and of what moderations alone explain."""

    def __init__(self, status: int) -> None:
        self._status = status
        used = [result(model="gpt-6", tokens=1, project_id="proj_a", api_key_id="key_1")]
        costs = [cost("gpt-6, input", "0.03"), cost("omni-moderation, input", "0.01")]
        super().__init__({"costs": costs, "completions": used})

    def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = super()._answer(request)
        return error(self._status, "Not for you.") if name_of(request) == "moderations" else answer

    def collect_async(self) -> KeyCosts:
        """As `collect`."""

        async def collect() -> KeyCosts:
            settings: dict[str, Any] = {**SETTINGS, "transport": self}
            async with AsyncUsageClient(**settings) as client:
                return await collect_key_costs_async(client, start_time=DAY_ONE, end_time=DAY_ONE + DAY)

        return asyncio.run(collect())


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_refused_usage_endpoint_leaves_the_rest_shared_out(status: int) -> None:
    """It is named; what it alone explains has no key. Both faces say the same."""
    costs = RefusedUsage(status).collect()
    assert costs.unread == ("moderations",)
    assert [(row.line_item, row.api_key_id, row.shared_by) for row in costs.rows] == [
        ("omni-moderation, input", None, None),
        ("gpt-6, input", "key_1", "input_uncached_tokens"),
    ]
    assert RefusedUsage(status).collect_async() == costs


def test_a_failing_usage_endpoint_is_raised() -> None:
    """An error that may pass is no refusal, nor is a key that is none."""
    for status, kind in ((500, ServerError), (401, AuthenticationError)):
        for face in (RefusedUsage.collect, RefusedUsage.collect_async):
            with pytest.raises(kind):
                face(RefusedUsage(status))


def test_another_refusal_is_raised() -> None:
    """A request that is wrong otherwise is as wrong without the keys."""
    client, script = scripted(
        error(400, "No such project.", param="project_ids"), error(400, "No such project.")
    )
    with client, pytest.raises(BadRequestError, match="No such project"):
        collect_key_costs(client, start_time=START)
    assert len(script.requests) == 2


def test_a_start_too_long_ago_is_raised() -> None:
    """It is so without the keys, too."""
    too_long_ago = error(400, "Too long ago.", code="reporting_lookback_exceeded")
    client, script = scripted(too_long_ago, too_long_ago)
    with client, pytest.raises(LookbackExceededError):
        collect_key_costs(client, start_time=START)
    assert len(script.requests) == 2


def test_costs_by_key_before_the_api_had_them_are_estimated() -> None:
    """A range that begins before that moment is so as a whole; from there on they are as billed."""
    faults = FaultPlan(GroupingRefused("api_key_id", before=END - DAY), operations="costs")
    with Emulator(now=lambda: NOW, faults=faults) as api:
        access: Any = {"admin_key": api.admin_key, "base_url": api.base_url, "clock": lambda: NOW}

        async def collect() -> KeyCosts:
            async with AsyncUsageClient(**access) as client:
                return await collect_key_costs_async(client, start_time=START, end_time=END)

        with UsageClient(**access) as client:
            early = collect_key_costs(client, start_time=START, end_time=END)
            late = collect_key_costs(client, start_time=END - DAY, end_time=END)
        assert asyncio.run(collect()) == early
    assert (early.is_estimate, late.is_estimate) == (True, False)
    assert early.refusal is not None
    assert str(END - DAY) in early.refusal


def test_what_cannot_be_read_is_kept() -> None:
    """It may be of value, and is in no row."""
    gift = {"object": "organization.costs.gift"}
    with pytest.warns(UnknownResultWarning):
        costs = Endpoints({"costs": [gift, cost("Vector store storage")]}).collect()
    assert [found.object for found in costs.unknown_results] == ["organization.costs.gift"]
    assert len(costs.rows) == 1
