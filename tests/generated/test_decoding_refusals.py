"""Bodies that are no page: each is refused with our own error, which names the place."""

from __future__ import annotations

import pickle
import traceback

import pytest

from openai_org_usage._generated import (
    ResponseDecodeError,
    usage_audio_transcriptions,
    usage_completions,
    usage_costs,
)

from .pages import COST, TOKENS, around, cost, page, spoilt, tokens

FIRST = "$.data[0].results[0]"
START = '"start_time": 0'
TAG = '"organization.usage.completions.result"'
NINES = "9" * 5000

NO_PAGE: dict[str, tuple[bytes, str, str]] = {
    "empty": (b"", "$", "the body is empty"),
    "blank": (b" \r\n\t", "$", "the body is empty"),
    "HTML": (b"<!DOCTYPE html><html>", "$", "a web page, not JSON"),
    "HTML after a blank line": (b"\n<html>", "$", "a web page, not JSON"),
    "text": (b"upstream connect error", "$", "malformed"),
    "truncated at the end": (tokens()[:-1], "$", "truncated"),
    "truncated in a key": (tokens()[:30], "$", "truncated"),
    "one byte": (tokens()[:1], "$", "truncated"),
    "two pages": (tokens() * 2, "$", "trailing characters"),
    "bad UTF-8 in a value": (tokens().replace(b"usage", b"us\xffge"), "$", "utf-8"),
    "bad UTF-8 in a key": (tokens().replace(b"has_more", b"has\xff_more"), "$", "utf-8"),
    "half a surrogate pair": (tokens(', "model": "\\ud800"'), "$", "surrogate"),
    "UTF-16": (tokens().decode().encode("utf-16"), "$", "malformed"),
    "a byte order mark": (b"\xef\xbb\xbf" + tokens(), "$", "malformed"),
    "null": (b"null", "$", "Expected `object`, got `null`"),
    "a number": (b"1", "$", "Expected `object`, got `int`"),
    "an array": (b"[]", "$", "Expected `object`, got `array`"),
    "an array of pages": (b"[" + tokens() + b"]", "$", "Expected `object`, got `array`"),
    "an empty object": (b"{}", "$", "missing required field"),
    "an error body": (b'{"error": {"message": "no"}}', "$", "although its status is 200: no"),
    "another object": (spoilt('"page"', '"list"'), "$.object", "'list'"),
    "no data": (spoilt('"data"', '"date"'), "$", "`data`"),
    "data null": (around("null"), "$.data", "got `null`"),
    "data an object": (around("{}"), "$.data", "got `object`"),
    "no has_more": (spoilt('"has_more"', '"has_less"'), "$", "`has_more`"),
    "has_more a number": (page(more="1"), "$.has_more", "Expected `bool`, got `int`"),
    "has_more a string": (page(more='"false"'), "$.has_more", "Expected `bool`, got `str`"),
    "has_more null": (page(more="null"), "$.has_more", "Expected `bool`, got `null`"),
    "no next_page": (spoilt('"next_page"', '"next"'), "$", "`next_page`"),
    "next_page a number": (page(more="true", cursor="7"), "$.next_page", "got `int`"),
    "next_page false": (page(cursor="false"), "$.next_page", "got `bool`"),
    "next_page an object": (page(cursor="{}"), "$.next_page", "got `object`"),
    "a bucket null": (around("[null]"), "$.data[0]", "got `null`"),
    "another bucket": (spoilt('"bucket"', '"basket"'), "$.data[0].object", "'basket'"),
    "no start": (spoilt(START + ", ", ""), "$.data[0]", "`start_time`"),
    "start a string": (spoilt(START, '"start_time": "0"'), "$.data[0].start_time", "got `str`"),
    "start null": (spoilt(START, '"start_time": null'), "$.data[0].start_time", "got `null`"),
    "start fractional": (spoilt(START, '"start_time": 0.5'), "$.data[0].start_time", "Expected `int`"),
    "start true": (spoilt(START, '"start_time": true'), "$.data[0].start_time", "got `bool`"),
    "start of 5000 digits": (spoilt(START, f'"start_time": {NINES}'), "$.data[0].start_time", "out of range"),
    "start 1e400": (spoilt(START, '"start_time": 1e400'), "$.data[0].start_time", "Expected `int`"),
    "start NaN": (spoilt(START, '"start_time": NaN'), "$", "malformed"),
    "no results": (spoilt('"results"', '"rows"'), "$.data[0]", "`results`"),
    "results null": (page().replace(b"[]", b"null"), "$.data[0].results", "got `null`"),
    "results an object": (page().replace(b"[]", b"{}"), "$.data[0].results", "got `object`"),
    "a result null": (page("null"), FIRST, "got `null`"),
    "a result an array": (page("[]"), FIRST, "got `array`"),
    "a result without tag": (spoilt('"object": ' + TAG + ", ", ""), FIRST, "`object`"),
    "a tag null": (spoilt(TAG, "null"), f"{FIRST}.object", "got `null`"),
    "a tag a number": (spoilt(TAG, "5"), f"{FIRST}.object", "got `int`"),
    "a member missing": (spoilt('"input_tokens": 1, ', ""), FIRST, "`input_tokens`"),
    "the second result": (
        page(TOKENS % "", TOKENS % ', "model": 1'),
        "$.data[0].results[1].model",
        "got `int`",
    ),
    "a count null": (spoilt(": 1,", ": null,"), f"{FIRST}.input_tokens", "got `null`"),
    "a count a string": (spoilt(": 1,", ': "1",'), f"{FIRST}.input_tokens", "got `str`"),
    "a count fractional": (spoilt(": 1,", ": 1.5,"), f"{FIRST}.input_tokens", "Expected `int`"),
    "a count of 5000 digits": (spoilt(": 1,", f": {NINES},"), f"{FIRST}.input_tokens", "out of range"),
    "a count of 1e30": (spoilt(": 1,", ": 1e30,"), f"{FIRST}.input_tokens", "Expected `int`"),
    "a model a list": (tokens(', "model": ["a"]'), f"{FIRST}.model", "got `array`"),
    "batch a word": (tokens(', "batch": "yes"'), f"{FIRST}.batch", "got `str`"),
    "batch a number": (tokens(', "batch": 1'), f"{FIRST}.batch", "got `int`"),
    "an error in words": (b'{"error": "too busy"}', "$", "although its status is 200: too busy"),
    "an error object": (b'{"error": {"message": "too busy"}}', "$", "although its status is 200: too busy"),
    "a gateway's detail": (b'{"detail": "too busy"}', "$", "although its status is 200: too busy"),
    "nested arrays": (b"[" * 100_000, "$", "nested too deeply"),
    "nested objects": (b'{"data":' * 100_000, "$", "nested too deeply"),
    "nested unknown": (tokens(f', "news": {"[" * 100_000}{"]" * 100_000}'), "$", "nested too deeply"),
    "an unknown of 5000 digits": (tokens(f', "news": {NINES}'), "$", "out of range"),
    "an unknown of a huge exponent": (tokens(', "news": 1e99999999999999999999'), "$", "out of range"),
}


@pytest.mark.usefixtures("without_collection")
@pytest.mark.parametrize("what", NO_PAGE)
def test_what_is_no_page_is_refused(what: str) -> None:
    """The error names the operation, the JSON path and the reason, and is ours."""
    body, path, reason = NO_PAGE[what]

    with pytest.raises(ResponseDecodeError) as caught:
        usage_completions.request(start_time=0).decode(body)

    assert (caught.value.operation, caught.value.json_path) == ("completions", path)
    assert str(caught.value).startswith(f"completions: cannot read the answer at {path}: ")
    assert reason in str(caught.value)


LENIENT = [
    *("1_000", "_1", "1_", "1__0", "1.5_0", "1E1_0", "1_0e5"),
    *(
        " 1.0 ",
        " 1",
        "1 ",
        "- 1",
        "1 000",
        "\\t1",
        "1\\n",
        "\\u00a01",
        "1\\u2003",
        "\\u20281",
        "1\\u001f",
        "1\\u0085",
    ),
    *(
        "\uff11\uff0e\uff15",
        "\uff11",
        "1.\uff15",
        "\u0661\u0662",
        "1\u0661",
        "\u0967",
        "1e\uff12",
        "\\u0661",
        "\U0001d7ce",
    ),
    *("sNaN12", "NaN123", "+NaN", "+Inf", "-inf", "iNfInItY", " NaN"),
]
"""Texts that `Decimal` reads, and neither JSON nor IEEE 754 knows."""
WRONG = [
    "",
    ".",
    "+",
    "-",
    "e",
    "e5",
    "1e",
    "1E+",
    "1,000",
    "1.2.3",
    "--1",
    "+-1",
    "1e5.5",
    "0x10",
    "0b1",
    "1/2",
    "1e5e5",
]
NO_NUMBER = {
    "NaN": "$",
    "Infinity": "$",
    "-Infinity": "$",
    "+1": "$",
    ".5": "$",
    "0x10": "$",
    '"NaN"': f"{FIRST}.amount.value",
    '"nan"': f"{FIRST}.amount.value",
    '"-NaN"': f"{FIRST}.amount.value",
    '"sNaN"': f"{FIRST}.amount.value",
    '"Infinity"': f"{FIRST}.amount.value",
    '"-infinity"': f"{FIRST}.amount.value",
    '"inf"': f"{FIRST}.amount.value",
    "1e6145": f"{FIRST}.amount",
    '"1e6145"': f"{FIRST}.amount",
    '"-1E+6145"': f"{FIRST}.amount",
    "1e-6177": f"{FIRST}.amount",
    '"1.5E-6176"': f"{FIRST}.amount",
    f'"1.{"2" * 34}E+1000"': f"{FIRST}.amount",
    "1e99999999999999999999": f"{FIRST}.amount.value",
    '"1e99999999999999999999"': f"{FIRST}.amount.value",
    NINES: f"{FIRST}.amount",
    f'"{NINES}"': f"{FIRST}.amount",
    '""': f"{FIRST}.amount.value",
    '"1,5"': f"{FIRST}.amount.value",
    '"$1"': f"{FIRST}.amount.value",
    '"0x10"': f"{FIRST}.amount.value",
    "true": f"{FIRST}.amount.value",
    "[1]": f"{FIRST}.amount.value",
    "{}": f"{FIRST}.amount.value",
    **{f'"{text}"': f"{FIRST}.amount.value" for text in (*LENIENT, *WRONG)},
}


@pytest.mark.parametrize("amount", NO_NUMBER, ids=lambda amount: str(amount)[:30])
@pytest.mark.parametrize("field", ["", "news", "learned_news"])
@pytest.mark.filterwarnings("ignore::openai_org_usage._generated.UnknownFieldWarning")
def test_what_is_no_finite_amount_is_refused(amount: str, field: str) -> None:
    """Not a number, infinities and absurd sizes are errors in any spelling, whichever way it is read."""
    spelt = f'"{field}": 1, "object": "page"'.encode() if field else b'"object": "page"'
    request = usage_costs.request(start_time=0)
    if field == "learned_news":
        request.decode(cost("1").replace(b'"object": "page"', spelt, 1))

    with pytest.raises(ResponseDecodeError) as caught:
        request.decode(cost(amount).replace(b'"object": "page"', spelt, 1))

    assert (caught.value.operation, caught.value.json_path) == ("costs", NO_NUMBER[amount])


@pytest.mark.parametrize("text", [*LENIENT, *WRONG])
def test_every_exact_number_is_checked_like_an_amount(text: str) -> None:
    """Quantities and seconds, too, and amid others that can be read; the path says which it is."""
    second = f'{{"object": "organization.costs.result", "quantity": "{text}"}}'
    tag = "organization.usage.audio_transcriptions.result"
    seconds = f'{{"object": "{tag}", "num_model_requests": 1, "seconds": "{text}"}}'

    with pytest.raises(ResponseDecodeError) as quantity:
        usage_costs.request(start_time=0).decode(page(COST % '"1"', second, COST % "null"))
    with pytest.raises(ResponseDecodeError) as duration:
        usage_audio_transcriptions.request(start_time=0).decode(page(seconds))

    assert quantity.value.json_path == "$.data[0].results[1].quantity"
    assert duration.value.json_path == "$.data[0].results[0].seconds"


def test_a_required_number_is_not_null() -> None:
    """Whatever the way it is read."""
    tag = "organization.usage.audio_transcriptions.result"
    body = page(f'{{"object": "{tag}", "num_model_requests": 1, "seconds": null}}')

    with pytest.raises(ResponseDecodeError) as caught:
        usage_audio_transcriptions.request(start_time=0).decode(body)

    assert caught.value.json_path == "$.data[0].results[0].seconds"


def test_the_error_holds_nothing_of_the_body() -> None:
    """Neither message nor causes nor frames of the traceback below the call keep the body."""
    canary = "canary-in-the-body"
    body = tokens(f', "project_id": "{canary}", "model": 7')

    with pytest.raises(ResponseDecodeError) as caught:
        usage_completions.request(start_time=0).decode(body)

    assert canary not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__cause__ is not None
    assert caught.value.__cause__.__traceback__ is None
    assert caught.value.__context__ is None


def test_the_error_survives_pickling() -> None:
    """An error from a worker process keeps operation and path."""
    with pytest.raises(ResponseDecodeError) as caught:
        usage_costs.request(start_time=0).decode(b"")

    copy = pickle.loads(pickle.dumps(caught.value))

    assert (copy.operation, copy.json_path, str(copy)) == ("costs", "$", str(caught.value))
