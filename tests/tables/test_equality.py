"""What is read fast is what is read typed, whatever the body is like."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from decimal import Context, Decimal
from random import Random
from typing import Any

import msgspec
import pytest

from openai_org_usage import OPERATIONS, Operation, Request
from openai_org_usage.errors import (
    InexactValueError,
    InvalidParameterError,
    OpenAIUsageError,
    UnknownFieldWarning,
    UnknownResultWarning,
)
from openai_org_usage.tables.batches import BatchMaker, Part
from openai_org_usage.tables.bodies import PageReader
from openai_org_usage.tables.columns import columns_of

from ..generated.pages import COST, TOKENS, cost, page
from ..generated.test_decoding_refusals import NO_NUMBER, NO_PAGE
from .bodies import ODD_NUMBERS, Bodies
from .reading import Records, of_table, serving

LONG = os.environ.get("CONTRACT") == "long"
CASES = 10_000 if LONG else 240


def both_ways(name: str, bodies: list[bytes]) -> tuple[Records | str, Records | str]:
    """The records of `bodies` on the columnar path and on the typed one; or the text of the error."""
    with serving(bodies) as client, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        query = getattr(client, name)(start_time=0)
        return read(lambda: of_table(query.to_arrow())), read(query.to_records)


def read(way: Callable[[], Records]) -> Records | str:
    try:
        return way()
    except OpenAIUsageError as error:
        return f"{type(error).__name__}: {error}"


def request_of(operation: Operation) -> Request[Any, Any, Any]:
    return Request(operation, (("start_time", 0),))


def has_buckets(body: bytes) -> bool:
    return b"bucket" in body


@pytest.mark.parametrize("oddity", [0.0, 0.02, 0.2])
def test_random_pages_read_alike(oddity: float) -> None:
    """Every endpoint; strings, numbers, nulls and what is missing; unknown fields and results."""
    random = Random(f"alike {oddity}")
    rows = 0
    for _ in range(CASES // 3):
        operation = random.choice(list(OPERATIONS.values()))
        bodies = Bodies(operation, random, oddity=oddity).pages(random.randrange(1, 4))
        columnar, typed = both_ways(operation.name, bodies)
        assert columnar == typed, (operation.name, bodies)
        rows += len(typed)
    assert rows > CASES


def test_documented_pages_take_the_fast_way() -> None:
    """Else the comparison above would compare the typed path with itself."""
    random = Random("fast")
    for operation in OPERATIONS.values():
        reader = PageReader(operation)
        maker = BatchMaker(operation, columns_of(operation), "decimal128")
        for body in filter(has_buckets, Bodies(operation, random).pages(9)):
            page = reader(request_of(operation), body)
            maker.batch(Part(page.data, lambda: pytest.fail("the typed path was asked")))
            assert all(isinstance(bucket, msgspec.Struct) for bucket in page.data)


def test_unknown_fields_are_read_fast_from_the_second_page_on() -> None:
    """The real API sends fields that the document lacks on every page."""
    operation = OPERATIONS["costs"]
    bodies = [
        page(f'{(COST % "1")[:-1]}, "first_seen_here": {value}}}') for value in ('"P"', "null", "[1.50]")
    ]
    reader = PageReader(operation)
    request = request_of(operation)

    with pytest.warns(UnknownFieldWarning, match="first_seen_here"):
        pages = [reader(request, body) for body in bodies]

    assert [isinstance(page, msgspec.Struct) for page in pages] == [False, True, True]


@pytest.mark.parametrize("what", NO_PAGE)
def test_what_is_no_page_is_refused_alike(what: str) -> None:
    """With the same error."""
    columnar, typed = both_ways("completions", [NO_PAGE[what][0]])
    assert isinstance(columnar, str)
    assert columnar == typed


@pytest.mark.parametrize("amount", NO_NUMBER, ids=lambda amount: str(amount)[:30])
def test_what_is_no_amount_is_refused_alike(amount: str) -> None:
    """Not a number, infinities, absurd sizes."""
    columnar, typed = both_ways("costs", [cost(amount)])
    assert isinstance(columnar, str)
    assert columnar == typed


@pytest.mark.parametrize(
    "amount", [*ODD_NUMBERS, "1E-30", '"1e-30"', '"null"', '"nul"', "null", '"1", "value": 2']
)
def test_odd_amounts_are_read_alike(amount: str) -> None:
    """Whatever Decimal reads; what it does not read is refused."""
    columnar, typed = both_ways("costs", [page(COST % amount, COST % "1.5", COST % "null")])
    assert columnar == typed


def test_results_of_unknown_types_are_rows_of_their_own() -> None:
    """Their tag stands in `object`, all they have in `additional_properties`; no number is made up."""
    other = '{"object": "organization.usage.first_seen_here.result", "input_tokens": 5, "cost": 0.10}'
    with serving([page(TOKENS % "", other)]) as client, pytest.warns(UnknownResultWarning):
        table = client.completions(start_time=0).to_arrow()

    known, unknown = of_table(table)
    assert known["object"] == "organization.usage.completions.result"
    assert {name: value for name, value in unknown.items() if value is not None} == {
        "start_time": known["start_time"],
        "end_time": known["end_time"],
        "object": "organization.usage.first_seen_here.result",
        "additional_properties": {"input_tokens": 5, "cost": Decimal("0.10")},
    }


TOO_LONG = {
    "decimal128": ["123456789", "0.0000000000000000000000000000001", '"1e-31"', "-100000000.5", "1e99"],
    "decimal256": ["1e38", "1e-39", '"-1e99"'],
}


@pytest.mark.parametrize(("decimals", "amount"), [(d, a) for d, amounts in TOO_LONG.items() for a in amounts])
def test_an_amount_that_does_not_fit_is_refused(decimals: Any, amount: str) -> None:
    """Never rounded; the error names column and value and what to ask for; text holds any amount."""
    with serving([cost(amount)]) as client:
        query = client.costs(start_time=0)
        with pytest.raises(InexactValueError, match=r'amount_value: .* decimals="decimal256"') as caught:
            query.to_arrow(decimals=decimals)
        (value,) = query.to_arrow(decimals="string")["amount_value"].to_pylist()
    assert caught.value.column == "amount_value"
    assert Decimal(value) == Decimal(amount.strip('"'))
    assert "e" not in value.lower()


@pytest.mark.parametrize(
    "amount", ["99999999.999999999999999999999999999999", '"-0.000000000000000000000000000001"']
)
def test_an_amount_that_just_fits_is_exact(amount: str) -> None:
    """38 digits, 30 after the point; and the whole of them again in 256 bits."""
    with serving([cost(amount)]) as client:
        query = client.costs(start_time=0)
        values = [query.to_arrow(decimals=d)["amount_value"][0].as_py() for d in ("decimal128", "decimal256")]
    assert values == [Decimal(amount.strip('"'))] * 2


@pytest.mark.parametrize("seed", range(40 if LONG else 2))
def test_no_number_of_digits_makes_another_amount(seed: int) -> None:
    """Arrow 26 itself reads what is too long as another number, from text and from Decimal alike."""
    random = Random(seed)
    fitting = 0
    for _ in range(150):
        whole, fraction = (random.choice([0, 1, 7, 8, 9, 20, 38, 39, 76]) for _ in range(2))
        digits = (
            "".join(random.choices("0123456789", k=whole + 1)),
            "".join(random.choices("09", k=fraction + 1)),
        )
        numeral = random.choice(["", "-"]) + str(int(digits[0])) + "." + digits[1]
        with serving([cost(random.choice([numeral, f'"{numeral}"']))]) as client:
            try:
                value = client.costs(start_time=0).to_arrow()["amount_value"][0].as_py()
            except InexactValueError:
                assert fits(Decimal(numeral)) is False
            else:
                assert value == Decimal(numeral)
                fitting += 1
    assert 0 < fitting < 150


def fits(value: Decimal) -> bool:
    return abs(value) < 10**8 and value == value.quantize(Decimal("1e-30"), context=Context(prec=100))


def test_trailing_zeros_take_no_room() -> None:
    """As in 123456789012 with 30 zeros after the point, which is an amount of 12 digits."""
    with serving(
        [page('{"object": "organization.costs.result", "quantity": "12345678901.%s"}' % ("0" * 30))]
    ) as client:
        table = client.costs(start_time=0).to_arrow()
    assert table["quantity"].to_pylist() == [Decimal(12345678901)]


def test_a_count_that_does_not_fit_is_refused() -> None:
    """64 bits hold every real one."""
    with serving([page(TOKENS.replace(": 1,", ": 9223372036854775808,") % "")]) as client:
        with pytest.raises(InexactValueError, match="input_tokens: 9223372036854775808 has more digits"):
            client.completions(start_time=0).to_arrow()
        assert client.completions(start_time=0).to_records()[0]["input_tokens"] == 2**63


def test_another_kind_of_decimals_is_refused() -> None:
    """Such as binary floats, which would not be exact."""
    wrong: Any = "float64"
    with serving([cost("1")]) as client, pytest.raises(InvalidParameterError, match="decimals is one of"):
        client.costs(start_time=0).to_arrow(decimals=wrong)
