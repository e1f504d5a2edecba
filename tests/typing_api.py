"""Checked by mypy and pyright, never run: what callers' editors and type checkers know.

A line with an `ignore` must be an error: both checkers report an ignore that is not needed.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import assert_type

from openai_org_usage import (
    AsyncItemList,
    AsyncUsageClient,
    ItemList,
    NamedRow,
    NameLookup,
    Names,
    Rows,
    SummedRows,
    UsageClient,
    sum_amounts,
)
from openai_org_usage._generated import (
    CostsBucket,
    CostsResult,
    CostsRow,
    Project,
    ProjectApiKey,
    ProjectApiKeyPage,
    ProjectPage,
    UsageCompletionsBucket,
    UsageCompletionsPage,
    UsageCompletionsResult,
    UsageCompletionsRow,
)
from openai_org_usage.query import AsyncUsageQuery, UsageQuery


def rows_know_their_fields(client: UsageClient) -> None:
    query = client.completions(start_time="30d", group_by=["model"], bucket_width="1h")
    assert_type(query, UsageQuery[UsageCompletionsPage, UsageCompletionsBucket, UsageCompletionsRow])
    for row in query.rows():
        assert_type(row, UsageCompletionsRow)
        assert_type(row.input_tokens, int)
        assert_type(row.input_cached_tokens, int | None)
        assert_type(row.model, str | None)
        assert_type(row.start, datetime)
        row.characters  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    for bucket in query:
        assert_type(bucket.start_time, int)
        assert_type(bucket.results, list[UsageCompletionsResult])


def money_is_decimal(client: UsageClient) -> None:
    query = client.costs(start_time=date(2026, 11, 1), group_by=["line_item", "project_id"])
    for row in query.rows():
        assert_type(row, CostsRow)
        assert_type(row.amount_value, Decimal | None)
    for bucket in query:
        assert_type(bucket, CostsBucket)
        assert_type(bucket.results[0], CostsResult)
    assert_type(sum_amounts(query.rows()), dict[str, Decimal])


def named_rows_know_their_rows(client: UsageClient, names: Names) -> None:
    query = client.completions(start_time="30d", group_by=["user_id"])
    for row in query.rows(names=names):
        assert_type(row, NamedRow[UsageCompletionsRow])
        assert_type(row.row.input_tokens, int)
        assert_type(row.user_email, str | None)
        row.input_tokens  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    for plain in query.rows(names=None):
        assert_type(plain, UsageCompletionsRow)
    lookup: NameLookup = names
    query.to_records(names=lookup)
    query.rows(names={"proj_a": "Search"})  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]


def rows_are_read_at_once(client: UsageClient, names: Names) -> None:
    rows = client.costs(start_time="7d").to_rows()
    assert_type(rows, Rows[CostsRow])
    assert_type(rows[0], CostsRow)
    assert_type(rows[0].to_dict(), dict[str, object])
    assert_type(rows.to_dicts(), list[dict[str, object]])
    assert_type(client.costs(start_time="7d").to_rows(names=names), Rows[NamedRow[CostsRow]])
    assert_type(client.costs(start_time="7d").sums(by="week"), SummedRows[CostsRow])
    assert_type(client.costs(start_time="7d").sums(by="total", names=names), SummedRows[NamedRow[CostsRow]])
    client.costs(start_time="7d").sums(by="weeks")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]


def files_are_of_known_formats(client: UsageClient) -> None:
    costs = client.costs(start_time="7d")
    assert_type(costs.write("costs.xlsx", drop_empty=True), int)
    assert_type(costs.write("costs.csv", dates="plain"), int)
    costs.write("costs.csv", dates="us")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def names_may_be_left_out(client: UsageClient, names: Names | None) -> None:
    for row in client.costs(start_time="30d").rows(names=names):
        assert_type(row, CostsRow | NamedRow[CostsRow])


def wrong_calls_are_errors(client: UsageClient) -> None:
    client.completions()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.completions(start_time="30d", modles=["gpt-4o"])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.completions(start_time="30d", group_by=["line_item"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    client.completions(start_time="30d", group_by="model")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.completions(start_time="30d", bucket_width="1w")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.costs(start_time="30d", bucket_width="1h")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.costs(start_time=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.compltions  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


async def rows_are_awaited_at_once(client: AsyncUsageClient) -> None:
    assert_type(await client.costs(start_time="7d").to_rows(), Rows[CostsRow])
    assert_type(await client.costs(start_time="7d").sums(by="month"), SummedRows[CostsRow])


async def the_asynchronous_client_is_typed_alike(client: AsyncUsageClient) -> None:
    query = client.completions(start_time="30d")
    assert_type(query, AsyncUsageQuery[UsageCompletionsPage, UsageCompletionsBucket, UsageCompletionsRow])
    async for row in query.rows():
        assert_type(row.input_tokens, int)
    async for named in query.rows(names=Names()):
        assert_type(named, NamedRow[UsageCompletionsRow])
    async for bucket in query:
        assert_type(bucket, UsageCompletionsBucket)
    client.completions(modles=["gpt-4o"])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def items_know_their_members(client: UsageClient) -> None:
    projects = client.projects(include_archived=False)
    assert_type(projects, ItemList[ProjectPage, Project])
    for project in projects:
        assert_type(project.id, str)
        assert_type(project.name, str | None)
        keys = client.project_api_keys(project.id, owner_project_access="active")
        assert_type(keys, ItemList[ProjectApiKeyPage, ProjectApiKey])
    for page in projects.pages():
        assert_type(page.data, list[Project])
    assert_type(client.item_list(projects.request), ItemList[ProjectPage, Project])
    client.project_api_keys()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.project_api_keys("proj_a", owner_project_access="all")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def items_of_the_asynchronous_client(client: AsyncUsageClient) -> None:
    projects = client.projects()
    assert_type(projects, AsyncItemList[ProjectPage, Project])
    async for project in projects:
        assert_type(project, Project)
    async for page in projects.pages():
        assert_type(page, ProjectPage)
