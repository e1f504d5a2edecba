"""The official SDK, an independent reader, sees the same organization as our client."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import openai
import pytest

from openai_org_usage import OPERATIONS, Operation, UsageClient
from openai_org_usage.emulator import Emulator
from openai_org_usage.emulator.small_roster import SMALL_ROSTER
from openai_org_usage.money import exact_sum

from .conftest import DAY, MIDNIGHT

SPAN: dict[str, Any] = {"start_time": MIDNIGHT - 20 * DAY, "end_time": MIDNIGHT}


def read_officially(emulator: Emulator, operation: Operation, **parameters: Any) -> list[Any]:
    """All results of `operation` as the official SDK reads them, paging by hand."""
    with openai.OpenAI(
        api_key="unused", admin_api_key=emulator.admin_key, base_url=emulator.base_url, max_retries=0
    ) as official:
        method = getattr(official.admin.organization.usage, operation.name)
        results: list[Any] = []
        page = method(**parameters)
        while True:
            for bucket in page.data:
                results += bucket.results
            if not page.has_more:
                return results
            page = method(**parameters, page=page.next_page)


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name != "costs"])
def test_usage_totals_are_the_same(name: str, emulator: Emulator, client: UsageClient) -> None:
    """For each endpoint, grouped by all it can be grouped by, every metric has the same total."""
    operation = OPERATIONS[name]
    group_by = list(operation.parameter("group_by").allowed_values)
    ours = list(getattr(client, name)(**SPAN, group_by=group_by).rows())
    theirs = read_officially(emulator, operation, **SPAN, group_by=group_by)
    assert len(theirs) == len(ours) > 0
    for metric in [field.name for field in operation.fields if field.role == "metric"]:
        total = exact_sum(getattr(row, metric) or 0 for row in ours)
        found = exact_sum(Decimal(str(getattr(result, metric) or 0)) for result in theirs)
        assert abs(found - total) < Decimal("1e-6"), metric


def test_cost_totals_are_the_same(emulator: Emulator, client: UsageClient) -> None:
    """Costs by line item: the same rows and amounts, once the SDK's floats are rounded."""
    ours = list(client.costs(**SPAN, group_by=["line_item"]).rows())
    theirs = read_officially(emulator, OPERATIONS["costs"], **SPAN, group_by=["line_item"])
    assert len(ours) == len(theirs) > 100
    for row, result in zip(ours, theirs, strict=True):
        assert row.line_item == result.line_item
        assert row.amount_value is not None
        assert abs(row.amount_value - Decimal(str(result.amount.value))) < Decimal("1e-9")


def test_lists_name_the_same(emulator: Emulator) -> None:
    """Projects, users, keys and admin keys, page after page as the SDK asks for them."""
    with openai.OpenAI(
        api_key="unused", admin_api_key=emulator.admin_key, base_url=emulator.base_url, max_retries=0
    ) as official:
        organization = official.admin.organization
        projects = list(organization.projects.list(include_archived=True, limit=2))
        users = list(organization.users.list(limit=3))
        admin_keys = list(organization.admin_api_keys.list(limit=1, order="desc"))
        keys = [
            key
            for project in projects
            for key in organization.projects.api_keys.list(project.id, owner_project_access="any", limit=1)
        ]
        accounts = [
            account
            for project in projects
            if project.status == "active"
            for account in organization.projects.service_accounts.list(project.id, limit=1)
        ]
        found = list(organization.users.list(emails=["amara@example.com", "bruno@example.com"]))

    assert {each.id: each.name for each in projects} == {
        each.id: each.name for each in SMALL_ROSTER.projects.values()
    }
    assert {each.id: each.email for each in users} == {
        each.id: each.email for each in SMALL_ROSTER.employees.values() if not each.has_left
    }
    assert {each.id: each.name for each in keys} == {
        each.id: each.name for each in SMALL_ROSTER.keys if not each.is_deleted
    }
    assert {each.id for each in accounts} == set(SMALL_ROSTER.service_accounts)
    assert {each.name for each in admin_keys} == {each.name for each in SMALL_ROSTER.admin_keys}
    assert [each.name for each in found] == ["Amara Okafor", "Bruno Keller"]
    assert {key.owner.type for key in keys} == {"user", "service_account"}
