"""What a budget needs, read step by step: the daily totals up to now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import attrs

from .._generated import OPERATIONS
from ..errors import LookbackExceededError
from ..pagination.rules import Bucket, Span
from ..query_steps import CostsRequest, QuerySteps, rows_of
from .budget import BudgetPeriod
from .forecast import HISTORY_DAYS
from .ledger import Ledger
from .periods import DAY, Period, day_of, midnight
from .unknown_results import is_cut_off, left_out, missing_days


@attrs.frozen
class _DailyCosts:
    """The costs of all days from the first one on."""

    first: date
    request: CostsRequest
    buckets: Sequence[Bucket]


def daily_steps(today: date, period: BudgetPeriod | None) -> QuerySteps[Ledger]:
    """The daily totals that a budget of the running `period` needs, or of any period if it is None."""
    running = min(each.around(today).start for each in BudgetPeriod)
    needed = running if period is None else period.around(today).start
    daily = yield from _daily_costs(needed, today)
    until = today if daily.first == today else missed_until(daily.buckets, today)
    gone = missing_days("costs", daily.buckets, Period(max(daily.first, running), until))
    return Ledger.of(
        rows_of(daily.request, daily.buckets), left_out=(*left_out("costs", daily.buckets), *gone)
    )


def missed_until(buckets: Iterable[Span], today: date) -> date:
    """The day from which on nothing is missed: today, or tomorrow where no whole day came lately."""
    is_late = any(day_of(bucket.start_time) >= today - DAY and not is_cut_off(bucket) for bucket in buckets)
    return today if is_late else today + DAY


def first_kept(error: LookbackExceededError) -> date | None:
    """The first day that the API keeps whole."""
    return None if error.earliest_start is None else day_of(error.earliest_start + 86_399)


def _daily_costs(needed: date, today: date) -> QuerySteps[_DailyCosts]:
    """All up to now: from twelve weeks ago, if kept, and from `needed` at the latest."""
    start = min(needed, today - HISTORY_DAYS * DAY)
    try:
        return (yield from _costs_since(start, today))
    except LookbackExceededError as error:
        kept = first_kept(error)
        if kept is None:
            raise
    # If `needed` is not kept, the API says so of that day.
    return (yield from _costs_since(min(kept, needed), today))


def _costs_since(start: date, today: date) -> QuerySteps[_DailyCosts]:
    times = {"start_time": midnight(start), "end_time": midnight(today + DAY)}
    request = CostsRequest.of(OPERATIONS["costs"], times)
    (buckets,) = yield [request]
    return _DailyCosts(start, request, buckets)
