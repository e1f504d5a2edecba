"""What our client makes of each fault: the same rows as without it, or an error of the library's."""

import warnings
from collections.abc import Iterator
from decimal import Decimal
from typing import get_args

import pytest

from openai_org_usage import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    LookbackExceededError,
    OpenAIUsageError,
    PaginationError,
    PermissionDeniedError,
    QuotaExceededError,
    RateLimitError,
    ResponseDecodeError,
    ResponseTooLargeError,
    RetryPolicy,
    ServerError,
    UnknownFieldWarning,
    UsageClient,
)
from openai_org_usage.emulator import FaultPlan
from openai_org_usage.emulator.faults import (
    AmountForm,
    AmountText,
    BlankProject,
    Body,
    ContinuedBucket,
    CountryRefused,
    Credit,
    CursorCycle,
    Delay,
    Dribble,
    Drop,
    EmptyBody,
    EmptyPages,
    ErrorBody,
    Fault,
    Field,
    GroupingRefused,
    GzipBomb,
    HasMore,
    HtmlPage,
    LimitRefused,
    LongInteger,
    LookbackExceeded,
    Missing,
    MissingScope,
    NestingBomb,
    NextPage,
    QuotaExceeded,
    Redirect,
    Renamed,
    RepeatedCursor,
    SessionKeyNeeded,
    Stall,
    Status,
    TruncatedGzip,
    TruncatedJson,
    UnknownFields,
    UnknownObject,
    WrongBuckets,
    WrongUtf8,
)
from openai_org_usage.emulator.faults.results import AmountStyle

from .asking import Api

HARMLESS = [
    *(AmountForm(kind, style=style) for kind in ("string", "number") for style in get_args(AmountStyle)),
    ContinuedBucket(),
    ContinuedBucket(repeat=True),
    Delay(0.01),
    Dribble("headers", pause=0),
    Dribble("body", pause=0, size=100, framing="chunked"),
    BlankProject(),
    EmptyPages(3),
    LimitRefused(7),
    Renamed("results", "result"),
    UnknownFields(),
]

SEEN = 1_795_000_000
"""A moment within the last month of the emulator, whose clock stands still."""

HARMFUL: list[tuple[Fault, type[OpenAIUsageError]]] = [
    (Status(400), BadRequestError),
    (Status(401), AuthenticationError),
    (Status(404), APIStatusError),
    (Status(429, retry_after="2"), RateLimitError),
    (Status(503), ServerError),
    (QuotaExceeded(), QuotaExceededError),
    (MissingScope(401), PermissionDeniedError),
    (MissingScope(403), PermissionDeniedError),
    (SessionKeyNeeded(401), APIStatusError),
    (SessionKeyNeeded(403), PermissionDeniedError),
    (CountryRefused(), PermissionDeniedError),
    (GroupingRefused("line_item"), BadRequestError),
    (GroupingRefused("line_item", before=SEEN), LookbackExceededError),
    (ErrorBody("try again"), ServerError),
    (ErrorBody("no such team", member="detail", status=200), ResponseDecodeError),
    (ErrorBody("busy", nested=True, status=200), ResponseDecodeError),
    (LookbackExceeded(), LookbackExceededError),
    (Redirect(), APIStatusError),
    (Drop("before-headers"), APIConnectionError),
    (Drop("mid-headers"), APIConnectionError),
    (Drop("mid-headers", reset=True), APIConnectionError),
    (Drop("mid-body"), APIConnectionError),
    (Drop("mid-body", framing="chunked"), APIConnectionError),
    (Drop("before-end", framing="chunked"), APIConnectionError),
    (Drop("mid-body", reset=True), APIConnectionError),
    (Stall(), APITimeoutError),
    (Stall("mid-body"), APITimeoutError),
    (Dribble("headers", pause=0.05), APITimeoutError),
    (Dribble("body", pause=0.05), APITimeoutError),
    (GzipBomb(), ResponseTooLargeError),
    (HtmlPage(), ResponseDecodeError),
    (EmptyBody(), ResponseDecodeError),
    (TruncatedJson(), ResponseDecodeError),
    (WrongUtf8(), ResponseDecodeError),
    (NestingBomb(), ResponseDecodeError),
    (LongInteger(), ResponseDecodeError),
    (Body(b"null"), ResponseDecodeError),
    (Missing("data"), ResponseDecodeError),
    (Missing("has_more"), ResponseDecodeError),
    (Missing("results"), ResponseDecodeError),
    (HasMore(None), ResponseDecodeError),
    (HasMore("true"), ResponseDecodeError),
    (NextPage(None), PaginationError),
    (NextPage(""), PaginationError),
    (NextPage(7), ResponseDecodeError),
    (RepeatedCursor(), PaginationError),
    (CursorCycle(2), PaginationError),
    (WrongBuckets("overlapping"), PaginationError),
    (WrongBuckets("backward"), PaginationError),
    (WrongBuckets("repeated"), PaginationError),
    (WrongBuckets("out-of-range"), PaginationError),
    (AmountText("NaN"), ResponseDecodeError),
    (AmountText('"NaN"'), ResponseDecodeError),
    (AmountText('"Infinity"'), ResponseDecodeError),
    (Field("quantity", "many"), ResponseDecodeError),
]


@pytest.fixture
def client(faulty: Api, now: int) -> Iterator[UsageClient]:
    """A client that neither retries nor waits for long."""
    emulator = faulty.emulator
    with UsageClient(
        admin_key=emulator.admin_key,
        base_url=emulator.base_url,
        clock=lambda: now,
        timeout=10,
        retry=RetryPolicy(max_retries=0),
    ) as client:
        yield client


def rows(client: UsageClient) -> list[tuple[object, ...]]:
    """A month of costs by line item, as plain values."""
    query = client.costs(start_time="30d", group_by=["line_item"])
    return [(row.start, row.line_item, row.amount_value, row.quantity) for row in query.rows()]


@pytest.mark.parametrize("fault", HARMLESS, ids=repr)
@pytest.mark.parametrize("concurrency", [1, 8])
def test_what_is_seen_in_the_wild_changes_nothing(
    faulty: Api, client: UsageClient, fault: Fault, concurrency: int
) -> None:
    """Not a row is lost, none counts twice, and no digit changes."""
    true = rows(client)
    faulty.emulator.faults = FaultPlan(fault)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownFieldWarning)
        troubled = rows(client.with_options(concurrency=concurrency))

    assert troubled == true
    assert faulty.emulator.dealt


@pytest.mark.parametrize(("fault", "error"), HARMFUL, ids=repr)
def test_what_would_lie_is_an_error(
    faulty: Api, client: UsageClient, fault: Fault, error: type[OpenAIUsageError]
) -> None:
    """Of the class that says what to do, and never one of another library's."""
    faulty.emulator.faults = FaultPlan(fault)
    impatient = client.with_options(timeout=1.5) if error is APITimeoutError else client

    with pytest.raises(error):
        rows(impatient)
    assert faulty.emulator.dealt


@pytest.mark.filterwarnings("ignore::openai_org_usage.UnknownResultWarning")
def test_results_of_an_unknown_kind_are_kept_whole(faulty: Api, client: UsageClient) -> None:
    """They are never read as another kind."""
    faulty.emulator.faults = FaultPlan(UnknownObject())

    buckets = list(client.costs(start_time="30d", group_by=["line_item"]))

    assert all(bucket.unknown_results and not bucket.results for bucket in buckets)


def test_a_truncated_gzip_is_not_taken_for_a_page(faulty: Api, client: UsageClient) -> None:
    """It is a connection that broke off, or an answer that cannot be read."""
    faulty.emulator.faults = FaultPlan(TruncatedGzip())

    with pytest.raises((APIConnectionError, ResponseDecodeError)):
        rows(client)


def test_credits_lower_a_sum(faulty: Api, client: UsageClient) -> None:
    """A negative amount is an amount like others."""
    true = rows(client)
    faulty.emulator.faults = FaultPlan(Credit("-1E-7"))

    credits = [amount for _, _, amount, _ in rows(client) if isinstance(amount, Decimal) and amount < 0]
    assert credits == [Decimal("-1E-7")] * len({start for start, *_ in true})


def test_an_endless_tail_of_empty_pages_is_an_end(faulty: Api, client: UsageClient) -> None:
    """Once the buckets have reached the end of the range that was asked for."""
    true = rows(client)
    faulty.emulator.faults = FaultPlan(EmptyPages(None))

    assert rows(client) == true
