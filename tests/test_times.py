"""Times as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from openai_org_usage.errors import InvalidParameterError
from openai_org_usage.times import resolve_time

from .conftest import DAY, MIDNIGHT, NOW
from .scripted import page, scripted


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (MIDNIGHT, MIDNIGHT),
        (MIDNIGHT + 0.9, MIDNIGHT),
        (0, 0),
        (str(MIDNIGHT), MIDNIGHT),
        (datetime(2026, 11, 20, tzinfo=UTC), MIDNIGHT),
        (datetime(2026, 11, 20, 2, tzinfo=timezone(timedelta(hours=2))), MIDNIGHT),
        (datetime(2026, 11, 20, 0, 0, 0, 999_999, tzinfo=UTC), MIDNIGHT),
        (date(2026, 11, 20), MIDNIGHT),
        ("2026-11-20", MIDNIGHT),
        ("2026-11-20T00:00:00Z", MIDNIGHT),
        ("2026-11-20T01:30:00+01:30", MIDNIGHT),
        (" 2026-11-20 ", MIDNIGHT),
        ("2026-W47-5", MIDNIGHT),
        ("30d", MIDNIGHT - 29 * DAY),
        ("2w", MIDNIGHT - 13 * DAY),
        ("36h", MIDNIGHT - DAY),
        ("15m", MIDNIGHT),
        ("1 d", MIDNIGHT),
        (timedelta(days=2), MIDNIGHT - DAY),
    ],
)
def test_every_form_means_the_same_moment(value: object, expected: int) -> None:
    """Numbers, datetimes, dates, ISO strings and spans become Unix seconds, rounded down."""
    assert resolve_time(value, parameter="start_time", now=NOW + 0.5, width=DAY) == expected


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (datetime(2026, 11, 20), "no time zone"),
        ("2026-11-20T00:00:00", "no time zone"),
        (MIDNIGHT * 1000, "milliseconds"),
        (str(MIDNIGHT * 1000), "milliseconds"),
        (-1, "before 1970"),
        (float("nan"), "no time"),
        (float("inf"), "no time"),
        (True, "no time"),
        (None, "no time"),
        ("yesterday", "no time"),
        ("30 parsecs", "no time"),
        ("-3d", "no time"),
        ("", "no time"),
        ("0s", "no time"),
        ("2026-13-01", "no time"),
        ("9" * 400, "Unix seconds"),
        (b"30d", "no time"),
    ],
)
def test_what_is_no_time_is_refused_with_a_reason(value: object, reason: str) -> None:
    """A naive datetime, milliseconds and nonsense name the parameter and what to write instead."""
    with pytest.raises(InvalidParameterError, match=reason) as caught:
        resolve_time(value, parameter="end_time", now=NOW, width=DAY)
    assert caught.value.parameter == "end_time"
    assert "end_time" in str(caught.value)


def test_all_times_of_a_request_are_sent_in_unix_seconds() -> None:
    """Spans go back from one present, that of the client's clock."""
    client, script = scripted(page())
    list(client.costs(start_time="7d", end_time="1d"))
    (query,) = script.queries
    assert dict(query)["start_time"] == str(MIDNIGHT - 6 * DAY)
    assert dict(query)["end_time"] == str(MIDNIGHT)


@pytest.mark.parametrize("end", ["7d", "8d", date(2026, 11, 1)])
def test_an_empty_range_is_refused_before_sending(end: Any) -> None:
    """An end that is not after the start is the caller's mistake; both are named."""
    client, script = scripted()
    with pytest.raises(InvalidParameterError, match=r"not after start_time 2026-11-14$"):
        client.costs(start_time="7d", end_time=end)
    assert script.requests == []
