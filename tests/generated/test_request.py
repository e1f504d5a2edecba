"""A request described as a value: compared, hashed, pickled, changed, and checked when made."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime
from typing import Any

import pytest

from openai_org_usage._generated import (
    OPERATIONS,
    InvalidParameterError,
    OpenAIUsageError,
    Request,
    usage_completions,
    usage_costs,
)

from .contract import Endpoint, value_for


def test_equal_arguments_make_equal_requests(endpoint: Endpoint) -> None:
    """Requests compare and hash by operation and arguments, in whatever order they were given."""
    arguments = {p["name"]: value_for(p) for p in endpoint.parameters}
    request = endpoint.module.request(**arguments)

    same = endpoint.module.request(**dict(reversed(arguments.items())))

    assert request == same
    assert hash(request) == hash(same)
    assert request != endpoint.module.request(**endpoint.least)
    assert len({request, same, endpoint.module.request(**endpoint.least)}) == 2


def test_requests_of_different_operations_differ() -> None:
    """The same arguments for another operation are another request."""
    requests: set[object] = {usage_costs.request(start_time=0), usage_completions.request(start_time=0)}

    assert len(requests) == 2


def test_a_request_survives_pickling(endpoint: Endpoint) -> None:
    """The copy is equal and belongs to the very same operation of the registry."""
    request = endpoint.module.request(**{p["name"]: value_for(p) for p in endpoint.parameters})

    copy = pickle.loads(pickle.dumps(request))

    assert copy == request
    assert copy.operation is endpoint.operation
    assert copy.query() == request.query()


def test_replace_makes_a_changed_copy() -> None:
    """Arguments are replaced, added and, with None, taken away; the original stays."""
    request = usage_completions.request(start_time=1, limit=5, models=["a"])

    other = request.replace(limit=None, models=("b", "c"), page="next")

    assert request.query() == [("start_time", "1"), ("models", "a"), ("limit", "5")]
    assert other.query() == [("start_time", "1"), ("models", "b"), ("models", "c"), ("page", "next")]
    assert (other.get("page"), other.get("limit")) == ("next", None)


def test_replace_checks_like_the_first_description() -> None:
    """What `request` refuses, `replace` refuses, too."""
    request = usage_completions.request(start_time=1)

    with pytest.raises(InvalidParameterError, match="start_time is required"):
        request.replace(start_time=None)
    with pytest.raises(InvalidParameterError, match="did you mean 'models'"):
        request.replace(model="a")


def test_an_iterable_is_taken_once() -> None:
    """A generator for a list is used up when the request is made, and not asked again."""
    names: Any = (name for name in "ab")

    request = usage_completions.request(start_time=1, models=names)

    assert request.get("models") == ("a", "b")
    assert request.query() == request.query()


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "missing": ({"start_time": None}, "start_time", "completions: start_time is required"),
    "bool for an integer": ({"start_time": True}, "start_time", "takes a time: Unix seconds, an"),
    "bool for a number of buckets": ({"limit": True}, "limit", "takes an integer, got True (bool)"),
    "float for an integer": ({"limit": 1.0}, "limit", "takes an integer, got 1.0 (float)"),
    "string for an integer": ({"limit": "7"}, "limit", "takes an integer, got '7' (str)"),
    "list for a time": ({"end_time": [1]}, "end_time", "or a span such as '30d', got [1] (list)"),
    "number for a string": ({"page": 7}, "page", "takes a string, got 7 (int)"),
    "bytes for a string": ({"page": b"x"}, "page", "takes a string, got b'x' (bytes)"),
    "integer for a boolean": ({"batch": 1}, "batch", "takes a boolean, got 1 (int)"),
    "string for a boolean": ({"batch": "true"}, "batch", "takes a boolean, got 'true' (str)"),
    "string for a list": ({"models": "gpt"}, "models", "takes a list; write ['gpt'] for one value"),
    "bytes for a list": ({"models": b"gpt"}, "models", "takes a list; write [b'gpt'] for one value"),
    "number for a list": ({"models": 7}, "models", "takes a list of strings, got 7 (int)"),
    "numbers in a list": ({"models": ["a", 7]}, "models", "takes a list of strings, got 7 (int)"),
    "None in a list": ({"models": [None]}, "models", "takes a list of strings, got None (NoneType)"),
    "value not allowed": ({"bucket_width": "1w"}, "bucket_width", "bucket_width cannot be '1w'"),
    "allowed values": ({"bucket_width": "week"}, "bucket_width", "It takes 1m, 1h, 1d."),
    "near miss": ({"group_by": ["modle"]}, "group_by", "cannot be 'modle'; did you mean 'model'?"),
}


@pytest.mark.parametrize("what", WRONG)
def test_an_argument_that_does_not_fit_is_refused(what: str) -> None:
    """The error names operation, parameter and value, and says what fits; nothing is sent."""
    arguments, parameter, message = WRONG[what]
    function: Any = usage_completions.request

    with pytest.raises(InvalidParameterError) as caught:
        function(**{"start_time": 0} | arguments)

    assert message in str(caught.value)
    assert str(caught.value).startswith("completions: ")
    assert caught.value.parameter == parameter
    assert (isinstance(caught.value, OpenAIUsageError), isinstance(caught.value, ValueError)) == (True, True)


@pytest.mark.parametrize(
    ("name", "hint"), [("model", "; did you mean 'models'?"), ("zzz", ". It takes start_time, end_time, ")]
)
def test_an_unknown_parameter_is_refused(name: str, hint: str) -> None:
    """The nearest name is suggested; without one, all names are listed."""
    with pytest.raises(InvalidParameterError) as caught:
        Request.of(OPERATIONS["completions"], {"start_time": 0, name: "x"})

    assert f"completions: a parameter cannot be {name!r}{hint}" in str(caught.value)
    assert caught.value.parameter == "a parameter"


def test_the_error_survives_pickling() -> None:
    """An error from a worker process keeps its attributes."""
    with pytest.raises(InvalidParameterError) as caught:
        usage_costs.request(start_time=True)

    copy = pickle.loads(pickle.dumps(caught.value))

    assert (type(copy), str(copy), copy.parameter) == (
        InvalidParameterError,
        str(caught.value),
        "start_time",
    )


@pytest.mark.parametrize(
    "moment", [1.5, "30d", "2026-11-20T00:00:00Z", date(2026, 11, 20), datetime(2026, 11, 20, tzinfo=UTC)]
)
def test_a_time_in_another_form_is_described_but_not_sent(moment: Any) -> None:
    """A request holds any form of time; on the wire there are only Unix seconds."""
    request = usage_costs.request(start_time=moment)

    with pytest.raises(InvalidParameterError, match="start_time is sent in Unix seconds, got ") as caught:
        request.query()

    assert request.get("start_time") == moment
    assert caught.value.parameter == "start_time"
    assert request.replace(start_time=7).query() == [("start_time", "7")]
