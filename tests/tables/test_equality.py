"""What is read fast is what is read typed, whatever the body is like."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Callable
from decimal import Context, Decimal
from random import Random
from typing import Any

import msgspec
import pytest

from openai_org_usage import OPERATIONS, Operation
from openai_org_usage._generated import decode_structs
from openai_org_usage.errors import (
    InexactValueError,
    InvalidParameterError,
    OpenAIUsageError,
    UnknownFieldWarning,
    UnknownResultWarning,
)
from openai_org_usage.tables.batches import BatchMaker, Part
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


def structs_in(body: bytes, operation: Operation) -> Any:
    """The page in `body`, of structs if it is as documented."""
    return decode_structs(operation.page_type, body, operation=operation.name)


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
        maker = BatchMaker(operation, columns_of(operation), "decimal128")
        for body in filter(has_buckets, Bodies(operation, random).pages(9)):
            page = structs_in(body, operation)
            maker.batch(Part(page.data, lambda: pytest.fail("the typed path was asked")))
            assert all(isinstance(bucket, msgspec.Struct) for bucket in page.data)


@pytest.mark.parametrize("zero", ['"0E-6176"', '"-0E+6111"', "0E-30", "0", "0.0", "-0", '"0.00"'])
def test_zeros_take_the_fast_way_and_are_zero(zero: str) -> None:
    """The API sends them with 6,176 decimals. So are amounts with powers of ten read fast."""
    operation = OPERATIONS["costs"]
    body = page(COST % zero, COST % '"4.2e-05"', COST % '"1.5E+2"', COST % "null", COST % '"0E-6176"')
    buckets = structs_in(body, operation).data
    maker = BatchMaker(operation, columns_of(operation), "decimal128")

    batch: Any = maker.batch(Part(buckets, lambda: pytest.fail("the typed path was asked")))

    values = batch.column("amount_value").to_pylist()
    assert values == [Decimal(0), Decimal("0.000042"), Decimal(150), None, Decimal(0)]
    with serving([body]) as client:
        texts = client.costs(start_time=0).to_arrow(decimals="string")["amount_value"].to_pylist()
    assert texts == ["0", "0.000042", "150", None, "0"]


def test_unknown_fields_are_read_fast_from_the_second_page_on() -> None:
    """The real API sends fields that the document lacks on every page."""
    operation = OPERATIONS["costs"]
    bodies = [
        page(f'{(COST % "1")[:-1]}, "first_seen_here": {value}}}') for value in ('"P"', "null", "[1.50]")
    ]

    with pytest.warns(UnknownFieldWarning, match="first_seen_here"):
        pages = [structs_in(body, operation) for body in bodies]

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


NO_DECIMAL = [
    '"1e"',
    '"e5"',
    '"1e1.5"',
    '"1e٣"',
    '"1E-99999"',
    '"1e5e5"',
    '"1+2"',
    '"1e+-2"',
    '"null"',
    '"nul"',
]


@pytest.mark.parametrize("amount", [*ODD_NUMBERS, *NO_DECIMAL, "1E-30", '"1e-30"', "null", '"1", "value": 2'])
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
    "decimal128": ["123456789", "0.0000000000000000000000000000001", '"1e-31"', "-100000000.5", '"1E+25"'],
    "decimal256": ["1e26", "1e-51", '"-1e99"', '"1.5E-4000"', '"-9E+6111"', '"1E-6176"'],
}
WAY_OUT = {
    "decimal128": 'pass decimals="decimal256" or decimals="string", on the command line --decimals',
    "decimal256": 'pass decimals="string", on the command line --decimals',
}
GROUPED = (COST % "%s")[:-1] + ', "line_item": "gpt, input", "project_id": "proj_\x1b", "quantity": 1}'


@pytest.mark.parametrize(("decimals", "amount"), [(d, a) for d, amounts in TOO_LONG.items() for a in amounts])
def test_an_amount_that_does_not_fit_is_refused(decimals: Any, amount: str) -> None:
    """Never rounded; the error names column, value, row and what to ask for; text holds any amount."""
    own = "decimal128(38, 30)" if decimals == "decimal128" else "decimal256(76, 50)"
    body = page(COST % "1", GROUPED.replace("\x1b", "\\u001b") % amount)
    with serving([body]) as client:
        query = client.costs(start_time=0)
        with pytest.raises(InexactValueError) as caught:
            query.to_arrow(decimals=decimals)
        _, value = query.to_arrow(decimals="string")["amount_value"].to_pylist()
    assert str(caught.value) == (
        f"amount_value: {value} does not fit {own} exactly, in the row of 1970-01-01T00:00:00Z with "
        rf"line_item 'gpt, input', project_id 'proj_\x1b'; {WAY_OUT[decimals]}"
    )
    assert caught.value.column == "amount_value"
    assert Decimal(value) == Decimal(amount.strip('"'))
    assert len(value) <= 78


def test_a_quantity_that_does_not_fit_is_refused_alike() -> None:
    """Its column has 11 digits before the point; the row has no other name than its bucket here."""
    body = page('{"object": "organization.costs.result", "quantity": 123456789012}')
    with serving([body]) as client, pytest.raises(InexactValueError) as caught:
        client.costs(start_time=0).to_arrow()
    assert str(caught.value) == (
        "quantity: 123456789012 does not fit decimal128(38, 27) exactly, in the row of "
        f"1970-01-01T00:00:00Z; {WAY_OUT['decimal128']}"
    )


RECORDED = ["0.000012345678901234567890123456789012345", '"-1.5E-39"', '"99999999999999999999999999"']


@pytest.mark.parametrize("amount", RECORDED)
def test_256_bits_hold_what_has_been_recorded(amount: str) -> None:
    """39 digits after the point, and 26 before it; in text without an exponent."""
    with serving([cost(amount)]) as client:
        query = client.costs(start_time=0)
        (value,) = query.to_arrow(decimals="decimal256")["amount_value"].to_pylist()
        (text,) = query.to_arrow(decimals="string")["amount_value"].to_pylist()
    assert value == Decimal(text) == Decimal(amount.strip('"'))
    assert set(text) <= set("-.0123456789")


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
        with pytest.raises(
            InexactValueError,
            match=r"input_tokens: 9223372036854775808 does not fit int64 exactly, .* CSV and JSON hold it",
        ):
            client.completions(start_time=0).to_arrow()
        assert client.completions(start_time=0).to_records()[0]["input_tokens"] == 2**63


@pytest.mark.parametrize("wrong", ["float32", "decimal", None])
def test_another_kind_of_decimals_is_refused(wrong: Any) -> None:
    """By Arrow, and by text, which holds any number."""
    reason = "decimals is one of decimal128, decimal256, string, float64, not"
    with serving([cost("1")]) as client:
        query = client.costs(start_time=0)
        with pytest.raises(InvalidParameterError, match=reason):
            query.to_arrow(decimals=wrong)
        with pytest.raises(InvalidParameterError, match=reason):
            query.write(io.BytesIO(), format="csv", decimals=wrong)
