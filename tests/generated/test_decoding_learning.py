"""Fields that the document lacks: read slowly once, fast from then on, and never lost on either way."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from decimal import Decimal

import pytest

from openai_org_usage._generated import (
    UnknownFieldWarning,
    usage_code_interpreter_sessions,
    usage_costs,
    usage_decisions,
    usage_vector_stores,
)

from .pages import COST, page

STORE = '{"object": "organization.usage.vector_stores.result", "usage_bytes": %d%s}'
SESSION = '{"object": "organization.usage.code_interpreter_sessions.result", "num_sessions": 1%s}'
DECISION = (
    '{"object": "organization.usage.decisions.result", '
    '"num_model_requests": 1, "input_tokens": 1, "output_tokens": 1%s}'
)


def with_fields(body: bytes, *, page: str = "", bucket: str = "") -> bytes:
    """`body` with more members, as JSON that ends in a comma, on page and buckets."""
    body = body.replace(b'{"object": "page"', b"{" + page.encode() + b'"object": "page"')
    return body.replace(b'{"object": "bucket"', b"{" + bucket.encode() + b'"object": "bucket"')


def test_fields_come_and_go_from_page_to_page() -> None:
    """On some rows only, on buckets, on pages, and gone again: each page holds what it was sent."""
    plain, named = STORE % (1, ""), STORE % (2, ', "come": "P"')
    bodies = [
        page(plain, plain),
        page(plain, named),
        page(named, plain, STORE % (3, ', "go": null, "come": 0.10')),
        with_fields(page(plain), page='"on_page": [1.50], ', bucket='"on_bucket": {"a": 1}, '),
        with_fields(page(named), bucket='"on_bucket": "x", "come": 7, '),
        page(plain, plain),
    ]
    request = usage_vector_stores.request(start_time=0)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        pages = [request.decode(body) for body in bodies]
        again = [request.decode(body) for body in bodies]

    assert [p.to_dict() for p in pages] == [
        json.loads(body, parse_float=Decimal) for body in map(filled, bodies)
    ]
    assert pages == again
    assert [str(w.message).split(",")[0] for w in caught] == [
        "vector_stores: the API sent come",
        "vector_stores: the API sent go",
        "vector_stores: the API sent on_bucket",
    ]


def filled(body: bytes) -> bytes:
    """`body` of vector stores with the null that the models have where an optional field was not sent."""
    names = ("project_id", "organization_id", "organization_name", "project_name", "user_email")
    nulls = "".join(f'"{name}": null, ' for name in names).encode()
    in_bucket = b'"start_time_iso": null, "end_time_iso": null, "start_time"'
    return body.replace(b'"usage_bytes"', nulls + b'"usage_bytes"').replace(b'"start_time"', in_bucket)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a b",
        "é😀",
        "\x7f",
        'a"b',
        "a\\b",
        "a\nb",
        "\x00",
        "result",
        "_unknown_0",
        "_assign",
        "_kept",
        "object ",
        "model",
    ],
)
def test_a_field_of_any_name_is_kept_on_every_page(name: str) -> None:
    """Names that no attribute could have, or that look like ours, or like a documented one."""
    body = with_fields(page(DECISION % ""), bucket=f"{json.dumps(name)}: 0.50, ")
    request = usage_decisions.request(start_time=0)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        kept = [dict(request.decode(body).data[0].additional_properties) for _ in range(3)]

    assert kept == [{name: Decimal("0.50")}] * 3
    assert [w.category for w in caught] == [UnknownFieldWarning]


def test_more_names_than_are_learned_are_kept() -> None:
    """An API that sends other names on every page loses none of them, on whichever page."""
    bodies = [
        page(SESSION % "".join(f', "flood_{number}_{i}": {i}' for i in range(30))) for number in range(5)
    ]
    request = usage_code_interpreter_sessions.request(start_time=0)

    with pytest.warns(UnknownFieldWarning):
        read = [request.decode(body).data[0].results[0] for body in bodies * 2]

    assert [dict(result.additional_properties) for result in read] == [
        {f"flood_{number}_{i}": i for i in range(30)} for number in range(5)
    ] * 2


def test_a_learned_field_does_not_stand_for_a_documented_one() -> None:
    """`result` beside `results` is unknown; on the next page, alone, it is the old spelling again."""
    request = usage_costs.request(start_time=0)
    both = with_fields(page(COST % "1"), bucket='"result": [], ')

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownFieldWarning)
        first = request.decode(both)
        second = request.decode(page(COST % "1", key="result"))

    assert dict(first.data[0].additional_properties) == {"result": []}
    assert (dict(second.data[0].additional_properties), second.data[0].results) == ({}, first.data[0].results)


def test_a_learned_field_announced_as_an_error_is_kept_on_the_next_page() -> None:
    """With warnings as errors the first page is refused once, by the warning itself."""
    body = page(DECISION % ', "stern": 1')
    request = usage_decisions.request(start_time=0)

    with pytest.raises(UnknownFieldWarning, match="stern"):
        request.decode(body)

    assert dict(request.decode(body).data[0].results[0].additional_properties) == {"stern": 1}


def test_a_page_with_learned_fields_is_read_as_fast_as_one_without() -> None:
    """Python calls no function for each row: not to make its model, and not to look for fields."""
    request = usage_decisions.request(start_time=0)
    plain = page(*[DECISION % ""] * 100)
    extended = with_fields(page(*[DECISION % ', "swift": "x", "fleet": [1]'] * 100), bucket='"quick": 1, ')
    with pytest.warns(UnknownFieldWarning, match="fleet, quick, swift"):
        first = calls_in(request.decode, extended)
    with pytest.warns(UnknownFieldWarning, match="later"):
        request.decode(page(DECISION % ', "later": 1'))

    calls = [calls_in(request.decode, body) for body in (plain, extended)]

    assert max(calls) < 100, calls
    assert first > 500


def calls_in(decode: Callable[[bytes], object], body: bytes) -> int:
    """How many Python functions decoding `body` calls."""
    calls: list[str] = []
    sys.setprofile(lambda frame, event, _: calls.append(frame.f_code.co_name) if event == "call" else None)
    try:
        decode(body)
    finally:
        sys.setprofile(None)
    return len(calls)
