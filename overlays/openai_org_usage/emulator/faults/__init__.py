"""What can go wrong, for tests: faults as values, and plans of which request gets which::

    from openai_org_usage.emulator import Emulator
    from openai_org_usage.emulator.faults import Drop, FaultPlan, Status

    with Emulator(faults=FaultPlan([Status(429, retry_after="2"), Drop("mid-body")])) as emulator:
        ...

The API refuses      Status, QuotaExceeded, MissingScope, LookbackExceeded, LimitRefused, Redirect
The connection fails Drop, Stall, Dribble, Delay
The body is no page  HtmlPage, EmptyBody, TruncatedJson, WrongUtf8, NestingBomb, TruncatedGzip,
                     GzipBomb, Body
Pages go wrong       NextPage, RepeatedCursor, CursorCycle, EmptyPages, HasMore, Missing, Renamed
Buckets go wrong     WrongBuckets, ContinuedBucket
Results are odd      Field, LongInteger, UnknownFields, UnknownObject, AmountText, AmountForm
Anything else        Altered, Body
"""

from .bodies import (
    Body,
    EmptyBody,
    GzipBomb,
    HtmlPage,
    NestingBomb,
    TruncatedGzip,
    TruncatedJson,
    WrongUtf8,
)
from .buckets import ContinuedBucket, WrongBuckets
from .connection import Delay, Dribble, Drop, Stall
from .cursors import CursorCycle, EmptyPages, HasMore, NextPage, RepeatedCursor
from .fault import Fault, FaultPlanError
from .members import Altered, Missing, Renamed
from .plan import FaultPlan
from .results import AmountForm, AmountText, Field, LongInteger, UnknownFields, UnknownObject
from .statuses import LimitRefused, LookbackExceeded, MissingScope, QuotaExceeded, Redirect, Status

__all__ = [
    "Altered",
    "AmountForm",
    "AmountText",
    "Body",
    "ContinuedBucket",
    "CursorCycle",
    "Delay",
    "Dribble",
    "Drop",
    "EmptyBody",
    "EmptyPages",
    "Fault",
    "FaultPlan",
    "FaultPlanError",
    "Field",
    "GzipBomb",
    "HasMore",
    "HtmlPage",
    "LimitRefused",
    "LongInteger",
    "LookbackExceeded",
    "Missing",
    "MissingScope",
    "NestingBomb",
    "NextPage",
    "QuotaExceeded",
    "Redirect",
    "Renamed",
    "RepeatedCursor",
    "Stall",
    "Status",
    "TruncatedGzip",
    "TruncatedJson",
    "UnknownFields",
    "UnknownObject",
    "WrongBuckets",
    "WrongUtf8",
]
