"""Values and parameters that are newer than the document are sent as they are, and override nothing."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from openai_org_usage import UsageClient
from openai_org_usage.errors import InvalidParameterError

from .conftest import DAY, MIDNIGHT
from .scripted import START, bucket, page, scripted


def test_what_the_document_lacks_goes_on_the_wire_of_every_page() -> None:
    """Lists repeat their name, booleans are JSON's, and the cursor comes beside."""
    client, script = scripted(page(bucket(0), cursor="B"), page(bucket(1)), concurrency=1)
    extra: Any = {"sizes": ["1024x1536", "1536x1024"], "regional": True, "level": 3}
    list(client.completions(start_time=START, models=["m"], extra_query=extra))

    sent = [("sizes", "1024x1536"), ("sizes", "1536x1024"), ("regional", "true"), ("level", "3")]
    first, second = ([pair for pair in query if pair in sent] for query in script.queries)
    assert first == second == sent
    assert dict(script.queries[1])["page"] == "B"


def test_lists_follow_the_form_that_the_client_is_made_with() -> None:
    """In brackets, if all are."""
    client, script = scripted(page(), array_format="brackets")
    list(client.images(start_time=START, extra_query={"sizes": ["1024x1536"]}))
    assert ("sizes[]", "1024x1536") in script.queries[0]


def test_the_emulator_answers_a_size_that_no_document_lists(client: UsageClient) -> None:
    """As the API does; by its own parameter the value is refused before it is sent."""
    sizes: Any = ["1024x1536"]
    with pytest.raises(InvalidParameterError, match="sizes cannot be '1024x1536'"):
        client.images(start_time=MIDNIGHT - DAY, sizes=sizes)
    query = client.images(
        start_time=MIDNIGHT - DAY, end_time=MIDNIGHT, group_by=["size"], extra_query={"sizes": sizes}
    )
    assert {row.size for row in query.rows()} == {"1024x1536"}


@pytest.mark.parametrize(
    "name",
    [
        "start_time",
        "end_time",
        "bucket_width",
        "limit",
        "page",
        "group_by",
        "group_by[]",
        "page[]",
        "start_time[gte]",
    ],
)
def test_neither_range_nor_cursor_nor_what_is_given_is_overridden(name: str) -> None:
    """Such a name is refused, and nothing is sent."""
    client, script = scripted()
    with pytest.raises(InvalidParameterError, match="extra_query cannot have") as caught:
        client.costs(start_time=START, group_by=["line_item"], extra_query={name: "1"})
    assert caught.value.parameter == "extra_query"
    assert script.requests == []


@pytest.mark.parametrize(
    "extra",
    ["sizes=1024x1536", [("a", "b")], {"a": None}, {"a": 1.5}, {"a": [1]}, {"a": {}}, {1: "a"}, {"": "a"}],
)
def test_what_cannot_be_sent_is_refused(extra: Any) -> None:
    """With what to write instead."""
    client, _ = scripted()
    with pytest.raises(InvalidParameterError, match="extra_query takes"):
        client.costs(start_time=START, extra_query=extra)


def test_it_belongs_to_the_request() -> None:
    """It is in the query's repr, survives pickling, and tells requests apart."""
    client, _ = scripted()
    with_it = client.costs(start_time=START, extra_query={"a": "b"})
    without = client.costs(start_time=START)
    assert "extra_query={'a': 'b'}" in repr(with_it)
    assert pickle.loads(pickle.dumps(with_it.request)) == with_it.request != without.request
