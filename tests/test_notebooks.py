"""What notebooks show and services pass on: rows as dictionaries and tables, queries that are not sent."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from operator import methodcaller
from typing import Any

import anyio
import pytest

from openai_org_usage import NamedProject, Names, Rows
from openai_org_usage.rows import SHOWN

from .conftest import DAY
from .scripted import KEY, START, Json, bucket, page, result, scripted, scripted_async

HOSTILE = "<script>alert(1)</script>"
NAMES = Names(projects={"proj_1": NamedProject(id="proj_1", name=HOSTILE)})
RANGE: dict[str, Any] = {"start_time": START, "end_time": START + DAY}


def cost(project: str = "proj_1") -> Json:
    """A result of costs."""
    amount = {"value": "0.0000000000000000000000001", "currency": "usd"}
    return {"object": "organization.costs.result", "amount": amount, "project_id": project, "new": HOSTILE}


@pytest.mark.filterwarnings("ignore::openai_org_usage.UnknownFieldWarning")
@pytest.mark.parametrize("names", [None, NAMES])
def test_rows_are_the_records_of_the_table(names: Names | None) -> None:
    """`to_dict` has the same columns, in the same order, with values of the same types."""
    client, _ = scripted(page(bucket(0, cost(), cost("proj_2"))), page(bucket(0, cost(), cost("proj_2"))))
    with client:
        query = client.costs(**RANGE)
        rows = query.to_rows() if names is None else query.to_rows(names=names)
        records = query.to_records(names=names)

    assert [*map(list, rows.to_dicts())] == [*map(list, records)]
    assert rows.to_dicts() == records == [row.to_dict() for row in rows]
    assert records[0]["start_time"] == datetime.fromtimestamp(START, UTC)
    assert records[0]["amount_value"] == Decimal("1E-25")


def test_both_clients_read_the_same_rows() -> None:
    """They are a tuple, which holds them all."""
    answer = page(bucket(0, result(model="a"), result(model="b")))
    client, _ = scripted(answer)
    with client:
        rows = client.completions(**RANGE).to_rows()

    async def read() -> Rows[Any]:
        async_client, _ = scripted_async(answer)
        async with async_client:
            return await async_client.completions(**RANGE).to_rows()

    assert rows == anyio.run(read)
    assert [row.model for row in rows] == ["a", "b"]


@pytest.mark.filterwarnings("ignore::openai_org_usage.UnknownFieldWarning")
def test_notebooks_show_rows_as_text() -> None:
    """No name is markup, and amounts have all their digits."""
    client, _ = scripted(page(bucket(0, cost())))
    with client:
        rows = client.costs(**RANGE).to_rows(names=NAMES)

    for shown in (html(rows), html(rows[0]), html(rows[0].row)):
        assert "<script" not in shown
        assert "0.0000000000000000000000001" in shown
    assert "&lt;script&gt;" in html(rows[0])


def test_notebooks_show_the_first_of_many_rows() -> None:
    """With how many there are, and without columns that say nothing."""
    models = [result(model=f"model-{number}") for number in range(SHOWN + 5)]
    client, _ = scripted(page(bucket(0, *models)))
    with client:
        shown = html(client.completions(**RANGE).to_rows())

    assert f"{SHOWN + 5} rows, of them the first {SHOWN}" in shown
    assert (f"model-{SHOWN - 1}<" in shown, f"model-{SHOWN}<" in shown) == (True, False)
    assert ("input_tokens" in shown, "user_id" in shown) == (True, False)


def test_no_rows_are_shown_as_none() -> None:
    """Nothing is left out that would be needed."""
    assert "0 rows" in html(Rows[Any]())


def test_a_query_is_shown_without_being_sent() -> None:
    """What it asks for is there, times readable, and no key."""
    client, script = scripted()
    with client:
        shown = html(client.costs(**RANGE, group_by=["project_id"], project_ids=["proj_1", "<b>"]))
        listed = html(client.projects())

    assert script.requests == []
    assert "Nothing is sent yet" in shown
    assert "Nothing is sent yet" in listed
    assert f"{datetime.fromtimestamp(START, UTC):%Y-%m-%d} 00:00 UTC" in shown
    assert "proj_1, &lt;b&gt;" in shown
    assert KEY not in shown + listed


def html(thing: object) -> str:
    """What a notebook asks for."""
    return str(methodcaller("_repr_html_")(thing))
