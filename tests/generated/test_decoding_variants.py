"""What is read although the document does not say it, and what is kept and announced."""

from __future__ import annotations

import json
import warnings
from decimal import Decimal
from typing import Any

import pytest

from openai_org_usage._generated import (
    OPERATIONS,
    Operation,
    Request,
    UnknownFieldWarning,
    UnknownResult,
    UnknownResultWarning,
    usage_audio_transcriptions,
    usage_completions,
    usage_costs,
    usage_embeddings,
    usage_images,
    usage_moderations,
    usage_vector_stores,
)

from .pages import COST, TOKENS, cost, page, spoilt, tokens

THIRTY = "0.001589850000000000000000000000"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.06", "0.06"),
        ("0.1", "0.1"),
        ("3", "3"),
        ("-0.5", "-0.5"),
        ("1.50", "1.50"),
        ("1e-7", "1E-7"),
        (THIRTY, THIRTY),
        (f'"{THIRTY}"', THIRTY),
        ('"123456789012345678.123456789012"', "123456789012345678.123456789012"),
        ("123456789012345678.123456789012", "123456789012345678.123456789012"),
        ('"0"', "0"),
        ('"-1.5"', "-1.5"),
    ],
)
def test_an_amount_is_exact(text: str, value: str) -> None:
    """As a number or as a string, every digit of an amount arrives."""
    (result,) = usage_costs.request(start_time=0).decode(cost(text)).data[0].results

    assert result.amount is not None
    assert str(result.amount.value) == value


@pytest.mark.parametrize("member", ["", ', "amount": null', ', "amount": {"value": null, "currency": null}'])
def test_no_amount_is_none(member: str) -> None:
    """A missing or null amount is None, never zero."""
    body = page(f'{{"object": "organization.costs.result"{member}}}')

    (result,) = usage_costs.request(start_time=0).decode(body).data[0].results

    assert (result.amount.value if result.amount else None) is None


@pytest.mark.parametrize(("text", "seconds"), [("12.5", "12.5"), ("12", "12"), ('"12.50"', "12.50")])
def test_seconds_can_be_fractional(text: str, seconds: str) -> None:
    """Seconds of audio are exact, too."""
    tag = "organization.usage.audio_transcriptions.result"
    body = page(f'{{"object": "{tag}", "seconds": {text}, "num_model_requests": 1}}')

    (result,) = usage_audio_transcriptions.request(start_time=0).decode(body).data[0].results

    assert (type(result.seconds), str(result.seconds)) == (Decimal, seconds)


@pytest.mark.parametrize(
    ("text", "batch"),
    [("true", True), ("false", False), ("null", None), ('"true"', True), ('"False"', False)],
)
def test_batch_is_read_in_every_form(text: str, batch: bool | None) -> None:
    """A boolean that arrives as a string is the boolean."""
    (result,) = usage_completions.request(start_time=0).decode(tokens(f', "batch": {text}')).data[0].results

    assert result.batch is batch


@pytest.mark.parametrize(("text", "count"), [("1.0", 1), ("5e3", 5000), ("7.000", 7), ("-0.0", 0)])
def test_a_whole_number_may_have_a_point(text: str, count: int) -> None:
    """A count with a decimal point or an exponent is an int if it is whole."""
    body = spoilt('"input_tokens": 1', f'"input_tokens": {text}')

    (result,) = usage_completions.request(start_time=0).decode(body).data[0].results

    assert (type(result.input_tokens), result.input_tokens) == (int, count)


def test_buckets_of_old_documents_are_read() -> None:
    """A bucket whose results are called `result` is the same bucket, and nothing is announced."""
    old = page(TOKENS % "", key="result")

    assert usage_completions.request(start_time=0).decode(old) == usage_completions.request(
        start_time=0
    ).decode(page(TOKENS % ""))


def test_every_dimension_may_be_missing_or_null() -> None:
    """What the request did not group by is None, said or unsaid."""
    body = page(TOKENS % "", TOKENS % ', "model": null, "project_id": null, "batch": null')

    first, second = usage_completions.request(start_time=0).decode(body).data[0].results

    assert first == second
    assert (first.model, first.project_id, first.batch, first.service_tier) == (None,) * 4


def test_values_not_seen_before_are_strings() -> None:
    """An enumeration in an answer is open."""
    body = tokens(', "service_tier": "warp", "api_source": "future_api"')

    (result,) = usage_completions.request(start_time=0).decode(body).data[0].results

    assert (result.service_tier, result.api_source) == ("warp", "future_api")


def test_unknown_fields_are_kept_at_every_level() -> None:
    """Fields on page, bucket, result and amount are kept with exact numbers, and come out again."""
    amount = '{"value": 1, "currency": "usd", "in_amount": 0.10}'
    row = f'{{"object": "organization.costs.result", "amount": {amount}, "in_result": {{"a": [1.50]}}}}'
    body = page(row).replace(b'"start_time"', b'"in_bucket": null, "start_time"')
    body = body.replace(b'"object": "page"', b'"object": "page", "in_page": true')

    with pytest.warns(UnknownFieldWarning, match="in_amount, in_bucket, in_page, in_result"):
        read = usage_costs.request(start_time=0).decode(body)

    bucket, result = read.data[0], read.data[0].results[0]
    assert result.amount is not None
    assert [dict(node.additional_properties) for node in (read, bucket, result, result.amount)] == [
        {"in_page": True},
        {"in_bucket": None},
        {"in_result": {"a": [Decimal("1.50")]}},
        {"in_amount": Decimal("0.10")},
    ]
    assert str(result.to_dict()["in_result"]["a"][0]) == "1.50"


IN_BUCKET = '"start_time_iso": "1970-01-01T00:00:00+00:00", "end_time_iso": "1970-01-02T00:00:00+00:00", '
IN_RESULT = '"organization_id": "org-1", "organization_name": "O", "project_name": "P", "user_email": "u@o"'


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda operation: str(operation.name))
def test_fields_seen_live_are_fields_like_any_other(operation: Operation) -> None:
    """What many organizations get and no document has is typed on buckets, results and rows; no warning."""
    own = "".join(f', "{f.name}": 1' for f in operation.fields if f.required and f.role == "metric")
    body = page(f'{{"object": "{operation.result_object}", {IN_RESULT}{own}}}')
    body = body.replace(b'"start_time"', f'{IN_BUCKET}"start_time"'.encode())

    (bucket,) = Request[Any, Any, Any].of(operation, {"start_time": 0}).decode(body).data
    (one,) = operation.row_type.of_bucket(bucket)

    assert (bucket.start_time_iso, bucket.end_time_iso) == (one.start_time_iso, one.end_time_iso)
    assert one.start_time_iso == bucket.start.isoformat()
    assert (one.organization_id, one.organization_name, one.project_name, one.user_email) == (
        "org-1",
        "O",
        "P",
        "u@o",
    )
    assert bucket.additional_properties == one.additional_properties == {}
    assert (
        {*one.to_record()} == {"start_time", "end_time", *one.columns()} >= {"project_name", "end_time_iso"}
    )


@pytest.mark.filterwarnings("ignore::openai_org_usage._generated.UnknownFieldWarning")
@pytest.mark.parametrize("wrong", ["7", "[]", '{"a": 1}', "true"])
def test_a_field_that_no_document_promises_stops_nothing(wrong: str) -> None:
    """In another form than has been seen it is kept as any unknown field, also once its name is known."""
    good = '{"object": "organization.costs.result", "organization_name": "O"}'
    odd = f'{{"object": "organization.costs.result", "organization_name": {wrong}}}'
    request = usage_costs.request(start_time=0)

    for _ in range(3):
        first, second = request.decode(page(good, odd)).data[0].results
        assert (first.organization_name, second.organization_name) == ("O", None)
        assert dict(second.additional_properties) == {"organization_name": json.loads(wrong)}


def test_unknown_fields_are_announced_once() -> None:
    """`start_time_local` and `cost_center` are kept each time and announced the first time only."""
    row = '{"object": "organization.usage.embeddings.result", "input_tokens": 1, "num_model_requests": 1%s}'
    body = page(row % ', "cost_center": "P"')
    body = body.replace(b'"start_time"', b'"start_time_local": "x", "start_time"')
    request = usage_embeddings.request(start_time=0)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        pages = [request.decode(body) for _ in range(3)]

    assert [(w.category, str(w.message)) for w in caught] == [
        (
            UnknownFieldWarning,
            "embeddings: the API sent cost_center, start_time_local, unknown fields; they are kept in "
            "`additional_properties`. A newer version of this package may know them, or a newer pin: "
            "`make pin`.",
        )
    ]
    told = caught[0].message
    assert isinstance(told, UnknownFieldWarning)
    assert (told.operation, told.names) == ("embeddings", ("cost_center", "start_time_local"))
    for read in pages:
        assert dict(read.data[0].additional_properties) == {"start_time_local": "x"}
        assert dict(read.data[0].results[0].additional_properties) == {"cost_center": "P"}


def test_each_operation_announces_for_itself() -> None:
    """A field that one operation announced is still news at another."""
    row = '{"object": "organization.usage.%s.result", "%s": 1, "num_model_requests": 1, "shared_news": 1}'

    with pytest.warns(UnknownFieldWarning, match="^moderations: the API sent shared_news"):
        usage_moderations.request(start_time=0).decode(page(row % ("moderations", "input_tokens")))
    with pytest.warns(UnknownFieldWarning, match="^images: the API sent shared_news"):
        usage_images.request(start_time=0).decode(page(row % ("images", "images")))


def test_results_of_an_unknown_type_are_set_apart() -> None:
    """Another tag is never read as this endpoint's result: it is kept whole, and announced."""
    other = '{"object": "organization.usage.vector_fields.result", "usage_bytes": 5, "cost": 0.10}'
    known = '{"object": "organization.usage.vector_stores.result", "usage_bytes": 7}'

    with pytest.warns(UnknownResultWarning, match="vector_stores: the API sent organization.usage.vec"):
        (bucket,) = usage_vector_stores.request(start_time=0).decode(page(other, known, other)).data

    assert [result.usage_bytes for result in bucket.results] == [7]
    assert (
        bucket.unknown_results
        == (
            UnknownResult(
                "organization.usage.vector_fields.result",
                {
                    "object": "organization.usage.vector_fields.result",
                    "usage_bytes": 5,
                    "cost": Decimal("0.10"),
                },
            ),
        )
        * 2
    )


def test_names_of_the_models_own_members_are_only_names() -> None:
    """A field called like an attribute of ours is unknown data, and moves nothing."""
    body = tokens(', "additional_properties": {"a": 1}, "_additional_properties": 2, "unknown_results": 3')

    with pytest.warns(UnknownFieldWarning, match="_additional_properties, additional_properties"):
        (bucket,) = usage_completions.request(start_time=0).decode(body).data

    assert bucket.unknown_results == ()
    assert dict(bucket.results[0].additional_properties) == {
        "additional_properties": {"a": 1},
        "_additional_properties": 2,
        "unknown_results": 3,
    }


def test_models_are_values() -> None:
    """Two readings of a body are equal, and cannot be changed."""
    first, second = (usage_costs.request(start_time=0).decode(page(COST % "1.5")) for _ in range(2))

    assert first == second
    with pytest.raises(AttributeError):
        setattr(first.data[0].results[0], "line_item", "x")  # noqa: B010
    assert (first.data[0].start.isoformat(), first.data[0].end.isoformat()) == (
        "1970-01-01T00:00:00+00:00",
        "1970-01-02T00:00:00+00:00",
    )
