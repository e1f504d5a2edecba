"""An archive of some days of costs, and what the API says of them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from openai_org_usage import Archive, UsageClient, sum_amounts

from ...conftest import DAY, MIDNIGHT

SINCE = MIDNIGHT - 3 * DAY
SPENT = (
    "select project_id, any_value(project_name) as project_name, sum(amount_value) as spent "
    "from costs group by 1"
)


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory, client: UsageClient) -> Path:
    """An archive of some days of costs."""
    path = tmp_path_factory.mktemp("sql") / "usage"
    Archive(path).sync(client, tables=["costs"], since=SINCE)
    return path


@pytest.fixture
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that has it, as the current one."""
    monkeypatch.chdir(folder.parent)
    return folder.parent


@pytest.fixture
def spent(client: UsageClient) -> dict[str, Decimal]:
    """What each project has spent, as the API says."""
    rows = list(client.costs(start_time=SINCE, group_by=["project_id", "line_item"]).rows())
    ids = {row.project_id for row in rows if row.project_id is not None}
    return {id: sum_amounts(row for row in rows if row.project_id == id)["usd"] for id in ids}
