"""Facts of how a query is asked and followed, and of refusals: the client copes, the emulator answers so."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from openai_org_usage import (
    BadRequestError,
    LookbackExceededError,
    PermissionDeniedError,
    RetryPolicy,
    ServerError,
    UsageClient,
)
from openai_org_usage.emulator import Emulator, FaultPlan, faults

from ..conftest import DAY, MIDNIGHT, NOW
from .emulated import answer, emulated, results


def test_three_forms_of_lists(emulator: Emulator) -> None:
    """They mean the same."""
    start = f"start_time={MIDNIGHT - DAY}&end_time={MIDNIGHT}"
    forms = (
        "group_by=project_id,model",
        "group_by=project_id&group_by=model",
        "group_by[]=project_id&group_by[]=model",
    )
    first, *others = (answer(emulator, "usage/completions", f"{start}&{form}")[0] for form in forms)
    assert others == [first, first]


@pytest.mark.parametrize("dimension", ["api_key_id", "user_id"])
@pytest.mark.parametrize("beside", [[], ["line_item"]])
def test_refused_groupings(dimension: Any, beside: Any) -> None:
    """A 400 that names the parameter; other groupings are answered."""
    with emulated(faults.GroupingRefused(dimension)) as client:
        with pytest.raises(BadRequestError) as caught:
            list(client.costs(start_time="2d", group_by=[dimension, *beside]))
        assert caught.value.param == "group_by"
        assert list(client.costs(start_time="2d", group_by=["project_id"]))


@pytest.mark.parametrize("beside", [[], ["line_item"]])
def test_costs_by_key_begin_on_a_day(beside: Any) -> None:
    """An earlier start has an error with that day; from there on, or without keys, all is read."""
    first = MIDNIGHT - 30 * DAY
    with emulated(faults.GroupingRefused("api_key_id", before=first)) as client:
        with pytest.raises(LookbackExceededError) as caught:
            list(client.costs(start_time=first - DAY, group_by=["api_key_id", *beside]))
        assert (caught.value.earliest_start, caught.value.param) == (first, "start_time")
        assert list(client.costs(start_time=first, group_by=["api_key_id", *beside]))
        assert list(client.costs(start_time=first - DAY, group_by=["line_item"]))


@pytest.mark.parametrize("concurrency", [1, 8])
@pytest.mark.parametrize("count", [1, 2, None])
def test_pages_past_the_end(client: UsageClient, count: int | None, concurrency: int) -> None:
    """One, some or endlessly many: what is read is the same."""
    asked: Any = {"start_time": MIDNIGHT - 80 * DAY, "group_by": ["model"]}
    with emulated(faults.EmptyPages(count)) as other:
        assert list(other.with_options(concurrency=concurrency).completions(**asked)) == list(
            client.completions(**asked)
        )


def test_the_tail_is_known_after_an_interruption() -> None:
    """A walk that broke off in the tail goes on as one that has read the range."""
    plan = {number: faults.EmptyPages(None) for number in range(1, 20)}
    with (
        Emulator(now=lambda: NOW, faults=FaultPlan({**plan, 3: faults.Status(503)})) as api,
        UsageClient(
            admin_key=api.admin_key,
            base_url=api.base_url,
            clock=lambda: NOW,
            retry=RetryPolicy(max_retries=0),
            concurrency=1,
        ) as client,
    ):
        read: list[Any] = []
        with pytest.raises(ServerError) as caught:
            read.extend(client.costs(start_time="5d").pages())
        read.extend(client.resume(caught.value.resume).pages())
    assert sum(len(page.data) for page in read) == 5


def test_escaped_cursors(emulator: Emulator, client: UsageClient) -> None:
    """They have all three characters, and the client walks over them."""
    cursors: list[str] = []
    query = f"start_time={MIDNIGHT - 60 * DAY}&end_time={MIDNIGHT}&limit=1"
    page, _ = answer(emulator, "costs", query)
    while page["has_more"]:
        cursors.append(page["next_page"])
        page, _ = answer(emulator, "costs", f"{query}&page={quote(cursors[-1], safe='')}")
    assert set("=+/") <= set("".join(cursors))
    assert all(cursor.startswith("page_") for cursor in cursors)
    walked = client.with_options(concurrency=1).costs(
        start_time=MIDNIGHT - 60 * DAY, end_time=MIDNIGHT, limit=1
    )
    assert len(list(walked.pages())) == len(cursors) + 1


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("fault", [faults.MissingScope, faults.SessionKeyNeeded])
def test_keys_without_the_scope(fault: type[faults.MissingScope], status: int) -> None:
    """Both say what kind of key is needed."""
    with emulated(fault(status)) as client, pytest.raises(PermissionDeniedError, match="need an admin key"):
        list(client.costs(start_time="2d"))


def test_errors_in_words() -> None:
    """The text is kept."""
    with (
        emulated(faults.ErrorBody("try again")) as client,
        pytest.raises(ServerError, match="status 500: try again"),
    ):
        list(client.costs(start_time="2d"))


def test_organization_headers(emulator: Emulator) -> None:
    """They come with every answer, and the organization is the one of the rows."""
    page, headers = answer(emulator, "costs", f"start_time={MIDNIGHT - DAY}")
    assert {"openai-organization", "openai-version", "openai-processing-ms", "x-request-id"} <= headers.keys()
    assert {result["organization_id"] for result in results(page)} == {headers["openai-organization"]}
