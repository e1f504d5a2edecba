"""What is asked, how answers are put right and compared, and that nothing is left running."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Protocol

import httpx
import pytest

import referees
from codegen.tree import Object
from openai_org_usage import OPERATIONS, Request
from referees.documents import DocumentedOperation, newest_upstream, the_pin, upstream_subset
from referees.fidelity import ReadBucket, differences
from referees.mocks import prism_objections
from referees.questions import MIDNIGHT, questions
from referees.wire import Exchange, asked_for, sent, straightened

PIN = the_pin()
LONG = Decimal("0.10000000000000000000000001")
TAG = "organization.usage.images.result"
URL = httpx.URL(f"http://127.0.0.1/organization/usage/images?start_time={MIDNIGHT}&bucket_width=1h")


def page_of(*results: Object) -> Object:
    bucket: Object = {"object": "bucket", "start_time": 9, "end_time": 3, "results": list(results)}
    return {"object": "page", "data": [bucket], "has_more": True, "next_page": "again"}


class DecodedPage(Protocol):
    """What is used of a page of ours."""

    data: list[ReadBucket]


def handed_out(page: Object) -> tuple[list[Object], list[ReadBucket]]:
    """The buckets of a page as they were sent, and as our client decodes them."""
    body = straightened(URL, json.dumps(page).encode())
    request = Request[DecodedPage, ReadBucket, object].of(OPERATIONS["images"], {"start_time": MIDNIGHT})
    return json.loads(body)["data"], request.decode(body).data


@pytest.mark.parametrize("operation", PIN.operations, ids=lambda operation: operation.name)
def test_every_parameter_and_value_is_asked_for(operation: DocumentedOperation) -> None:
    """Alone and together with all others, except times and cursors, which are in every walk."""
    asked = list(questions(operation))

    for parameter in operation.parameters:
        given = [q.arguments[parameter.name] for q in asked if parameter.name in q.arguments]
        values = {value for each in given for value in (each if isinstance(each, list) else [each])}
        assert parameter.name == "page" or given
        assert set(parameter.values) <= values
    assert asked[-1].arguments.keys() >= {p.name for p in operation.parameters} - {"page", "bucket_width"}


def test_a_page_is_put_right_and_nothing_else() -> None:
    """Times follow each other from the start asked for, and the page is the last; digits stay."""
    page = page_of({"object": TAG, "images": 10**20, "odd": 0.1})

    body = straightened(URL, json.dumps(page).encode().replace(b"0.1", str(LONG).encode()))

    found = json.loads(body, parse_float=Decimal)
    (bucket,) = found["data"]
    assert (bucket["start_time"], bucket["end_time"]) == (MIDNIGHT, MIDNIGHT + 3600)
    assert (found["has_more"], found["next_page"]) == (False, None)
    assert bucket["results"] == [
        {"object": TAG, "images": 10**20, "odd": Decimal("0.10000000000000000000000001")}
    ]


def test_what_was_sent_is_compared_with_what_was_asked() -> None:
    """In both forms of lists, with characters that need care; how a client pages is its own affair."""
    (documented,) = [each for each in PIN.operations if each.name == "images"]
    everything = list(questions(documented))[-1]
    request = Request[object, object, object].of(OPERATIONS["images"], everything.arguments)

    for brackets in (False, True):
        url = httpx.URL(request.url("http://127.0.0.1", brackets=brackets))
        assert sent(url) == asked_for(everything)
        assert sent(httpx.URL(str(url).replace("user_ids", "users"))) != asked_for(everything)


@pytest.mark.filterwarnings("ignore::openai_org_usage.UnknownResultWarning")
def test_what_a_client_hands_out_is_what_came() -> None:
    """Results of its kind member by member, others whole."""
    known: Object = {"object": TAG, "images": 3, "num_model_requests": 2, "model": "m"}
    other: Object = {"object": "organization.usage.dreams.result", "dreams": 1.5}
    came, got = handed_out(page_of(known, other))

    assert list(differences(came, got, tag=TAG)) == []


@pytest.mark.filterwarnings("ignore::openai_org_usage.UnknownResultWarning")
def test_what_a_client_changes_is_seen() -> None:
    """A value, a member, a result, a bucket, a time."""
    known: Object = {"object": TAG, "images": 3, "num_model_requests": 2, "model": "m"}
    other: Object = {"object": "organization.usage.dreams.result"}
    came, _ = handed_out(page_of(known, other))
    changed: list[tuple[list[Object], list[ReadBucket]]] = [
        handed_out(page_of({**known, "images": 4}, other)),
        handed_out(page_of({**known, "user_id": "u"}, other)),
        handed_out(page_of(known, known, other)),
        handed_out(page_of(known)),
        ([], []),
    ]

    found = [list(differences(came, got, tag=TAG)) for _, got in changed]

    assert found == [
        ["results.images: 3 came, 4 was handed out"],
        ["results.user_id: None came, 'u' was handed out"],
        ["results: 1 came, 2 were handed out"],
        ["unknown_results: not all are kept whole"],
        ["1 buckets came, 0 were handed out"],
    ]


def test_of_a_union_prism_is_read_at_its_deepest() -> None:
    """That is the branch that is meant; the other side, and mere warnings, do not count."""
    violations = [
        {"location": ["response", "body", "data", "0"], "severity": "Error", "code": "required"},
        {"location": ["response", "body", "data", "0", "value"], "severity": "Error", "code": "type"},
        {"location": ["response", "a", "b", "c", "d", "e"], "severity": "Warning", "code": "status"},
        {"location": ["request", "query", "limit"], "severity": "Error", "code": "type"},
    ]
    headers = httpx.Headers({"sl-violations": json.dumps(violations)})
    exchange = Exchange("GET", URL, 200, headers, b"{}")

    assert prism_objections(exchange, side="response") == ["body.data.*.value: type"]
    assert prism_objections(exchange, side="request") == ["query.limit: type"]


@pytest.mark.skipif(newest_upstream() is None, reason="upstream's document is not at hand")
def test_upstream_is_cut_and_not_corrected() -> None:
    """Its union of all results is still there, and so are its own words."""
    upstream, _ = upstream_subset(newest_upstream() or "")

    text = json.dumps(upstream.document)

    assert "UsageTimeBucket" in text
    assert "AdminApiKeyAuth" in text
    assert "x-result-object" not in text


def test_what_was_started_ends_with_its_starter() -> None:
    """When the starter's end of the pipe closes, as it does when the starter is killed."""
    wrapper = Path(referees.__file__).with_name("end_with_parent.py")
    command = [sys.executable, str(wrapper), "sh", "-c", "echo $$; exec sleep 60"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        child = int(process.stdout.readline())
        os.kill(child, 0)
        process.stdin.close()
        process.wait(30)

    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
