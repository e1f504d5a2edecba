"""Bad questions are refused with the documented error body."""

import httpx
import pytest

from openai_org_usage._generated import OPERATIONS
from openai_org_usage.emulator import Emulator

from .asking import DAY, Api, Parameters, api_of

START = 1_790_000_000
MEMBERS = {"message", "type", "param", "code"}


@pytest.mark.parametrize("name", OPERATIONS)
def test_start_time_is_required_everywhere(api: Api, name: str) -> None:
    """Every endpoint refuses a question without a start."""
    error = api.error(name)

    assert set(error) == MEMBERS
    assert error["type"] == "invalid_request_error"
    assert (error["param"], error["code"]) == ("start_time", "missing_required_parameter")


@pytest.mark.parametrize(
    ("parameters", "param", "code"),
    [
        ({"colour": "red"}, "colour", "unknown_parameter"),
        ({"limit[]": "3"}, "limit[]", "unknown_parameter"),
        ({"start_time": "yesterday"}, "start_time", "invalid_type"),
        ({"start_time": "1.5"}, "start_time", "invalid_type"),
        ({"start_time": "9" * 5000}, "start_time", "invalid_type"),
        ({"start_time": "١٢٣"}, "start_time", "invalid_type"),
        ({"start_time": "-1"}, "start_time", "integer_below_min_value"),
        ({"start_time": ["1", "2"]}, "start_time", "invalid_value"),
        ({"end_time": START}, "end_time", "invalid_value"),
        ({"end_time": START - 1}, "end_time", "invalid_value"),
        ({"bucket_width": "1w"}, "bucket_width", "invalid_value"),
        ({"bucket_width": ""}, "bucket_width", "invalid_value"),
        ({"group_by": "colour"}, "group_by", "invalid_value"),
        ({"group_by[]": ["model", "colour"]}, "group_by", "invalid_value"),
        ({"group_by": "model,colour"}, "group_by", "invalid_value"),
        ({"group_by": "model,"}, "group_by", "invalid_value"),
        ({"batch": "yes"}, "batch", "invalid_type"),
        ({"models": ""}, "models", "invalid_value"),
        ({"limit": "many"}, "limit", "invalid_type"),
        ({"limit": 0}, "limit", "integer_below_min_value"),
        ({"page": "page_garbled"}, "page", "invalid_value"),
    ],
)
def test_a_bad_parameter_is_named(api: Api, parameters: Parameters, param: str, code: str) -> None:
    """A bad parameter is refused with its name and the reason's code."""
    asked: Parameters = {"start_time": START, **parameters}
    error = api.error("completions", **asked)

    assert set(error) == MEMBERS
    assert (error["param"], error["code"]) == (param, code)
    assert error["type"] == "invalid_request_error"


@pytest.mark.parametrize("name", OPERATIONS)
def test_limits_follow_the_registry(api: Api, name: str) -> None:
    """The documented page sizes hold for each width: the default, the largest, and no more."""
    limits = OPERATIONS[name].parameter("limit").limits

    assert limits
    for limit in limits:
        asked: Parameters = {"start_time": START - 400 * DAY, "bucket_width": limit.bucket_width}
        assert len(api.page(name, **asked)["data"]) == limit.default
        assert len(api.page(name, **asked, limit=limit.maximum)["data"]) == limit.maximum
        error = api.error(name, **asked, limit=limit.maximum + 1)
        assert (error["param"], error["code"]) == ("limit", "integer_above_max_value")


def test_enum_errors_list_what_is_supported(api: Api) -> None:
    """The message of a refused value names the values that are supported."""
    error = api.error("costs", start_time=START, bucket_width="1h")

    assert error["message"] == "Invalid value: '1h'. Supported values are: '1d'."


def test_lookback_names_the_earliest_start(now: int) -> None:
    """With a lookback, an older start is refused, naming the earliest one in Unix seconds."""
    earliest = now // DAY * DAY - 365 * DAY
    with Emulator(now=lambda: now, lookback_days=365) as emulator, api_of(emulator) as api:
        error = api.error("costs", start_time=earliest - 1)

        assert (error["param"], error["code"]) == ("start_time", "reporting_lookback_exceeded")
        assert str(earliest) in error["message"]
        assert api.page("costs", start_time=earliest)["data"]


def test_unknown_paths_and_methods_have_the_error_body(api: Api) -> None:
    """A path or method that does not exist gives 404 or 405 with the documented body."""
    path = OPERATIONS["costs"].path.lstrip("/")
    answers = [
        (404, api.http.get("organization/usage/dreams")),
        (404, api.http.get(path + "/")),
        (405, api.http.post(path)),
        (405, api.http.delete(path)),
    ]

    for status, answer in answers:
        assert answer.status_code == status
        assert set(answer.json()["error"]) == MEMBERS
    head = api.http.head(path)
    assert (head.status_code, head.headers["allow"]) == (405, "GET")


@pytest.mark.parametrize(
    ("authorization", "status", "code", "says"),
    [
        (None, 401, None, "didn't provide an API key"),
        ("Basic c2VjcmV0", 401, None, "didn't provide an API key"),
        ("Bearer", 401, None, "didn't provide an API key"),
        ("Bearer sk-admin-of-somebody-else-0001", 401, "invalid_api_key", "sk-ad***"),
        ("Bearer hunter2", 401, "invalid_api_key", "provided: ***"),
        ("Bearer sk-proj-0123456789abcdef", 403, "missing_scope", "api.usage.read"),
        ("Bearer sk-svcacct-0123456789abc", 403, "missing_scope", "api.usage.read"),
    ],
)
def test_only_the_admin_key_opens(
    api: Api, authorization: str | None, status: int, code: str | None, says: str
) -> None:
    """A missing, wrong or lesser key is refused, and never shown."""
    headers = {} if authorization is None else {"authorization": authorization}
    url = f"{api.http.base_url}organization/costs"
    answer = httpx.get(url, params={"start_time": START}, headers=headers, trust_env=False)

    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (status, code, None)
    assert says in error["message"]
    key = (authorization or "").partition(" ")[2].strip()
    assert not key or key not in answer.text
