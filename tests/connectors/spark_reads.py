"""Reading through the Spark data source as Spark does, without Spark: no JVM is needed for that."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pyspark.sql.datasource import Filter, InputPartition

from openai_org_usage.connectors.spark import OpenAIUsageReader, OpenAIUsageSource
from openai_org_usage.tables.optional_imports import ArrowTable, require

from ..conftest import DAY, MIDNIGHT, NOW

if TYPE_CHECKING:
    from openai_org_usage.emulator import Emulator

START = MIDNIGHT - 100 * DAY
CANARY = "sk-admin-canary0123456789abcdefghijklmnop"
"""A key that is to be found nowhere."""


class SourceAtTest(OpenAIUsageSource):
    """The data source at the moment of the tests."""

    @staticmethod
    def clock() -> float:
        return NOW


class SourceOneDayAgo(OpenAIUsageSource):
    """As it was planned a day before its tasks run."""

    @staticmethod
    def clock() -> float:
        return NOW - DAY


def options(emulator: Emulator, *, organizations: str = "acme, beta", **more: str) -> dict[str, str]:
    """Each organization with the emulator's key in a variable of its own; more options named as in Python."""
    names = [name.strip() for name in organizations.split(",")]
    few_rows = {"endpoint": "completions", "group_by": "project_id,model,batch"}
    return {
        **({} if "endpoint" in more else few_rows),
        "organizations": organizations,
        **({} if "secret_provider" in more else {f"{name}.key_env": f"{name.upper()}_KEY" for name in names}),
        "base_url": emulator.base_url,
        "start_time": str(START),
        **more,
    }


def reader_of(
    given: Mapping[str, str], *filters: Filter, kind: type[OpenAIUsageSource] = SourceAtTest
) -> OpenAIUsageReader:
    """The reader on the driver, told of `filters`, which Spark is to apply once more."""
    source = kind(dict(given))
    reader = source.reader(source.schema())
    if filters:
        assert list(reader.pushFilters(list(filters))) == list(filters)
    return reader


def read(reader: OpenAIUsageReader) -> ArrowTable:
    """All rows, each partition read by what comes out of a pickle, as on an executor."""
    return of_partitions(reader, reader.partitions())


def of_partitions(reader: OpenAIUsageReader, partitions: Sequence[InputPartition]) -> ArrowTable:
    """The rows of some partitions."""
    there: Any = pickle.loads(pickle.dumps(reader))
    moved: list[Any] = pickle.loads(pickle.dumps(list(partitions)))
    batches = [batch for partition in moved for batch in there.read(partition)]
    pa = require("pyarrow")
    return pa.Table.from_batches(batches) if batches else pa.table({})


def in_order(table: ArrowTable) -> list[str]:
    """The rows as text, sorted: their order says nothing."""
    return sorted(map(repr, table.to_pylist()))
