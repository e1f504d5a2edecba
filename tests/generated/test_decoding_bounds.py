"""What a server sends new for ever: announced and learned up to a bound, and never lost from the data."""

from __future__ import annotations

import gc
import json
import tracemalloc
import warnings
from collections.abc import Callable

import pytest

from openai_org_usage._generated import (
    CostsPage,
    UnknownFieldWarning,
    UnknownResultWarning,
    decode_structs,
    usage_audio_speeches,
    usage_costs,
    usage_file_search_calls,
    usage_images,
    usage_web_search_calls,
)

from .pages import COST, page

PAGES, NAMES, LENGTH = 60, 100, 150
"""Of names alone 900 kB, for each place that they stand in."""
ALLOWED = 1_200_000
"""Bytes that may stay: 1,000 names for each of two kinds, 64 learned for each place, and their structs."""


def flood(number: int, *, length: int = LENGTH) -> str:
    """Members with names that no page before had, as JSON that ends in a comma."""
    return "".join(f'"{number}_{place}_{"x" * length}": {place}, ' for place in range(NAMES))


def flooded(number: int) -> bytes:
    """A page with such members everywhere, and results of kinds that no page before had."""
    more = flood(number)
    amount = f'{{{more}"value": "1", "currency": "usd"}}'
    known = f'{{{more}"object": "organization.costs.result", "amount": {amount}}}'
    others = [f'{{"object": "{number}_{place}_{"y" * LENGTH}"}}' for place in range(NAMES)]
    body = page(known, *others)
    return body.replace(b'"object": "bucket"', more.encode() + b'"object": "bucket"')


def ignored(*_: object, **__: object) -> None:
    """Show no warning; Python remembers that it came all the same."""


def growth(read: Callable[[bytes], object]) -> int:
    """By how many bytes the process has grown when `PAGES` flooded pages have been read and let go."""
    read(page(COST % "1"))
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.showwarning = ignored
            for number in range(PAGES):
                read(flooded(number))
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("way", ["models", "columns"])
def test_no_table_grows_with_what_a_server_sends(way: str) -> None:
    """Names announced, names learned, decoders made for them, and Python's own memory of warnings."""
    request = usage_costs.request(start_time=0)
    read: dict[str, Callable[[bytes], object]] = {
        "models": request.decode,
        "columns": lambda body: decode_structs(CostsPage, body, operation="costs"),
    }
    grown = growth(read[way])
    assert grown < ALLOWED, f"{grown:,} bytes"


def test_names_are_announced_up_to_a_bound() -> None:
    """A thousand for an operation; the last warning says that there are no more. The data has them all."""
    request = usage_web_search_calls.request(start_time=0)
    tag = '"object": "organization.usage.web_searches.result"'
    bodies = [
        page(f'{{{flood(number, length=3)}{tag}, "num_requests": 1, "num_model_requests": 1}}')
        for number in range(12)
    ]

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        kept = [request.decode(body).data[0].results[0].additional_properties for body in bodies]

    told = [warning.message for warning in caught]
    assert all(isinstance(warning, UnknownFieldWarning) for warning in told)
    assert [len(names_of(warning)) for warning in told] == [NAMES] * 10
    assert ["no further ones are announced" in str(warning) for warning in told] == [False] * 9 + [True]
    assert [len(members) for members in kept] == [NAMES] * 12


def test_a_page_of_100_000_names_is_one_short_warning() -> None:
    """A page may have as many as its size allows: none of them is dropped, and few are shown."""
    request = usage_audio_speeches.request(start_time=0)
    names = "".join(f'"n{number}": 0, ' for number in range(100_000))
    tag = "organization.usage.audio_speeches.result"
    body = page(f'{{{names}"object": "{tag}", "characters": 1, "num_model_requests": 1}}')
    with pytest.warns(UnknownFieldWarning) as caught:
        read = request.decode(body)
    (warning,) = (warning.message for warning in caught)
    assert len(read.data[0].results[0].additional_properties) == 100_000
    assert len(names_of(warning)) == 1_000
    assert len(str(warning)) < 600
    assert "n0, n1, n10, " in str(warning)
    assert " and 980 more, unknown fields" in str(warning)


def test_kinds_of_results_are_bounded_as_names_are() -> None:
    """Each is kept whole in its bucket."""
    request = usage_file_search_calls.request(start_time=0)
    results = [f'{{"object": "kind {number}"}}' for number in range(1_500)]
    with pytest.warns(UnknownResultWarning, match="no further ones") as caught:
        (bucket,) = request.decode(page(*results)).data
    assert [len(names_of(warning.message)) for warning in caught] == [1_000]
    assert len(bucket.unknown_results) == 1_500


def test_what_a_warning_shows_is_short_and_steers_no_terminal() -> None:
    """Of a megabyte of escapes, sixty characters without any; nor what looks like a key."""
    request = usage_images.request(start_time=0)
    name = json.dumps("\x1b[2J\x07\u202e" + "z" * 1_000_000)
    key = "sk-admin-0123456789abcdef"
    body = page(
        f'{{{name}: 1, "{key}": 2, "object": "organization.usage.images.result", "images": 1, '
        '"num_model_requests": 1}'
    )
    with pytest.warns(UnknownFieldWarning) as caught:
        request.decode(body)
    (told,) = (str(warning.message) for warning in caught)
    assert told.isprintable()
    assert "\\x1b[2J" in told
    assert key not in told
    assert len(told) < 400


def names_of(warning: object) -> tuple[str, ...]:
    """What the warning names."""
    assert isinstance(warning, (UnknownFieldWarning, UnknownResultWarning))
    return warning.names
