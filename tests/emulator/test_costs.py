"""Costs are usage times the price table, and nothing else."""

import re
from collections import defaultdict
from decimal import Decimal, localcontext

from openai_org_usage._generated import OPERATIONS
from openai_org_usage.emulator.prices import prices_for

from .asking import DAY, Api, groupings, money, usage_names


def test_costs_equal_usage_times_prices(api: Api, now: int) -> None:
    """Costs recomputed from usage over HTTP match each day and line item to the last digit."""
    start = now // DAY * DAY - 6 * DAY
    expected: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    with localcontext() as context:
        context.prec = 60
        for name in usage_names():
            operation = OPERATIONS[name]
            by_model = {"group_by": "model"} if "model" in groupings(operation) else {}
            for bucket in api.buckets(name, start_time=start, bucket_width="1d", **by_model):
                for row in bucket["results"]:
                    for price in prices_for(operation, model=row.get("model")):
                        if row[price.metric]:
                            key = bucket["start_time"], price.line_item
                            expected[key] += price.usd * row[price.metric]

    costs = {
        (bucket["start_time"], row["line_item"]): Decimal(row["amount"]["value"])
        for bucket in api.buckets("costs", start_time=start, group_by="line_item")
        for row in bucket["results"]
    }
    assert costs == expected


def test_amounts_are_written_as_the_real_api_writes_them(api: Api, now: int) -> None:
    """An amount is a string with thirty digits after the point, in US dollars; zero has an exponent."""
    rows = api.rows("costs", start_time=now - 2 * DAY, group_by="line_item")

    assert rows
    for row in rows:
        assert re.fullmatch(r"(0|[1-9][0-9]*)\.[0-9]{30}|0E-6176", row["amount"]["value"])
        assert row["amount"]["currency"] == "usd"


def test_what_is_free_has_a_line_item_without_an_amount(api: Api, now: int) -> None:
    """As in recorded answers: the smallest zero there is, and a quantity that is a fraction."""
    midnight = now // DAY * DAY
    free = "omni-moderation-2024-09-26, input"
    body = api.response("costs", start_time=midnight - 3 * DAY, group_by="line_item").text
    days = api.buckets("costs", start_time=midnight - 3 * DAY, group_by="line_item")

    for day in days:
        zeros = [row for row in day["results"] if not Decimal(row["amount"]["value"])]
        assert [(row["line_item"], row["quantity"]) for row in zeros] == [(free, 0)]
        assert {row["amount"]["value"] for row in zeros} == {"0E-6176"}
    assert body.count('"quantity":0.0,') == len(days)
    assert money(api.rows("costs", start_time=midnight - 3 * DAY, line_items=[free])) == 0


def test_line_items_are_of_all_recorded_forms(api: Api, now: int) -> None:
    """Most are a model and a kind of use; the others have been seen, too."""
    items = {row["line_item"] for row in api.rows("costs", start_time=now - DAY, group_by="line_item")}
    odd = {item for item in items if not re.fullmatch(r"[a-z0-9.-]+, (input|output|cached input)", item)}

    assert {
        "chat-latest , input",
        "chat-latest , output",
        "gpt-4.1-2025-04-14, cached input tokens",
        "evals | gpt-4o-mini-2024-07-18, output",
        "assistants api | file search",
        "Image models",
        "whisper-1, audio duration",
    } <= odd
    assert len(odd) < len(items) / 2


def test_quantities_appear_only_with_line_items(api: Api, now: int) -> None:
    """Quantities of different units are never added up: without line items they are null."""
    itemised = api.rows("costs", start_time=now - DAY, group_by="line_item")
    summed = api.rows("costs", start_time=now - DAY, group_by="project_id")

    units = {row["line_item"]: row["quantity_unit"] for row in itemised}
    assert units["gpt-4o-mini-2024-07-18, input"] == "tokens"
    assert units["Vector store storage"] == "gibibyte_hours"
    assert all(row["quantity"] > 0 for row in itemised if Decimal(row["amount"]["value"]))
    assert {(row["quantity"], row["quantity_unit"], row["line_item"]) for row in summed} == {
        (None, None, None)
    }


def test_line_items_can_be_selected(api: Api, now: int) -> None:
    """The `line_items` filter keeps the named items and their amounts."""
    item = "gpt-4o-mini-2024-07-18, cached input"
    everything = api.rows("costs", start_time=now - DAY, group_by="line_item")
    selected = api.rows("costs", start_time=now - DAY, line_items=[item])

    assert money(selected) == money(row for row in everything if row["line_item"] == item) > 0


def test_a_day_costs_hundreds_of_dollars(api: Api, now: int) -> None:
    """Working days cost what they would in a company of ten, with a quieter weekend."""
    monday = now // DAY * DAY - 5 * DAY
    days = [money(b["results"]) for b in api.buckets("costs", start_time=monday - 7 * DAY, limit=7)]
    *working, saturday, sunday = days[:7]

    assert all(200 < day < 3_000 for day in working)
    assert max(saturday, sunday) < min(working) / 2
