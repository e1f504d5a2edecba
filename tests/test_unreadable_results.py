"""What cannot be understood: an error for rows, and handed out whole by `pages`."""

from __future__ import annotations

import asyncio
import io
import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from openai_org_usage import OPERATIONS, ResponseDecodeError, UnknownResult
from openai_org_usage.tables.writing import write_buckets

from .conftest import DAY
from .scripted import START, Json, bucket, page, scripted, scripted_async

COST: Json = {"object": "organization.costs.result", "amount": {"value": "1.5", "currency": "usd"}}
UNREADABLE: dict[str, Any] = {
    "an amount in words": {**COST, "amount": {"value": "a lot", "currency": "usd"}},
    "an amount that is no number": {**COST, "amount": {"value": "NaN", "currency": "usd"}},
    "an amount beyond decimal128": {**COST, "amount": {"value": "1E+9999", "currency": "usd"}},
    "a quantity in words": {**COST, "quantity": "many", "news": 0.10},
    "a line item that is a number": {**COST, "line_item": 7},
    "no tag": {"amount": {"value": "1", "currency": "usd"}},
    "an amount with underscores": {**COST, "amount": {"value": "1_000", "currency": "usd"}},
    "an amount with blanks": {**COST, "amount": {"value": " 1.0 ", "currency": "usd"}},
    "an amount in digits of another script": {**COST, "amount": {"value": "\uff11", "currency": "usd"}},
    "null": None,
    "a number": 7,
    "a text": "organization.costs.result",
    "a list": [COST],
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_pages_hand_out_what_came(what: str) -> None:
    """The result stands apart with the problem; what can be read is read, and paging goes on."""
    answers = page(bucket(0, COST, UNREADABLE[what]), cursor="B"), page(bucket(1, COST))
    client, _ = scripted(*answers, concurrency=1)

    first, second = client.costs(start_time=START).pages()

    (result,), (unread,) = first.data[0].results, first.data[0].unknown_results
    assert result.amount is not None
    assert isinstance(unread, UnknownResult)
    assert unread.problem
    assert unread.data == exact(UNREADABLE[what])
    assert first.data[0].to_dict()["results"][-1] == exact(UNREADABLE[what])
    assert len(second.data[0].results) == 1


@pytest.mark.parametrize("what", UNREADABLE)
def test_rows_refuse_what_cannot_be_read(what: str) -> None:
    """An amount that is not understood is never left out of rows or sums."""
    client, _ = scripted(page(bucket(0, COST, UNREADABLE[what])))
    with pytest.raises(ResponseDecodeError, match="cannot read the answer at"):
        list(client.costs(start_time=START).rows())


def test_what_is_no_object_is_kept_under_the_old_name_too() -> None:
    """Older documents called the results `result`; written as rows it is JSON in the last column."""
    answer = page({"object": "bucket", "start_time": START, "end_time": START + DAY, "result": [None, 7]})
    client, _ = scripted(answer)
    ((found,),) = (read.data for read in client.costs(start_time=START).pages())
    assert found.results == []
    assert [(result.object, result.data) for result in found.unknown_results] == [("", None), ("", 7)]
    assert all(result.problem for result in found.unknown_results)
    stream = io.BytesIO()
    write_buckets([found], stream, operation=OPERATIONS["costs"], format="ndjson")
    rows = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [row["additional_properties"] for row in rows] == [None, 7]


def test_a_page_without_its_frame_is_refused_either_way() -> None:
    """Where a bucket has no times, nothing can be said of it."""
    client, _ = scripted(page({"object": "bucket", "results": [COST]}))
    with pytest.raises(ResponseDecodeError, match="start_time"):
        list(client.costs(start_time=START).pages())


def test_the_asynchronous_client_does_the_same() -> None:
    """One result apart."""

    async def read() -> list[Any]:
        client, _ = scripted_async(page(bucket(0, UNREADABLE["an amount in words"])))
        return [found async for found in client.costs(start_time=START).pages()]

    (found,) = asyncio.run(read())
    assert [result.problem is None for result in found.data[0].unknown_results] == [False]


def exact(result: Any) -> Any:
    """`result` with its fractions as they are decoded."""
    return msgspec.json.Decoder(float_hook=Decimal).decode(json.dumps(result))
