"""Times as people write them: messages, limits and rounding to the second."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from openai_org_usage._generated import usage_costs
from openai_org_usage.errors import InvalidParameterError
from openai_org_usage.times import resolve_time, resolve_times

NOW = 1_795_188_600.7
MIDNIGHT = 1_795_132_800
FORMS = (
    "write Unix seconds, an aware datetime, a date, an ISO 8601 string such as '2026-11-01T00:00:00Z', "
    "or a span back from now such as '30d' or '1y', in whole UTC buckets"
)
pd: Any = pytest.importorskip("pandas")
LAST = 253_402_300_799
"""The last second of the year 9999."""


def refused(value: object) -> str:
    """How a value is refused."""
    with pytest.raises(InvalidParameterError) as caught:
        resolve_time(value, parameter="end_time", now=NOW, width=86_400)
    assert caught.value.parameter == "end_time"
    return str(caught.value)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (LAST, LAST),
        (str(LAST), LAST),
        (0, 0),
        ("0", 0),
        (1.999, 1),
        ("2w", MIDNIGHT - 13 * 86_400),
        ("1 d", MIDNIGHT),
        (timedelta(days=7), MIDNIGHT - 6 * 86_400),
        (Decimal("1.5"), 1),
        (Fraction(7, 2), 3),
        (np.int64(5), 5),
        (pd.Timestamp("2026-11-20", tz="UTC"), MIDNIGHT),
        (pd.Timedelta(days=2), MIDNIGHT - 86_400),
        (np.float32(5.5), 5),
        ("\t2026-11-20\n", MIDNIGHT),
        (datetime(2026, 11, 20, 0, 0, 0, 999_999, UTC), MIDNIGHT),
        (date(2026, 11, 20), MIDNIGHT),
        ("20261120T000000Z", MIDNIGHT),
    ],
)
def test_what_is_a_time(value: object, seconds: int) -> None:
    """Rounded down to the second, whatever type holds it."""
    assert resolve_time(value, parameter="start_time", now=NOW, width=86_400) == seconds


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (LAST + 1, f"end_time: {LAST + 1} is not in Unix seconds; is it in milliseconds?"),
        (str(LAST + 1), f"end_time: {LAST + 1} is not in Unix seconds; is it in milliseconds?"),
        (-1, "end_time: -1 is before 1970"),
        (-0.5, "end_time: -1 is before 1970"),
        (datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), "end_time: -1 is before 1970"),
        (date(1969, 12, 31), "end_time: -86400 is before 1970"),
        ("999999999w", "end_time: -604798204176000 is before 1970"),
        ("9" * 21, f"end_time: {'9' * 20} is not in Unix seconds; is it in milliseconds?"),
        (True, f"end_time: True is no time; {FORMS}"),
        (None, f"end_time: None is no time; {FORMS}"),
        (float("nan"), f"end_time: nan is no time; {FORMS}"),
        (" soon ", f"end_time: 'soon' is no time; {FORMS}"),
        ("2026-13-01", f"end_time: '2026-13-01' is no time; {FORMS}"),
        ("1000000000s", f"end_time: '1000000000s' is no time; {FORMS}"),
        ("3M", f"end_time: '3M' is no time; {FORMS}"),
        ("999999999y", "end_time: -1 is before 1970"),
        ("0y", f"end_time: '0y' is no time; {FORMS}"),
        (np.timedelta64(7, "D"), f"end_time: np.timedelta64(7,'D') is no time; {FORMS}"),
        (np.datetime64("2026-11-20"), f"end_time: np.datetime64('2026-11-20') is no time; {FORMS}"),
        (pd.NaT, f"end_time: NaT is no time; {FORMS}"),
        ("0d", f"end_time: '0d' is no time; {FORMS}"),
        (timedelta(), f"end_time: datetime.timedelta(0) is no time; {FORMS}"),
        (timedelta(-1), f"end_time: datetime.timedelta(days=-1) is no time; {FORMS}"),
        ("3D", f"end_time: '3D' is no time; {FORMS}"),
        (
            datetime(2026, 11, 20),
            "end_time: 2026-11-20T00:00:00 has no time zone, so it could mean any of 24 hours; add one, such "
            "as datetime(..., tzinfo=timezone.utc), `.astimezone()` or a final Z",
        ),
    ],
)
def test_what_is_no_time(value: object, message: str) -> None:
    """The message shows the value and what to write instead."""
    assert refused(value) == message


@pytest.mark.parametrize(
    ("span", "width", "buckets"),
    [
        ("7d", 86_400, 7),
        ("1d", 86_400, 1),
        ("36h", 86_400, 2),
        ("1w", 86_400, 7),
        ("90m", 86_400, 1),
        ("7d", 3_600, 168),
        ("36h", 3_600, 36),
        ("90m", 3_600, 2),
        ("30s", 3_600, 1),
        ("90m", 60, 90),
        ("1h", 60, 60),
        ("61s", 60, 2),
    ],
)
@pytest.mark.parametrize("now", [MIDNIGHT, MIDNIGHT + 0.5, NOW, MIDNIGHT + 86_399.999])
def test_a_span_is_whole_buckets_with_the_running_one(
    span: str, width: int, buckets: int, now: float
) -> None:
    """At any moment of a bucket the same: what begins at the boundary and ends with the running bucket."""
    start = resolve_time(span, parameter="start_time", now=now, width=width)
    running = int(now) // width * width
    assert start == running - (buckets - 1) * width


@pytest.mark.parametrize(
    ("span", "now", "start"),
    [
        ("1y", "2026-11-20T15:30", "2025-11-21T00:00"),
        ("12mo", "2026-11-20T15:30", "2025-11-21T00:00"),
        ("1mo", "2026-11-30T23:59", "2026-11-01T00:00"),
        ("2mo", "2027-01-31T12:00", "2026-12-01T00:00"),
        ("1mo", "2026-03-29T12:00", "2026-03-01T00:00"),  # February has no 30th.
        ("1y", "2028-02-28T12:00", "2027-03-01T00:00"),
        ("1y", "2028-02-29T12:00", "2027-03-01T00:00"),
        ("1y", "2029-02-28T12:00", "2028-03-01T00:00"),
    ],
)
@pytest.mark.parametrize("width", [60, 3_600, 86_400])
def test_months_and_years_are_of_the_calendar(span: str, now: str, start: str, width: int) -> None:
    """Whole days in buckets of any width: never more than the API keeps, which goes back 365 days."""
    present, begun = (datetime.fromisoformat(f"{text}Z").timestamp() for text in (now, start))
    assert resolve_time(span, parameter="start_time", now=present, width=width) == begun
    assert begun >= present // 86_400 * 86_400 - 365 * 86_400


def test_a_text_without_time_zone_is_refused_like_a_datetime() -> None:
    """Only dates alone mean midnight UTC."""
    assert refused("2026-11-20T00:00").startswith("end_time: 2026-11-20T00:00:00 has no time zone")


def test_what_failed_inside_is_not_shown() -> None:
    """The cause is of no use to the caller."""
    with pytest.raises(InvalidParameterError) as caught:
        resolve_time("soon", parameter="end_time", now=NOW, width=86_400)
    assert caught.value.__suppress_context__


def test_all_times_of_a_request_are_resolved() -> None:
    """From one present; only they."""
    request: Any = usage_costs.request(start_time="2d", end_time="1d", limit=5, group_by=["line_item"])
    resolved = resolve_times(request, now=NOW, width=86_400)
    assert resolved == {"start_time": MIDNIGHT - 86_400, "end_time": MIDNIGHT}
    open_ended: Any = usage_costs.request(start_time="2d")
    assert list(resolve_times(open_ended, now=NOW, width=86_400)) == ["start_time"]


def test_a_time_that_cannot_be_read_names_its_parameter() -> None:
    """In a request as well."""
    request: Any = usage_costs.request(start_time="2d", end_time="soon")
    with pytest.raises(InvalidParameterError, match=r"^end_time: 'soon' is no time") as caught:
        resolve_times(request, now=NOW, width=86_400)
    assert caught.value.parameter == "end_time"
    for never in (timedelta(days=10**6), f"{10**8}d"):
        with pytest.raises(InvalidParameterError, match=r"^start_time") as out_of_range:
            resolve_time(never, parameter="start_time", now=NOW, width=86_400)
        assert out_of_range.value.parameter == "start_time"


@pytest.mark.parametrize("end", [MIDNIGHT, MIDNIGHT - 1])
def test_an_empty_range_is_refused(end: int) -> None:
    """Both ends are named; one second is a range."""
    request: Any = usage_costs.request(start_time=MIDNIGHT, end_time=end)
    with pytest.raises(InvalidParameterError) as caught:
        resolve_times(request, now=NOW, width=86_400)
    shown = "2026-11-20" if end == MIDNIGHT else "2026-11-19T23:59:59Z"
    assert str(caught.value) == (f"the range is empty: end_time {shown} is not after start_time 2026-11-20")
    assert caught.value.parameter == "end_time"
    second: Any = usage_costs.request(start_time=MIDNIGHT, end_time=MIDNIGHT + 1)
    assert resolve_times(second, now=NOW, width=86_400)["end_time"] == MIDNIGHT + 1
