"""Whether to try again, and when."""

from __future__ import annotations

import math
import sys
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest

from openai_org_usage import RetryPolicy
from openai_org_usage.errors import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    ConfigurationError,
    OpenAIUsageError,
    QuotaExceededError,
    RateLimitError,
    ResponseTooLargeError,
    ServerError,
)
from openai_org_usage.http.retry import RetryBudget, is_transient, retry_after_of

NOW = 1_795_000_000.0
BUSY = ServerError("busy", status=503)


def _delay(error: OpenAIUsageError = BUSY, policy: RetryPolicy | None = None, **given: Any) -> float | None:
    details: dict[str, Any] = {"attempt": 1, "remaining": math.inf, "share": 1.0, **given}
    return (policy or RetryPolicy()).delay(error, **details)


def test_backoff_doubles_up_to_a_bound_and_is_shared() -> None:
    """Half a second, doubling, at most eight; a random share of it is waited."""
    long = RetryPolicy(max_retries=9)
    assert [_delay(policy=long, attempt=n) for n in range(1, 8)] == [0.5, 1, 2, 4, 8, 8, 8]
    assert _delay(attempt=3, share=0.25) == 0.5
    assert _delay(share=0.0) == 0.0
    forever = RetryPolicy(max_retries=10**6, max_backoff=1e6, backoff=1)
    assert _delay(policy=forever, attempt=10**5) == 1e6
    assert _delay(policy=RetryPolicy(max_retries=99, backoff=1, max_backoff=1e30), attempt=66) == 2.0**64
    assert _delay(policy=RetryPolicy(max_retries=99, backoff=1, max_backoff=1e30), attempt=64) == 2.0**63
    endless = RetryPolicy(max_retries=10**26, backoff=1e308, max_backoff=1e308)
    assert _delay(policy=endless, attempt=10**25) == 1e308


def test_retries_are_counted() -> None:
    """The attempt after the last retry is not repeated."""
    policy = RetryPolicy(max_retries=2)
    assert [_delay(policy=policy, attempt=n) is None for n in (1, 2, 3)] == [False, False, True]
    assert _delay(policy=RetryPolicy(max_retries=0)) is None
    assert _delay(attempt=4) is not None
    assert _delay(attempt=5) is None


def test_the_server_may_ask_for_a_wait_up_to_a_limit() -> None:
    """Exactly what it asked for, without a share; beyond the limit the error comes at once."""
    asked = RateLimitError("slow", status=429, retry_after=3.0)
    assert _delay(asked, share=0.1) == 3.0
    assert _delay(RateLimitError("slow", status=429, retry_after=120.0)) == 120.0
    assert _delay(RateLimitError("slow", status=429, retry_after=120.1)) is None
    assert _delay(asked, policy=RetryPolicy(max_retry_after=2.9)) is None


def test_guidance_below_the_first_backoff_shortens_no_wait() -> None:
    """A millisecond, obeyed, would spend all attempts at once; half a second is obeyed as it is."""
    soon = RateLimitError("slow", status=429, retry_after=0.001)
    assert [_delay(soon, attempt=n, share=0.5) for n in (1, 2, 3, 4)] == [0.25, 0.5, 1.0, 2.0]
    assert _delay(soon, share=0.0) == 0.001
    assert _delay(RateLimitError("slow", status=429, retry_after=0.0)) == 0.5
    assert _delay(RateLimitError("slow", status=429, retry_after=0.5), attempt=4) == 0.5
    assert _delay(RateLimitError("slow", status=429, retry_after=0.49), share=0.1) == 0.49
    assert _delay(soon, policy=RetryPolicy(backoff=0)) == 0.001


def test_no_wait_reaches_the_deadline() -> None:
    """Not even exactly."""
    assert _delay(remaining=0.5) is None
    assert _delay(remaining=0.51) == 0.5
    assert _delay(RateLimitError("slow", status=429, retry_after=3.0), remaining=3.0) is None
    assert _delay(RateLimitError("slow", status=429, retry_after=3.0), remaining=3.1) == 3.0
    assert _delay(remaining=0.0, share=0.0) is None


@pytest.mark.parametrize(
    ("status", "transient"),
    [
        *((status, False) for status in (400, 404, 407, 410, 428, 430, 499)),
        *((status, True) for status in (408, 409, 429, 500, 503, 599)),
    ],
)
def test_which_statuses_are_tried_again(status: int, transient: bool) -> None:
    """408, 409, 429 and 5xx."""
    assert is_transient(APIStatusError("no", status=status)) is transient
    assert (_delay(APIStatusError("no", status=status)) is not None) is transient


def test_which_other_errors_are_tried_again() -> None:
    """Connection errors; never an exhausted quota, or what is wrong with the answer or the call."""
    assert is_transient(APIConnectionError("gone"))
    assert is_transient(APITimeoutError("late"))
    assert _delay(APITimeoutError("late")) == 0.5
    assert not is_transient(QuotaExceededError("pay", status=429))
    assert not is_transient(ResponseTooLargeError("large", operation="costs"))
    assert not is_transient(OpenAIUsageError("else"))


@pytest.mark.parametrize("name", ["max_retries", "backoff", "max_backoff", "max_retry_after"])
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (-1, "-1"),
        (-0.1, "-0.1"),
        (-1000, "-1000"),
        (math.inf, "inf"),
        (math.nan, "nan"),
        (None, "None"),
        ("3", "a str"),
        (10**400, "a number that large"),
        pytest.param(10**5000, "a number that large", id="5,000 digits"),
        (-(10**20), "a number that large"),
    ],
)
def test_a_policy_is_made_of_numbers_from_zero(name: str, value: Any, shown: str) -> None:
    """The message names the attribute, and the value if that is a number of a size that people read."""
    with pytest.raises(ConfigurationError) as caught:
        RetryPolicy(**{name: value})
    assert str(caught.value) == f"{name} of a RetryPolicy is a number from 0, not {shown}"
    largest: dict[str, Any] = {name: sys.float_info.max}
    assert getattr(RetryPolicy(**largest), name) == sys.float_info.max


def test_the_defaults_are_the_documented_ones() -> None:
    """Four retries, waits from half a second to eight, two minutes for Retry-After."""
    policy = RetryPolicy()
    bounds = (policy.max_retries, policy.backoff, policy.max_backoff, policy.max_retry_after)
    assert bounds == (4, 0.5, 8.0, 120.0)
    assert RetryPolicy(max_retries=0, backoff=0, max_backoff=0, max_retry_after=0).max_retries == 0


def test_the_budget_is_spent_and_filled_by_calls() -> None:
    """A retry costs one; a call adds a part of one, and nothing beyond the capacity."""
    budget = RetryBudget(capacity=2, per_call=0.5)
    budget.add_call()
    assert [budget.spend() for _ in range(3)] == [True, True, False]
    budget.add_call()
    assert budget.spend() is False
    budget.add_call()
    assert [budget.spend(), budget.spend()] == [True, False]


def test_what_helped_is_given_back() -> None:
    """As many as were used, and nothing beyond the capacity."""
    budget = RetryBudget(capacity=3, per_call=0.5)
    assert [budget.spend() for _ in range(4)] == [True, True, True, False]
    budget.give_back(2)
    assert [budget.spend() for _ in range(3)] == [True, True, False]
    budget.give_back(9)
    assert [budget.spend() for _ in range(4)] == [True, True, True, False]
    budget.give_back(0)
    assert budget.spend() is False


def test_the_budget_by_default() -> None:
    """Fifty retries, and one more for ten calls."""
    budget = RetryBudget()
    assert sum(budget.spend() for _ in range(60)) == 50
    for _ in range(11):
        budget.add_call()
    assert [budget.spend(), budget.spend()] == [True, False]


def _date(seconds: float) -> str:
    return format_datetime(datetime.fromtimestamp(NOW + seconds, UTC), usegmt=True)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0"}, None),
        ({"retry-after": "2.5"}, 2.5),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": _date(60)}, 60.0),
        ({"retry-after": _date(-60)}, None),
        ({"retry-after": _date(60).replace("GMT", "-0000")}, 60.0),
        ({"retry-after": _date(60).replace("GMT", "+0100")}, None),
        ({"retry-after": _date(60).replace("GMT", "-0100")}, 3660.0),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "0", "retry-after": "9"}, 9.0),
        ({"retry-after-ms": "0", "retry-after": "0"}, None),
        ({"retry-after-ms": "x", "retry-after": "9"}, 9.0),
        ({"retry-after-ms": "-1", "retry-after": "9"}, 9.0),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"}, None),
    ],
)
def test_what_the_server_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    """Milliseconds first, then seconds or a date; what cannot be read is not there."""
    assert retry_after_of(headers, now=NOW) == seconds
