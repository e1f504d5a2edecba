"""Pipelines of dlt into a DuckDB file, and what is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from decimal import MAX_PREC, Context, Decimal
from pathlib import Path
from typing import Any

import dlt
import duckdb
import pytest

from openai_org_usage import UsageClient
from openai_org_usage.connectors.dlt import openai_org_usage

SINCE = "2026-11-01"
DATASET = "spend"
Pipeline = Any
"""A `dlt.Pipeline`, whose type parameters are dlt's own."""


class Warehouse:
    """A DuckDB file that a pipeline loads into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "warehouse.duckdb"
        self.pipeline: Pipeline = dlt.pipeline(
            "openai",
            destination=dlt.destinations.duckdb(str(self.file)),
            dataset_name=DATASET,
            pipelines_dir=str(folder / "pipelines"),
        )

    def load(self, clients: UsageClient | dict[str, Any] | None = None, **options: Any) -> None:
        """One run of the pipeline; without clients they come from the configuration."""
        self.pipeline.run(self._source(clients, options))

    def extract(self, clients: UsageClient | dict[str, Any], **options: Any) -> None:
        """As much of a run as reads and changes the state."""
        self.pipeline.extract(self._source(clients, options))

    @staticmethod
    def _source(clients: UsageClient | dict[str, Any] | None, options: dict[str, Any]) -> Any:
        given = {"default": clients} if isinstance(clients, UsageClient) else clients
        options = {"tables": ["costs"], "since": SINCE, "names": False, **options}
        return openai_org_usage(*([] if given is None else [given]), **options)

    @contextmanager
    def out_of_reach(self) -> Generator[None]:
        """The file cannot be written meanwhile."""
        with duckdb.connect(self.file, read_only=True):
            yield

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with duckdb.connect(self.file) as connection:
            connection.execute(f"use {DATASET}; set timezone = 'UTC'")
            return connection.execute(query).fetchall()

    def rows(self, table: str = "costs", *, organization: str = "default") -> Counter[tuple[Any, ...]]:
        """Day, line item and amount of each row; the amount as it came, wherever it is exact."""
        amount = "coalesce(amount_value_exact, amount_value::varchar)"
        where = f"where organization = '{organization}'"
        rows = self.ask(f"select epoch(start_time), line_item, {amount} from {table} {where}")
        return Counter((int(start), item, shortest(Decimal(value))) for start, item, value in rows)


def full_pull(client: UsageClient) -> Counter[tuple[Any, ...]]:
    """The same of all that the API has now."""
    query = client.costs(start_time=SINCE, group_by=["project_id", "line_item"])
    return Counter(
        (bucket.start_time, row.line_item, shortest(row.amount.value))
        for bucket in query
        for row in bucket.results
        if row.amount is not None and row.amount.value is not None
    )


def shortest(value: Decimal) -> str:
    """A number's digits without zeros at its end."""
    return f"{value.normalize(Context(prec=MAX_PREC)):f}"


def keep_to(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Have dlt write to `folder` alone, read what stands in no other, and tell nobody."""
    patch.setenv("DLT_DATA_DIR", str(folder / "dlt"))
    patch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    patch.setenv("RUNTIME__LOG_LEVEL", "CRITICAL")
    patch.chdir(folder)
    dlt.current.run_context().reload()
