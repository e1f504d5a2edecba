"""The source for dlt: what is in the destination is what the API says, run after run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

pytest.importorskip("dlt")
pytest.importorskip("duckdb")

from dlt.pipeline.exceptions import PipelineStepFailed

from openai_org_usage import PermissionDeniedError
from openai_org_usage.connectors.dlt import FailedReading, openai_org_usage
from openai_org_usage.emulator import FaultPlan
from openai_org_usage.emulator.faults import Status
from openai_org_usage.installation import install_command

from ..conftest import DAY, MIDNIGHT
from ..contract.profiles import LONG
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


def test_numbers_that_dlt_is_given_by_itself_lose_digits(warehouse: Warehouse, costs: RestatedCosts) -> None:
    """It has nine places after the point for them, of which the amounts here have thirty."""
    with costs.client() as client:
        records = client.costs(start_time=SINCE).to_records()
    warehouse.pipeline.run(records, table_name="plain")
    ((lossy,),) = warehouse.ask("select max(amount_value) from plain")
    assert max(record["amount_value"] or 0 for record in records) == Decimal(THIRTY)
    assert lossy == Decimal("12345678.123456789")


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
    first: list[int] = []
    with costs.client() as client:
        for days in (0, 30, 1):
            costs.now += days * DAY + 3600
            before = len(costs.costs_asked())
            warehouse.extract(client, since=None, lookback="3d")
            asked = [day for day in costs.costs_asked()[before:] if day >= -365]  # Before that it is refused.
            first.append(min(asked))
    assert first == [-365, -3, 27]
    assert min(costs.costs_asked()) == -400


@pytest.mark.skipif(not LONG, reason="little that is our own: CONTRACT=long")
def test_new_columns_join_a_table(warehouse: Warehouse, costs: RestatedCosts) -> None:
    """As a later version of this library may bring them; they are null in what was there."""
    with costs.client() as client:
        source = openai_org_usage({"default": client}, tables=["costs"], since=SINCE, names=False)
        source.resources["costs"].add_map(
            lambda rows: rows.select([name for name in rows.column_names if name != "quantity_unit"])
        )
        warehouse.pipeline.run(source)
        warehouse.load(client, lookback="3d")
    assert warehouse.ask("select count(quantity_unit), count(*) from costs") == [(0, 2)]


@pytest.mark.usefixtures("warehouse")
@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_refused_table_does_not_stop_the_others(costs: RestatedCosts, status: int) -> None:
    """Some organizations give no costs by key: that is noted beside the rows of the rest."""
    refusal = Status(status, message="group_by: api_key_id is not supported")
    costs.emulator.faults = FaultPlan([None, refusal])
    with costs.client() as client:
        tables = ["costs", "costs_by_key"]
        items = list(openai_org_usage({"default": client}, tables=tables, since=SINCE, names=False))
    notes = [each.to_pylist()[0] for each in items if "problem" in each.column_names]
    read, refused = sorted(notes, key=lambda note: note["source_table"])
    rows, marks = (each for each in items if "problem" not in each.column_names)
    assert (read["source_table"], read["row_count"], read["problem"]) == ("costs", len(rows), None)
    assert set(marks["bucket_row"].to_pylist()) == {0}
    assert refused["source_table"] == "costs_by_key"
    assert "api_key_id is not supported" in refused["problem"]


def test_an_organization_that_gives_no_table_at_all_fails(warehouse: Warehouse, costs: RestatedCosts) -> None:
    """Its key may not read usage: that is no run to call good."""
    costs.emulator.faults = FaultPlan(Status(403))
    failed: list[FailedReading] = []
    with costs.client() as client:
        tables = ["costs", "costs_by_key"]
        with pytest.raises(PipelineStepFailed, match="status 403"):
            warehouse.extract(client, tables=tables)
        warehouse.extract(client, tables=tables, on_failure=failed.append)
    assert [type(each.error) for each in failed] == [PermissionDeniedError]


def test_without_dlt_it_says_how_to_get_it() -> None:
    """As every extra that is missing."""
    code = "import sys; sys.modules['dlt'] = None\nimport openai_org_usage.connectors.dlt"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "MissingExtraError" in done.stderr
    assert install_command("dlt") in done.stderr
