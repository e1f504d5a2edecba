"""The source for dlt into Postgres: its numbers are as exact, and its rows vanish as well."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

pytest.importorskip("dlt")
pytest.importorskip("psycopg2")

import dlt

from openai_org_usage.connectors.dlt import openai_org_usage

from ..conftest import DAY
from ..contract.profiles import LONG
from . import postgres
from .dlt_pipelines import SINCE, keep_to
from .restated_costs import restated_costs

EXACT = "12345678.123456789012345678901234567891"
QUERY = "select line_item, amount_value, amount_value_exact from spend.costs order by line_item"


@pytest.mark.skipif(not LONG, reason="a server takes a while: CONTRACT=long")
@pytest.mark.skipif(not postgres.is_installed(), reason="Postgres is not installed")
def test_two_restating_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All digits come through, and a day that is empty by now is empty there."""
    keep_to(tmp_path, monkeypatch)
    with postgres.postgres_server() as address, restated_costs({}) as costs, costs.client() as client:
        pipeline = dlt.pipeline(
            "openai",
            destination=dlt.destinations.postgres(address),
            dataset_name="spend",
            pipelines_dir=str(tmp_path / "pipelines"),
        )
        costs.rows = {-3: [("gone", "1")], -2: [("a", EXACT), ("b", "1E-39")]}
        pipeline.run(openai_org_usage({"default": client}, tables=["costs"], since=SINCE))
        costs.now += DAY
        costs.rows = {-2: [("a", EXACT), ("b", "1E-39")], 0: [("c", "-0.25")]}
        pipeline.run(openai_org_usage({"default": client}, tables=["costs"], since=SINCE))
        with pipeline.sql_client() as connection, connection.execute_query(QUERY) as cursor:
            rows = cursor.fetchall()
    assert rows == [
        ("a", Decimal(EXACT), None),
        ("b", Decimal(0), f"0.{'0' * 38}1"),
        ("c", Decimal("-0.25"), None),
    ]
