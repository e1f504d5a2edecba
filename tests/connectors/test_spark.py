"""The Spark data source: columns, partitions, rows, keys. Spark itself runs in `make scale`."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest

pytest.importorskip("pyspark.sql.datasource", reason="needs the extra spark")

from pyspark.sql.datasource import InputPartition
from pyspark.sql.types import DecimalType, StringType, StructType, TimestampType

from openai_org_usage import UsageClient
from openai_org_usage.connectors.spark import OpenAIUsageReader, OpenAIUsageSource
from openai_org_usage.emulator import Emulator, FaultPlan
from openai_org_usage.emulator.faults import Altered, Status
from openai_org_usage.errors import ConfigurationError, InvalidParameterError, PermissionDeniedError
from openai_org_usage.installation import install_command
from openai_org_usage.tables.optional_imports import require

from ..conftest import DAY, MIDNIGHT, NOW
from .spark_reads import CANARY, START, SourceOneDayAgo, in_order, of_partitions, options, read, reader_of

pytestmark = pytest.mark.usefixtures("executor_keys")


def test_columns_are_exact_and_those_of_an_archive() -> None:
    """Decimals with all their digits, their text beside, then whose they are and of which month."""
    schema = OpenAIUsageSource({"endpoint": "costs"}).schema()
    assert isinstance(schema, StructType)
    kinds = {field.name: field.dataType for field in schema}
    assert kinds["amount_value"] == DecimalType(38, 30)
    assert kinds["quantity"] == DecimalType(38, 27)
    assert kinds["amount_value_exact"] == StringType()
    assert kinds["start_time"] == TimestampType()
    assert list(kinds)[-2:] == ["organization", "month"]


@pytest.mark.parametrize("endpoint", ["completions", "costs", "images"])
def test_batches_are_as_the_schema_says(emulator: Emulator, endpoint: str) -> None:
    """Spark refuses a batch whose types are not exactly those; `pyarrow` says which Spark expects."""
    arrow: Any = pytest.importorskip("pyspark.sql.pandas.types")
    given = options(emulator, endpoint=endpoint, start_time="2d")
    source = OpenAIUsageSource(dict(given))
    expected = arrow.to_arrow_schema(source.schema(), timezone="UTC")
    assert read(reader_of(given)).schema.equals(expected)


def test_a_partition_is_an_organization_and_a_page(emulator: Emulator) -> None:
    """100 days are 4 pages of at most 31 days: 8 tasks, one request each; planning sends none."""
    reader = reader_of(options(emulator))
    partitions = reader.partitions()
    assert len(partitions) == 8
    assert emulator.requests == []
    of_partitions(reader, partitions)
    assert len(emulator.requests) == 8


@pytest.mark.parametrize(
    ("endpoint", "width", "days"), [("completions", "1d", 40), ("costs", "1d", 4), ("embeddings", "1h", 8)]
)
def test_rows_are_those_of_the_client(emulator: Emulator, endpoint: str, width: str, days: int) -> None:
    """Row for row, today's running bucket included; in each organization, whatever partition had them."""
    pa, compute = require("pyarrow"), require("pyarrow.compute")
    start = MIDNIGHT - days * DAY
    given = options(emulator, endpoint=endpoint, bucket_width=width, start_time=str(start))
    found = read(reader_of(given))
    with UsageClient(admin_key=emulator.admin_key, base_url=emulator.base_url, clock=lambda: NOW) as client:
        query: Any = getattr(client, endpoint)
        every = query(start_time=start).request.operation.parameter("group_by").allowed_values
        by = ["project_id", "line_item"] if endpoint == "costs" else list(every)
        table = query(start_time=start, bucket_width=width, group_by=by).to_arrow()
    plain = table.cast(pa.schema([found.schema.field(name) for name in table.column_names]))
    for name in ("acme", "beta"):
        own = found.filter(compute.equal(found["organization"], name)).select(table.column_names)
        assert in_order(own) == in_order(plain)
    months = compute.strftime(found["start_time"], format="%Y-%m")
    assert found["month"].combine_chunks().equals(months.combine_chunks())


def test_a_task_that_runs_again_gives_the_same(emulator: Emulator) -> None:
    """A partition is read without a trace of whether it was read before."""
    reader = reader_of(options(emulator))
    last = reader.partitions()[-1:]
    assert of_partitions(reader, last).equals(of_partitions(reader, last))


def test_a_task_that_runs_the_next_day_gives_no_bucket_more(emulator: Emulator) -> None:
    """What is read was decided when the read was planned."""
    found = read(reader_of(options(emulator), kind=SourceOneDayAgo))
    assert max(found["start_time"].to_pylist()).timestamp() == MIDNIGHT - DAY


def test_ranges_are_whole_buckets(emulator: Emulator) -> None:
    """A range that begins or ends within a day has that day whole, so that months can be overwritten."""
    noon = MIDNIGHT - 5 * DAY + DAY // 2
    found = read(reader_of(options(emulator, start_time=str(noon), end_time=str(noon + DAY))))
    assert {moment.timestamp() for moment in found["start_time"].to_pylist()} == {
        MIDNIGHT - 5 * DAY,
        MIDNIGHT - 4 * DAY,
    }
    assert {moment.timestamp() for moment in found["end_time"].to_pylist()} == {
        MIDNIGHT - 4 * DAY,
        MIDNIGHT - 3 * DAY,
    }


def test_an_amount_with_more_digits_than_a_decimal_has_its_text(emulator: Emulator) -> None:
    """Rounded in the decimal, whole in the column beside, which is null in all other rows."""
    exact = "0.123456789012345678901234567890123456789"
    emulator.faults = FaultPlan(Altered(lambda page: _with_amount(page, exact)))
    found = read(reader_of(options(emulator, endpoint="costs", organizations="acme", start_time="2d")))
    texts = found["amount_value_exact"].to_pylist()
    assert set(texts) == {None, exact}
    rounded = found["amount_value"].to_pylist()[texts.index(exact)]
    assert rounded == Decimal("0.123456789012345678901234567890")


def _with_amount(page: dict[str, Any], value: str) -> dict[str, Any]:
    page["data"][0]["results"][0]["amount"]["value"] = value
    return page


BAD: dict[str, tuple[dict[str, str], str]] = {
    "no endpoint": ({}, "the endpoint is missing"),
    "unknown endpoint": ({"endpoint": "chats"}, "there is no endpoint 'chats'"),
    "unknown option": ({"endpoint": "costs", "start": "7d"}, "there is no option start; there are endpoint"),
    "dimension": ({"endpoint": "costs", "group_by": "model"}, "'model'"),
    "width": ({"endpoint": "costs", "bucket_width": "1h"}, "'1h'"),
    "time": ({"endpoint": "costs", "start_time": "soon"}, "'soon' is no time"),
    "flag": ({"endpoint": "costs", "pushdown": "yes"}, "pushdown is true or false, not 'yes'"),
    "no organization": ({"endpoint": "costs", "organizations": " , "}, "organizations are names"),
    "name": ({"endpoint": "costs", "organizations": "a/b"}, "organizations: 'a/b' cannot be part of a path"),
    "file": ({"endpoint": "costs", "organizations_file": "no.toml"}, r"no\.toml cannot be read"),
    "twice": ({"endpoint": "costs", "organizations": "a,A"}, "each once"),
    "no key_env": ({"endpoint": "costs", "organizations": "a,b"}, r'option\("a.key_env", "THE_VARIABLE"\)'),
    "one for all": (
        {"endpoint": "costs", "organizations": "a,b", "key_env": "KEY"},
        r'option\("a.key_env", "THE_VARIABLE"\)',
    ),
    "variable": (
        {"endpoint": "costs", "key_env": "MY-KEY"},
        "no name of an environment variable",
    ),
    "provider": ({"endpoint": "costs", "secret_provider": "os.environ"}, "is not written module:function"),
    "address": ({"endpoint": "costs", "base_url": "http://example.com/v1"}, "unencrypted"),
    "key": ({"endpoint": "costs", "admin_key": CANARY}, "an option has a key in it"),
    "key as variable": ({"endpoint": "costs", "key_env": CANARY}, "an option has a key in it"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_options_are_refused_on_the_driver(name: str) -> None:
    """By `load`, before anything is planned; a key among them is not shown."""
    given, said = BAD[name]
    with pytest.raises((ConfigurationError, InvalidParameterError), match=said) as caught:
        OpenAIUsageSource(given).schema()
    assert CANARY not in str(caught.value)


def test_a_read_without_start_is_refused() -> None:
    """A year of every organization is nothing that should happen by itself."""
    with pytest.raises(InvalidParameterError, match="nothing says where to start"):
        reader_of({"endpoint": "costs"}).partitions()


def test_the_schema_cannot_be_chosen() -> None:
    """Spark would cut decimals to it."""
    with pytest.raises(ConfigurationError, match="select columns"):
        OpenAIUsageSource({"endpoint": "costs"}).reader(StructType())


def test_where_nothing_is_left_nothing_is_read() -> None:
    """Spark makes a partition of its own where there are none."""
    reader = reader_of({"endpoint": "costs", "start_time": "2026-01-02", "end_time": "2026-01-01"})
    assert reader.partitions() == []
    assert of_partitions(reader, [InputPartition(None)]).num_rows == 0


def test_a_failed_request_fails_the_task(emulator: Emulator) -> None:
    """Spark tries it again; nothing is left out."""
    emulator.faults = FaultPlan(Status(403))
    reader: OpenAIUsageReader = reader_of(options(emulator, organizations="acme"))
    with pytest.raises(PermissionDeniedError):
        read(reader)


def test_without_pyspark_the_extra_is_named() -> None:
    """As with every other extra."""
    code = (
        "import sys; sys.modules['pyspark'] = None\n"
        "try:\n    import openai_org_usage.connectors.spark\n"
        "except ImportError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert install_command("spark") in done.stdout


def test_starts_are_absolute(emulator: Emulator) -> None:
    """A span is counted from the moment of planning, once, and not by every executor."""
    spans, dates = (
        [partition.value.request for partition in reader_of(options(emulator, start_time=text)).partitions()]
        for text in ("101d", str(START))
    )
    assert spans == dates
