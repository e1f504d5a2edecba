"""The source for dlt: what is in the destination is what the API says, run after run."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

pytest.importorskip("dlt")
pytest.importorskip("duckdb")

from dlt.pipeline.exceptions import PipelineStepFailed

from openai_org_usage.connectors.dlt import openai_org_usage

from ..conftest import DAY, MIDNIGHT
from .dlt_pipelines import SINCE, Warehouse, full_pull, keep_to
from .restated_costs import RestatedCosts, restated_costs

THIRTY = "12345678.123456789012345678901234567891"
LONGEST = "0.000000000012345678901234567890123456789"
FIRST = {-9: [("gpt-5, input", "1.50")], -2: [("gpt-5, input", THIRTY)]}


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    """An empty one, and dlt kept to a folder."""
    keep_to(tmp_path, monkeypatch)
    return Warehouse(tmp_path)


@pytest.fixture
def costs() -> Iterator[RestatedCosts]:
    """An organization with costs on two days."""
    with restated_costs(FIRST) as costs:
        yield costs


def test_restating_runs_equal_a_full_pull(warehouse: Warehouse, costs: RestatedCosts) -> None:
    """Rows that change, come late, vanish, or leave a day empty; each to its last digit."""
    with costs.client() as client:
        warehouse.load(client)
        assert warehouse.rows() == full_pull(client)
        costs.now += DAY
        costs.rows = {
            -9: [("gpt-5, input", "1.50"), ("late", LONGEST)],
            -2: [("gpt-5, input", "2.000000000000000000000000000001")],
            0: [("gpt-5, input", "3")],
        }
        warehouse.load(client)
        assert warehouse.rows() == full_pull(client)
        costs.now += DAY
        costs.rows = {-9: [("gpt-5, input", "1.50"), ("late", "0.25")], 1: [("same", "1"), ("same", "1")]}
        warehouse.load(client)
        assert warehouse.rows() == full_pull(client)
    assert sum(warehouse.rows().values()) == 4


def test_what_a_table_of_dlt_has_by_default_loses_digits(warehouse: Warehouse, costs: RestatedCosts) -> None:
    """dlt gives numbers nine places after the point; the sum of ours is exact."""
    with costs.client() as client:
        warehouse.load(client)
        records = client.costs(start_time=SINCE).to_records()
    warehouse.pipeline.run(records, table_name="plain")
    (exact,), (lossy,) = (
        warehouse.ask(f"select sum(amount_value) from {table} where amount_value > 1")[0]
        for table in ("costs", "plain")
    )
    assert exact == Decimal("12345679.623456789012345678901234567891")
    assert lossy == Decimal("12345679.623456789")


def test_what_an_interrupted_load_brings_twice_is_there_once(
    warehouse: Warehouse, costs: RestatedCosts
) -> None:
    """dlt may load a file again whose end it did not see."""
    costs.rows = {-2: [("same", "1"), ("same", "1")]}
    with costs.client() as client:
        source = openai_org_usage({"default": client}, tables=["costs"], since=SINCE, names=False)
        source.resources["costs"].add_yield_map(lambda rows: iter([rows, rows]))
        warehouse.pipeline.run(source)
        assert warehouse.rows() == full_pull(client)


def test_a_failed_load_leaves_all_as_it_was(warehouse: Warehouse, costs: RestatedCosts) -> None:
    """The rows and what is known stay, the run after it brings what is missing, be it given up or not."""
    with costs.client() as client:
        warehouse.load(client)
        before = warehouse.rows()
        costs.now += DAY
        costs.rows = {-2: [("gpt-5, input", "2")]}
        with warehouse.out_of_reach(), pytest.raises(PipelineStepFailed):
            warehouse.load(client)
        assert warehouse.rows() == before
        warehouse.pipeline.abort_packages()
        costs.now += 20 * DAY
        warehouse.load(client)
        assert costs.costs_asked() == [-19, -10, -10]
        assert warehouse.rows() == full_pull(client)
        costs.rows = {19: [("gpt-5, input", "1")]}
        with warehouse.out_of_reach(), pytest.raises(PipelineStepFailed):
            warehouse.load(client)
        warehouse.pipeline.run()
        assert warehouse.rows()[MIDNIGHT + 19 * DAY, "gpt-5, input", "1"] == 1


def test_a_reading_goes_as_far_back_as_a_bucket_may_be_restated(
    warehouse: Warehouse, costs: RestatedCosts
) -> None:
    """As far as the API has them at first, and then as long before the last reading, however long ago."""
    with costs.client() as client:
        warehouse.load(client, since=None)
        costs.now += 30 * DAY + 3600
        warehouse.load(client, since=None, lookback="3d")
        warehouse.load(client, since=None, lookback="3d")
    assert costs.costs_asked()[-2:] == [-3, 27]
    first = [day for day in costs.costs_asked() if day < -300]
    assert first[0] == -400
    assert first[1] == -365
