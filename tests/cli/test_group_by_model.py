"""`costs --group-by model`, which the API does not know, and other words that people use for its groups."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from decimal import Decimal

import pytest

from openai_org_usage.line_items import read_line_item

from .conftest import Run

ASKED = "costs --since 2026-11-10 --until 2026-11-13"


@pytest.mark.parametrize("options", ["", "--by total", "--group-by project"])
def test_costs_by_model_are_those_of_its_line_items(options: str, command: Run) -> None:
    """To the last digit, for each day and project; what names no model stays as the line item that it is."""
    sums: defaultdict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    keys = ("start_time", "end_time", "project_id")
    items = command(f"{ASKED} --group-by line_item {options} --format ndjson").out.splitlines()
    for row in map(json.loads, items):
        model = read_line_item(row["line_item"]).model_or_category
        sums[(*(row[key] for key in keys), model)] += Decimal(row["amount_value"])
    models = command(f"{ASKED} --group-by model {options} --format ndjson").out.splitlines()
    rows = list(map(json.loads, models))
    assert {(*(row[key] for key in keys), row["model"]): Decimal(row["amount_value"]) for row in rows} == sums
    assert {"gpt-4o-2024-08-06", "Image models"} <= {row["model"] for row in rows}
    assert not {"line_item", "quantity", "quantity_unit"} & rows[0].keys()


def test_with_line_items_models_stand_beside_them(command: Run) -> None:
    """Nothing is added up then, and quantities are there."""
    said = command(f"{ASKED} --group-by model,line-item --format csv")
    rows = list(csv.DictReader(said.out.splitlines()))
    assert all(row["model"] == read_line_item(row["line_item"]).model_or_category for row in rows)
    assert any(row["quantity"] for row in rows)
    assert len(rows) == len(command(f"{ASKED} --group-by line_item --format csv").out.splitlines()) - 1


def test_the_api_is_asked_for_what_it_knows(command: Run) -> None:
    """For line items, and for the names of groups as it has them."""
    said = command(f"{ASKED} --group-by model,project,user,api-key --dry-run")
    groups = [value for name, value in said.requests[0] if name == "group_by"]
    assert groups == ["line_item", "project_id", "user_id", "api_key_id"]


def test_a_table_of_models(command: Run) -> None:
    """The largest first, with the model in the place of the line item."""
    lines = command(f"{ASKED} --group-by model --totals --format table").out.splitlines()
    assert lines[0].split() == ["start_time", "end_time", "model", "amount_value,", "usd"]
    assert lines[2].split()[2].startswith("gpt-")


def test_key_costs_by_model_are_those_of_its_line_items(command: Run) -> None:
    """Each key's, added up by model."""
    asked = "key-costs --since 2026-11-10 --until 2026-11-12 --format ndjson"
    sums: defaultdict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    keys = ("start_time", "project_id", "api_key_id")
    for row in map(json.loads, command(f"{asked} --by-line-item").out.splitlines()):
        model = read_line_item(row["line_item"]).model_or_category
        sums[(*(row[key] for key in keys), model)] += Decimal(row["amount_value"])
    rows = list(map(json.loads, command(f"{asked} --by-model").out.splitlines()))
    assert {(*(row[key] for key in keys), row["model"]): Decimal(row["amount_value"]) for row in rows} == sums


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("completions --today --group-by line-item", "only costs takes that"),
        ("costs --today --columns model", "there is no model in these rows: add --group-by model"),
        ("costs --today --group-by model --sort line_item", "add --group-by line_item"),
        ("costs --today --group-by model --raw", "the API has no costs by model"),
        ("key-costs --today --by-model --by-line-item", "leave --by-model out"),
    ],
)
def test_what_is_not_there_is_refused(words: str, complaint: str, command: Run) -> None:
    """With exit code 2 and what to write instead."""
    said = command(words)
    assert said.code == 2
    assert complaint in said.err
