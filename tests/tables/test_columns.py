"""The columns of every endpoint: those of its rows, in their order, with the same types for any answer."""

from __future__ import annotations

from typing import Any

import pytest

from openai_org_usage import OPERATIONS, UsageClient
from openai_org_usage.errors import InvalidParameterError

from ..conftest import DAY, MIDNIGHT
from .reading import pa, serving

EMPTY = b'{"object": "page", "data": [], "has_more": false, "next_page": null}'
TIME, TEXT = pa.timestamp("us", tz="UTC"), pa.dictionary(pa.int32(), pa.string())


def span(days: int) -> dict[str, Any]:
    return {"start_time": MIDNIGHT - days * DAY, "end_time": MIDNIGHT}


@pytest.mark.parametrize("name", OPERATIONS)
def test_columns_are_those_of_the_rows(name: str, client: UsageClient) -> None:
    """Times first, then the fields of `Row.to_record`, then what is unknown; in every form of a table."""
    query = getattr(client, name)(**span(2), group_by=["project_id"])

    table, records = query.to_arrow(), query.to_records()

    row = next(query.rows()).to_record()
    assert table.column_names == list(records[0]) == [*row, "additional_properties"]
    assert table.num_rows == len(records) > 0


def test_types_of_costs(client: UsageClient) -> None:
    """Written out once; the other endpoints have the same for the same kinds."""
    assert list(client.costs(**span(1)).to_arrow().schema) == [
        pa.field("start_time", TIME),
        pa.field("end_time", TIME),
        pa.field("object", TEXT),
        pa.field("amount_value", pa.decimal128(38, 30)),
        pa.field("amount_currency", TEXT),
        pa.field("line_item", TEXT),
        pa.field("project_id", TEXT),
        pa.field("api_key_id", TEXT),
        pa.field("quantity", pa.decimal128(38, 27)),
        pa.field("quantity_unit", TEXT),
        pa.field("api_source", TEXT),
        pa.field("user_id", TEXT),
        pa.field("organization_id", TEXT),
        pa.field("organization_name", TEXT),
        pa.field("project_name", TEXT),
        pa.field("user_email", TEXT),
        pa.field("start_time_iso", TEXT),
        pa.field("end_time_iso", TEXT),
        pa.field("additional_properties", pa.string()),
    ]


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_empty_result_has_the_same_types(name: str, client: UsageClient) -> None:
    """With no buckets at all, and with buckets that have no results."""
    full = getattr(client, name)(**span(1)).to_arrow()
    without_results = EMPTY.replace(
        b"[]",
        b'[{"object": "bucket", "start_time": %d, "end_time": %d, "results": []}]'
        % (MIDNIGHT, MIDNIGHT + DAY),
    )

    for body in (EMPTY, without_results):
        with serving([body]) as nobody:
            table = getattr(nobody, name)(start_time=MIDNIGHT - DAY).to_arrow()
        assert (table.num_rows, table.schema) == (0, full.schema)


def test_columns_are_chosen_in_the_order_wanted(client: UsageClient) -> None:
    """And only they are in the table."""
    query = client.costs(**span(2), group_by=["line_item"])
    chosen = query.to_arrow(columns=["amount_value", "line_item", "start_time"])
    assert chosen == query.to_arrow().select(["amount_value", "line_item", "start_time"])


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        (["amount"], "columns cannot be 'amount'; did you mean 'amount_value'"),
        (["line_item", "line_item"], "different names"),
        ([], "different names"),
        ("line_item", "a list"),
    ],
)
def test_no_such_column(columns: Any, reason: str, client: UsageClient, emulator: Any) -> None:
    """The error names the nearest; nothing is sent."""
    before = len(emulator.requests)
    with pytest.raises(InvalidParameterError, match=reason):
        client.costs(**span(1)).to_arrow(columns=columns)
    assert len(emulator.requests) == before


def test_batches_come_while_pages_do(client: UsageClient, emulator: Any) -> None:
    """A reader has its schema before anything is sent, and the first batch is large, and not all."""
    before = len(emulator.requests)
    reader = client.completions(**span(50), bucket_width="1h", group_by=["model", "project_id"]).to_reader()
    assert reader.schema.names[:2] == ["start_time", "end_time"]
    assert len(emulator.requests) == before

    first, rest = reader.read_next_batch(), reader.read_all()

    assert first.num_rows >= 32_768
    assert rest.num_rows > 0
