"""What can go wrong, for tests: faults as values, and plans of which request gets which::

    from openai_org_usage.emulator import Emulator
    from openai_org_usage.emulator.faults import Drop, FaultPlan, Status

    with Emulator(faults=FaultPlan([Status(429, retry_after="2"), Drop("mid-body")])) as emulator:
        ...

The API refuses      Status, QuotaExceeded, MissingScope, SessionKeyNeeded, CountryRefused,
                     LookbackExceeded, LimitRefused, GroupingRefused, ErrorBody, Redirect
The connection fails Drop, Stall, Dribble, Delay
The body is no page  HtmlPage, EmptyBody, TruncatedJson, WrongUtf8, NestingBomb, TruncatedGzip,
                     GzipBomb, Body
Pages go wrong       NextPage, RepeatedCursor, CursorCycle, EmptyPages, HasMore, Missing, Renamed
Lists go wrong       LastId, RepeatedLastId, RepeatedItem, EndlessList
Buckets go wrong     WrongBuckets, ContinuedBucket
Results are odd      Field, LongInteger, UnknownFields, UnknownObject, AmountText, AmountForm, Credit,
                     BlankProject, ProjectsByLineItem
Anything else        Altered, Body
"""

from .bodies import (
    Body,
    EmptyBody,
    ErrorBody,
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
from .lists import EndlessList, LastId, RepeatedItem, RepeatedLastId
from .members import Altered, Missing, Renamed
from .parameters import GroupingRefused, LimitRefused, LookbackExceeded
from .permissions import CountryRefused, MissingScope, SessionKeyNeeded
from .plan import FaultPlan
from .results import (
    AmountForm,
    AmountText,
    BlankProject,
    Credit,
    Field,
    LongInteger,
    ProjectsByLineItem,
    UnknownFields,
    UnknownObject,
)
from .statuses import QuotaExceeded, Redirect, Status

__all__ = [
    "Altered",
    "AmountForm",
    "AmountText",
    "BlankProject",
    "Body",
    "ContinuedBucket",
    "CountryRefused",
    "Credit",
    "CursorCycle",
    "Delay",
    "Dribble",
    "Drop",
    "EmptyBody",
    "EmptyPages",
    "EndlessList",
    "ErrorBody",
    "Fault",
    "FaultPlan",
    "FaultPlanError",
    "Field",
    "GroupingRefused",
    "GzipBomb",
    "HasMore",
    "HtmlPage",
    "LastId",
    "LimitRefused",
    "LongInteger",
    "LookbackExceeded",
    "Missing",
    "MissingScope",
    "NestingBomb",
    "NextPage",
    "ProjectsByLineItem",
    "QuotaExceeded",
    "Redirect",
    "Renamed",
    "RepeatedCursor",
    "RepeatedItem",
    "RepeatedLastId",
    "SessionKeyNeeded",
    "Stall",
    "Status",
    "TruncatedGzip",
    "TruncatedJson",
    "UnknownFields",
    "UnknownObject",
    "WrongBuckets",
    "WrongUtf8",
]
