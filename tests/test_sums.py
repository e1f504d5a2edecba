"""Rows that a query adds up by period; what the command line adds up in the same way is in tests/cli."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from operator import methodcaller
from typing import Any

import anyio
import pytest

from openai_org_usage import InvalidParameterError, NamedProject, Names, SummedRows
from openai_org_usage.sums.calendar_periods import AddedBy

from .conftest import DAY
from .scripted import START, Json, bucket, page, scripted, scripted_async

TINY = "0.0000000000000000000000001"


def cost(value: str, project: str = "proj_a", currency: str = "usd") -> Json:
    """A result of costs."""
    amount = {"value": value, "currency": currency}
    return {"object": "organization.costs.result", "amount": amount, "project_id": project}


ANSWER = page(
    bucket(0, cost("1"), cost("70", "proj_b")),
    bucket(5, cost(TINY), cost("2", currency="eur")),
    bucket(6, cost("4")),
)
"""Costs of a Tuesday, of the Sunday after it, and of the Monday after that."""


def test_both_clients_add_up_by_week() -> None:
    """Exactly, each project and currency by itself, the largest first; notes say what is not whole."""
    client, _ = scripted(ANSWER)
    with client:
        sums = client.costs(start_time=START).sums(by="week")

    async def read() -> SummedRows[Any]:
        async_client, _ = scripted_async(ANSWER)
        async with async_client:
            return await async_client.costs(start_time=START).sums(by="week")

    assert [
        (f"{row.start:%m-%d}", row.project_id, row.amount_value, row.amount_currency) for row in sums
    ] == [
        ("11-10", "proj_b", Decimal(70), "usd"),
        ("11-10", "proj_a", Decimal(2), "eur"),
        ("11-10", "proj_a", 1 + Decimal(TINY), "usd"),
        ("11-16", "proj_a", Decimal(4), "usd"),
    ]
    assert sums.notes == (
        "the first week is not whole: 2026-11-10 to 2026-11-16",
        "the last week is not whole: 2026-11-16 to now",
    )
    assert all(note in methodcaller("_repr_html_")(sums) for note in sums.notes)
    assert (sums, sums.notes) == ((other := anyio.run(read)), other.notes)


def test_sums_are_rows_with_names() -> None:
    """As `to_rows` gives them: dictionaries for tables, in which times are those of the whole range."""
    client, _ = scripted(ANSWER)
    names = Names(projects={"proj_b": NamedProject(id="proj_b", name="Search")})
    with client:
        first, *_ = client.costs(start_time=START, end_time=START + 7 * DAY).sums(by="total", names=names)

    assert first.project_name == "Search"
    assert first.row.amount_value == Decimal(70)
    times = [datetime.fromtimestamp(START + day * DAY, UTC) for day in (0, 7)]
    assert [*first.to_dict().values()][:2] == times


def test_a_level_is_no_sum() -> None:
    """The last value of each period stands there, and a note says so."""
    stored = {"object": "organization.usage.vector_stores.result"}
    client, _ = scripted(page(*(bucket(day, {**stored, "usage_bytes": day}) for day in range(1, 7))))
    with client:
        sums = client.vector_stores(start_time=START, end_time=START + 7 * DAY).sums(by="month")

    assert [row.usage_bytes for row in sums] == [6]
    assert sums.notes[-1].endswith("each row has the last of its month")


@pytest.mark.parametrize(
    ("by", "complaint"),
    [
        ("weeks", "by cannot be 'weeks'; did you mean 'week'?"),
        ("hour", "by='hour' needs buckets of an hour or less: there are none but of 1d"),
    ],
)
def test_what_cannot_be_added_up_is_refused(by: AddedBy, complaint: str) -> None:
    """Before anything is sent."""
    client, script = scripted(ANSWER)
    with client, pytest.raises(InvalidParameterError, match=complaint.replace("?", r"\?")):
        client.costs(start_time=START).sums(by=by)
    assert script.requests == []
