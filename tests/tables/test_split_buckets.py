"""A bucket on two pages is one in the table, and an interrupted table can be resumed."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from openai_org_usage import PageEvent
from openai_org_usage.errors import InexactValueError, PaginationError, ServerError

from ..conftest import DAY, MIDNIGHT
from ..scripted import START, bucket, error, page, result, scripted, scripted_async
from .reading import of_table, serving

TODAY = (MIDNIGHT - START) // DAY


def bodies(*pages: Any) -> list[bytes]:
    return [json.dumps(page).encode() for page in pages]


def tokens(table: Any) -> list[int]:
    counts: list[int] = table["input_tokens"].to_pylist()
    return counts


SPLIT = bodies(
    page(bucket(0), bucket(1, result(model="a", tokens=2)), cursor="page_1"),
    page(bucket(1, result(model="b", tokens=3), result(model="a", tokens=2)), cursor="page_2"),
    page(cursor="page_3"),
    page(bucket(1, result(model="c", tokens=4)), bucket(2, result(tokens=5)), bucket(3)),
)


def test_a_split_bucket_is_one() -> None:
    """On three pages with an empty one between; a result that stands on two of them counts once."""
    with serving(SPLIT) as client:
        query = client.completions(start_time=START)
        table = query.to_arrow()
        assert tokens(table) == [1, 2, 3, 4, 5, 1]
        assert of_table(table) == query.to_records()


def test_a_bucket_that_still_grows_has_its_later_numbers() -> None:
    """Today's counts may be higher on the second page."""
    growing = [bucket(TODAY, result(model="a", tokens=count)) for count in (2, 7)]
    with serving(bodies(page(growing[0], cursor="page_1"), page(growing[1]))) as client:
        assert tokens(client.completions(start_time=START).to_arrow()) == [7]


def test_contradicting_parts_are_refused() -> None:
    """A bucket that is over cannot have two numbers."""
    parts = [bucket(1, result(model="a", tokens=count)) for count in (2, 7)]
    client, _ = scripted(page(parts[0], cursor="page_1"), page(parts[1]))
    with pytest.raises(PaginationError, match="other numbers for the same dimensions") as caught:
        client.completions(start_time=START).to_arrow()
    assert [part.results[0].input_tokens for part in caught.value.partial] == [2]


FIRST = page(bucket(0), bucket(1, result(model="a", tokens=2)), cursor="page_1")
LAST = page(bucket(1, result(model="b", tokens=3)), bucket(2))
LAST_APART = page(bucket(2), bucket(3))


@pytest.mark.parametrize("last", [LAST, LAST_APART])
def test_an_interrupted_table_is_resumed(last: Any) -> None:
    """What was handed out and the rest are the whole, be the bucket between them split or not."""
    client, _ = scripted(FIRST, error(500, "no"), last, FIRST, last)

    reader = client.completions(start_time=START).to_reader()
    before = tokens(reader.read_next_batch())
    with pytest.raises(ServerError) as caught:
        reader.read_next_batch()
    rest = client.resume(caught.value.resume).to_arrow()

    assert before + tokens(rest) == tokens(client.completions(start_time=START).to_arrow())
    assert [held.results[0].input_tokens for held in caught.value.partial] == [2]


def test_an_interrupted_asynchronous_table_is_resumed() -> None:
    """As the other."""

    async def read() -> list[int]:
        client, _ = scripted_async(FIRST, error(500, "no"), LAST)
        async with client:
            with pytest.raises(ServerError) as caught:
                await client.completions(start_time=START).to_arrow()
            return tokens(await client.resume(caught.value.resume).to_arrow())

    assert asyncio.run(read()) == [2, 3, 1]


def test_hooks_are_told_of_pages() -> None:
    """As in any iteration."""
    seen: list[PageEvent] = []
    client, _ = scripted(FIRST, LAST, on_page=seen.append)
    client.completions(start_time=START).to_arrow()
    assert [event.page for event in seen] == [1, 2]


def test_what_did_not_fit_can_be_resumed_in_another_type() -> None:
    """The batches before it are whole, the rest is the rest: nothing is lost or doubled."""
    wide = 2**63
    days = [bucket(day, result(tokens=wide if day == 3 else day)) for day in range(5)]
    client, _ = scripted(page(*days[:2], cursor="page_1"), page(*days[2:]), page(*days[2:]))

    reader = client.completions(start_time=START).to_reader()
    before = tokens(reader.read_next_batch())
    with pytest.raises(InexactValueError) as caught:
        reader.read_next_batch()
    rest = client.resume(caught.value.resume).to_records()

    assert before == [0]
    assert [row["input_tokens"] for row in rest] == [1, 2, wide, 4]
