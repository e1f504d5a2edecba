"""What notebooks show and services pass on: rows as dictionaries and tables, queries that are not sent."""

from __future__ import annotations

import ast
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import methodcaller
from typing import Any

import anyio
import pytest

from openai_org_usage import NamedProject, Names, Rows
from openai_org_usage.emulator import Emulator
from openai_org_usage.money import exact_sum
from openai_org_usage.rows import SHOWN

from .conftest import DAY
from .pages import blocks
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
    """No name is markup, amounts have all digits, and a text that is cut amid a key shows none of it."""
    client, _ = scripted(page(bucket(0, cost() | {"line_item": f"{'x' * 185}{KEY}"})))
    with client:
        rows = client.costs(**RANGE).to_rows(names=NAMES)

    for shown in (html(rows), html(rows[0]), html(rows[0].row)):
        assert "<script" not in shown
        assert "0.0000000000000000000000001" in shown
        assert ("xxx" in shown, KEY[:12] in shown) == (True, False)
    assert "&lt;script&gt;" in html(rows[0])


def test_notebooks_show_the_first_of_many_rows() -> None:
    """With how many there are, and without columns that say nothing."""
    models = [result(model=f"model-{number}") for number in range(SHOWN + 5)]
    client, _ = scripted(page(bucket(0, *models)))
    with client:
        rows = client.completions(**RANGE).to_rows()

    shown = html(rows)
    assert f"{SHOWN + 5} rows (times in UTC), of them the first {SHOWN}" in shown
    assert "5 rows (times in UTC)<" in html(rows[SHOWN:])
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
    assert f">{datetime.fromtimestamp(START, UTC):%Y-%m-%d}<" in shown
    assert "proj_1, &lt;b&gt;" in shown
    assert KEY not in shown + listed


@pytest.mark.skipif(not blocks("python", page="jupyter"), reason="the documentation is not shipped")
def test_every_cell_of_the_page_shows_something(
    running_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run one after the other, as a notebook does: the last line is shown, if it is a value."""
    monkeypatch.setenv("OPENAI_ADMIN_KEY", running_emulator.admin_key)
    monkeypatch.setenv("OPENAI_BASE_URL", running_emulator.base_url)
    names: dict[str, Any] = {}
    shown = [shown_by(block.text, names) for block in blocks("python", page="jupyter")]

    assert [type(value).__name__ for value in shown] == ["UsageQuery", "Rows", "Series", "Report", "NoneType"]
    assert all("<table" in html(value) or "<iframe" in html(value) for value in (*shown[:2], shown[3]))


@pytest.mark.skipif(not blocks("python", page="services"), reason="the documentation is not shipped")
def test_the_service_of_the_page_answers_with_exact_amounts(
    running_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As strings, by one client from start to end. What today cost grows between two questions."""
    testclient = pytest.importorskip("fastapi.testclient")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", running_emulator.admin_key)
    monkeypatch.setenv("OPENAI_BASE_URL", running_emulator.base_url)
    names: dict[str, Any] = {"__name__": "service"}
    exec(blocks("python", page="services")[0].text, names)
    since = {"since": (datetime.now(UTC) - timedelta(days=5)).date().isoformat()}

    with testclient.TestClient(names["app"]) as service:
        rows = service.get("/costs", params=since).json()
        totals = service.get("/spend", params=since).json()

    assert {type(text) for text in (rows[0]["amount_value"], totals["usd"])} == {str}
    assert 0 < exact_sum(Decimal(row["amount_value"]) for row in rows) <= Decimal(totals["usd"])


def shown_by(cell: str, names: dict[str, Any]) -> object:
    """What a notebook shows below `cell`, whose names live on in `names`."""
    tree = ast.parse(cell)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    return (
        eval(compile(ast.Expression(last.value), "cell", "eval"), names)
        if isinstance(last, ast.Expr)
        else None
    )


def html(thing: object) -> str:
    """What a notebook asks for."""
    return str(methodcaller("_repr_html_")(thing))
