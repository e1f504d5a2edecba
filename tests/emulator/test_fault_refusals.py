"""Faults that refuse a request: statuses, waits, quotas, scopes, lookback, limits, redirects."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from openai_org_usage.emulator.errors import Naming
from openai_org_usage.emulator.faults import (
    CountryRefused,
    Fault,
    GroupingRefused,
    LimitRefused,
    LookbackExceeded,
    MissingScope,
    QuotaExceeded,
    Redirect,
    SessionKeyNeeded,
    Status,
)

from .asking import DAY, Api, ask

TWO_O_CLOCK = datetime(2026, 11, 21, 14, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Status(429), 429, "rate_limit_exceeded"),
        (Status(500), 500, None),
        (Status(503), 503, None),
        (Status(529), 529, None),
        (Status(408), 408, None),
        (Status(400, code="invalid_value", param="group_by", message="no"), 400, "invalid_value"),
        (QuotaExceeded(), 429, "insufficient_quota"),
        (MissingScope(), 403, "missing_scope"),
        (MissingScope(401), 401, "missing_scope"),
        (LookbackExceeded(), 400, "reporting_lookback_exceeded"),
        (SessionKeyNeeded(), 401, None),
        (SessionKeyNeeded(403), 403, None),
        (CountryRefused(), 403, "unsupported_country_region_territory"),
    ],
)
def test_a_refusal_has_its_status_and_the_error_body(
    faulty: Api, now: int, fault: Fault, status: int, code: str | None
) -> None:
    """Every refusal has the four documented members and the headers of any answer."""
    answer = ask(faulty, now, fault)

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code)
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"]
    assert answer.headers["x-request-id"].startswith("req_")


@pytest.mark.parametrize(
    ("fault", "headers"),
    [
        (Status(429), {}),
        (Status(429, retry_after="2"), {"retry-after": "2"}),
        (Status(429, retry_after=2.5), {"retry-after": "2.5"}),
        (Status(503, retry_after="soon"), {"retry-after": "soon"}),
        (Status(429, retry_after=TWO_O_CLOCK), {"retry-after": "Sat, 21 Nov 2026 14:00:00 GMT"}),
        (Status(429, retry_after=timedelta(seconds=5)), {"retry-after": "Sat, 21 Nov 2026 10:30:25 GMT"}),
        (Status(429, retry_after_ms=250), {"retry-after-ms": "250"}),
        (Status(429, retry_after=1, retry_after_ms="250"), {"retry-after": "1", "retry-after-ms": "250"}),
    ],
)
def test_retry_after_comes_in_all_its_forms(
    faulty: Api, now: int, fault: Fault, headers: dict[str, str]
) -> None:
    """Seconds, dates, dates from the emulator's now, milliseconds, nonsense, or nothing."""
    answer = ask(faulty, now, fault)

    assert {name: text for name, text in answer.headers.items() if name.startswith("retry")} == headers


@pytest.mark.parametrize(
    ("naming", "says"),
    [
        ("both", r"2026-10-22 \(UTC\), start_time 1792627200\."),
        ("date", r"start date: 2026-10-22 \(UTC\)\.$"),
        ("seconds", r"start_time: 1792627200\.$"),
        ("nothing", r"past 30 days\.$"),
    ],
)
def test_a_lookback_error_names_the_earliest_start(faulty: Api, now: int, naming: Naming, says: str) -> None:
    """In each of the forms that a client has to read."""
    message = ask(faulty, now, LookbackExceeded(30, naming=naming)).json()["error"]["message"]

    assert re.search(says, message)


def test_a_lookback_of_365_days_may_be_called_a_year(faulty: Api, now: int) -> None:
    """The words for the period vary; the code does not."""
    error = ask(faulty, now, LookbackExceeded(period="year", naming="nothing")).json()["error"]

    assert error["message"].endswith("for the past year (UTC).")
    assert error["code"] == "reporting_lookback_exceeded"


@pytest.mark.parametrize("dimension", ["api_key_id", "user_id"])
def test_a_grouping_is_refused_alone_and_with_others(faulty: Api, now: int, dimension: str) -> None:
    """However the list is written; without it, and with any other, there is an answer."""
    fault = GroupingRefused(dimension)
    refused = [
        ask(faulty, now, fault, group_by=dimension),
        ask(faulty, now, fault, group_by=["line_item", dimension]),
        ask(faulty, now, fault, group_by=f"{dimension},project_id"),
    ]
    answered = [ask(faulty, now, fault), ask(faulty, now, fault, group_by=["line_item", "project_id"])]

    assert {(answer.status_code, answer.json()["error"]["param"]) for answer in refused} == {
        (400, "group_by")
    }
    assert [answer.status_code for answer in answered] == [200, 200]
    assert len(faulty.emulator.dealt) == 3


def test_a_grouping_may_be_refused_before_a_moment_alone(faulty: Api, now: int) -> None:
    """A range that begins there or later has its answer, and so has any other grouping."""
    start = now - 2 * DAY
    fault = GroupingRefused("api_key_id", before=start + 1)
    early = ask(faulty, now, fault, group_by=["line_item", "api_key_id"])
    others = [
        ask(faulty, now, GroupingRefused("api_key_id", before=start), group_by="api_key_id"),
        ask(faulty, now, fault, group_by="line_item"),
    ]

    error = early.json()["error"]
    assert (early.status_code, error["param"]) == (400, "start_time")
    assert (error["code"], error["type"]) == ("invalid_request_error", "invalid_request_error")
    assert str(start + 1) in error["message"]
    assert [answer.status_code for answer in others] == [200, 200]


def test_a_refused_limit_is_refused_only_above_its_maximum(faulty: Api, now: int) -> None:
    """A client that steps down gets its answer, and only the refusal counts as dealt."""
    refused = ask(faulty, now, LimitRefused(7), limit=8)
    answers = [ask(faulty, now, LimitRefused(7), limit=7), ask(faulty, now, LimitRefused(7))]

    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "limit")
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(faulty.emulator.dealt) == 1


def test_a_redirect_points_elsewhere(faulty: Api, now: int) -> None:
    """With the status and the address that were asked for."""
    answer = ask(faulty, now, Redirect("https://elsewhere.invalid/", status=302))

    assert (answer.status_code, answer.headers["location"]) == (302, "https://elsewhere.invalid/")
