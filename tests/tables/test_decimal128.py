"""2,000 numbers of the API's own type go through rows, sums and files: exact, or refused with what to do."""

from __future__ import annotations

import io
import itertools
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest

from openai_org_usage import OPERATIONS, UsageQuery, sum_amounts
from openai_org_usage.errors import InexactValueError
from openai_org_usage.tables.batches import BatchMaker, Part
from openai_org_usage.tables.columns import columns_of
from openai_org_usage.tables.literals import PLAIN_AT_MOST
from openai_org_usage.tables.writing import write_buckets

from ..generated.pages import COST, page
from .decimal128 import Spelled, spelled
from .reading import of_file, serving
from .test_equality import structs_in

COSTS = OPERATIONS["costs"]
COUNT = 2_000
HELD_BY = {"decimal128": ((38, 30), (38, 27)), "decimal256": ((76, 50), (76, 50))}
"""Precision and scale of amounts, and of quantities."""
EXACT = ["amount_value", "quantity"]
GREATEST_FLOAT = Decimal(sys.float_info.max)


@pytest.fixture(scope="module")
def numbers() -> list[Spelled]:
    """2,000 of them, the same in every run."""
    return spelled(COUNT, Random("decimal128"))


def body_of(numbers: list[Spelled]) -> bytes:
    """A page of results, each with one of `numbers` as amount and as quantity."""
    return page(
        *(
            f'{(COST % number.json)[:-1]}, "line_item": "number {place}", "quantity": {number.json}}}'
            for place, number in enumerate(numbers)
        )
    )


@pytest.fixture(scope="module")
def query(numbers: list[Spelled]) -> Iterator[UsageQuery[Any, Any, Any]]:
    """What gives all of `numbers`."""
    with serving([body_of(numbers)]) as client:
        yield client.costs(start_time=0)


def test_all_are_exact_in_rows_and_sums(numbers: list[Spelled], query: Any, counts: Counter[str]) -> None:
    """Every zero is the same `0`; the sum has thousands of digits and every one of them."""
    rows = list(query.rows())
    records = query.to_records()
    assert [row.amount_value for row in rows] == [row.quantity for row in rows]
    assert [row.amount_value for row in rows] == [number.value for number in numbers]
    assert [record["amount_value"] for record in records] == [number.value for number in numbers]
    assert {str(row.amount_value) for row in rows if not row.amount_value} == {"0"}
    assert Fraction(sum_amounts(rows)["usd"]) == sum(Fraction(number.value) for number in numbers)
    counts["decimal128 values that were exact in rows and sums"] += len(rows)


@pytest.mark.parametrize("format", ["csv", "ndjson", "json"])
def test_all_are_exact_in_text(
    format: Any, numbers: list[Spelled], query: Any, tmp_path: Path, counts: Counter[str]
) -> None:
    """A zero is `0`, and no number is longer than it needs to be."""
    path = tmp_path / f"numbers.{format}"
    query.write(path)

    read = of_file(path, COSTS)

    for name in EXACT:
        assert [row[name] for row in read] == [number.value for number in numbers]
    assert all(len(text) <= PLAIN_AT_MOST for text in texts_in(path))
    assert {text for text in texts_in(path) if not Decimal(text)} == {"0"}
    counts[f"decimal128 values that were exact in {format}"] += len(read)


def texts_in(path: Path) -> list[str]:
    """The amounts in a file as they are written."""
    if path.suffix == ".csv":
        head, *lines = path.read_text().splitlines()
        place = head.split(",").index("amount_value")
        return [line.split(",")[place] for line in lines]
    text = path.read_text()
    rows = json.loads(text) if path.suffix == ".json" else map(json.loads, text.splitlines())
    return [row["amount_value"] for row in rows]


@pytest.mark.parametrize("decimals", HELD_BY)
@pytest.mark.parametrize("format", ["parquet", "arrow"])
def test_what_fits_is_exact_in_columns(
    decimals: Any, format: Any, numbers: list[Spelled], tmp_path: Path, counts: Counter[str]
) -> None:
    """As read fast, and as made of models."""
    fitting = [number for number in numbers if fits(number, decimals)]
    values = [number.value for number in fitting]
    with serving([body_of(fitting)]) as client:
        costs = client.costs(start_time=0)
        table = costs.to_arrow(decimals=decimals)
        costs.write(tmp_path / f"fast.{format}", decimals=decimals)
        write_buckets(list(costs), tmp_path / f"models.{format}", operation=COSTS, decimals=decimals)
    for name in EXACT:
        assert table[name].to_pylist() == values
        for way in ("fast", "models"):
            assert [row[name] for row in of_file(tmp_path / f"{way}.{format}", COSTS)] == values
    assert len(fitting) > COUNT / 3
    counts[f"decimal128 values that were exact in {format} as {decimals}"] += len(fitting)


@pytest.mark.parametrize("decimals", HELD_BY)
def test_what_does_not_fit_is_refused(decimals: Any, numbers: list[Spelled], counts: Counter[str]) -> None:
    """With the value, its row, and what holds it; nothing in the ordinary range of amounts is."""
    refused = [number for number in numbers if not fits(number, decimals)]
    assert len(refused) > COUNT / 3
    assert not any(number.is_ordinary for number in refused if number.fits(38, 27))
    bodies = [b""]
    query = serving(bodies).costs(start_time=0)
    ways: list[Callable[[], object]] = [
        lambda: query.to_arrow(decimals=decimals),
        lambda: query.write(io.BytesIO(), format="parquet", decimals=decimals),
        lambda: query.write(io.BytesIO(), format="arrow", decimals=decimals),
    ]
    for number, way in zip(refused, itertools.cycle(ways)):
        bodies[:] = [body_of([number])]
        with pytest.raises(InexactValueError) as caught:
            way()
        told = str(caught.value)
        column, text = told.partition(" does not fit ")[0].split(": ")
        assert column in EXACT
        assert Decimal(text) == number.value
        assert " exactly, in the row of 1970-01-01T00:00:00Z with line_item 'number 0'; pass " in told
        assert ('decimals="decimal256" or ' in told) is (number.fits(76, 50) and decimals == "decimal128")
        assert told.endswith('decimals="string", on the command line --decimals')
    counts[f"decimal128 values that {decimals} cannot hold and that were refused by name"] += len(refused)


def test_nothing_ordinary_is_refused(numbers: list[Spelled]) -> None:
    """Up to 8 digits before the point of an amount and 30 after it, by default."""
    ordinary = [number for number in numbers if number.is_ordinary]
    with serving([body_of(ordinary)]) as client:
        table = client.costs(start_time=0).to_arrow(columns=["amount_value"])
    assert table["amount_value"].to_pylist() == [number.value for number in ordinary]
    assert len(ordinary) > COUNT / 3


def test_what_fits_takes_the_fast_way(numbers: list[Spelled]) -> None:
    """In the default type, with powers of ten and zeros; from -10,000,000 down the sign counts as a digit."""
    body = body_of([number for number in numbers if fits(number, "decimal128") and number.value > -(10**7)])
    buckets = structs_in(body, COSTS).data
    columns = columns_of(COSTS)
    batch = BatchMaker(COSTS, columns, "decimal128").batch(
        Part(buckets, lambda: pytest.fail("the typed path was asked"))
    )
    assert batch.num_rows > COUNT / 3


def test_floats_beside_are_the_nearest(numbers: list[Spelled]) -> None:
    """In text, of every number that a float can be near to."""
    within = [number for number in numbers if abs(number.value) < GREATEST_FLOAT]
    stream = io.BytesIO()
    with serving([body_of(within)]) as client:
        client.costs(start_time=0).write(stream, format="ndjson", decimals="float64")
    rows = list(map(json.loads, stream.getvalue().splitlines()))
    for name in EXACT:
        assert [Decimal(row[name]) for row in rows] == [number.value for number in within]
        assert [row[f"{name}_float"] for row in rows] == [float(number.value) for number in within]
    assert len(within) > COUNT / 2


@pytest.mark.parametrize("format", ["csv", "ndjson", "json"])
def test_what_is_beyond_all_floats_is_refused(format: Any) -> None:
    """By name, and never written as infinity; without floats, the number is written."""
    with serving([body_of([Spelled(Decimal("-9E+999"), '"-9E+999"')])]) as client:
        query = client.costs(start_time=0)
        with pytest.raises(InexactValueError) as caught:
            query.write(io.BytesIO(), format=format, columns=["quantity"], decimals="float64")
        assert query.write(io.BytesIO(), format=format, columns=["quantity"]) == 1
    assert str(caught.value) == (
        "quantity_float: -9E+999 does not fit float64 exactly, in the row of 1970-01-01T00:00:00Z with "
        "line_item 'number 0'; leave decimals=\"float64\" out, on the command line --decimals"
    )


def fits(number: Spelled, decimals: str) -> bool:
    """Whether `decimals` hold it, as amount and as quantity."""
    return all(number.fits(*held) for held in HELD_BY[decimals])
