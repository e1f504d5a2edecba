"""Reading what a report or a budget needs: a few queries, at once where the API lets them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import chain
from typing import TYPE_CHECKING

import attrs

from .._generated import CostsRow, UsageCompletionsRow
from ..errors import APIStatusError, ArchiveCoverageError, BadRequestError, LookbackExceededError
from ..key_costs import collect_key_costs
from ..pagination.rules import Span
from .budget import BudgetPeriod
from .forecast import HISTORY_DAYS
from .ledger import CostRow, Ledger
from .notes import Refusal
from .periods import DAY, Period, day_of, midnight, utc_day
from .report import TOP, Gathered, Report, Scope, make_report
from .unknown_results import LeftOut, is_cut_off, left_out, missing_days

if TYPE_CHECKING:
    from .._generated import CostsBucket, UsageCompletionsBucket, UsageCostsGroupByItem
    from ..client import UsageClient
    from ..directory.names import Names

OWNERS: tuple[UsageCostsGroupByItem, ...] = ("project_id", "user_id", "api_key_id")
"""Dimensions that some organizations may not group costs by; each is asked for by itself."""
_KEY = "api_key_id"
_REFUSED = (400, 403, 404)
_NOT_GROUPED_SO = (BadRequestError, ArchiveCoverageError)
"""What says that costs are not to be had by a dimension, from the API or from an archive."""


def collect(
    client: UsageClient,
    *,
    period: Period | None = None,
    now: datetime | None = None,
    top: int = TOP,
    names: Names | None = None,
    emails: bool = True,
) -> Report:
    """Read what a report about `period` needs, and make it.

    `period` is the running month (UTC) if not given. `now` is an aware datetime, the present if not
    given; the day that it is in is taken to be still growing. Breakdowns show the `top` largest entries.
    They are called as `names` know them, such as those of `client.names()`, or as the rows say it; no list
    is read here. Without `emails`, no address is in the report. Costs by API key are estimated where the API
    refuses to tell them; the breakdown says so.

    Raises:
        ReportError: the period lies in the future, or `top` or `now` cannot be used.
        OpenAIUsageError: reading failed; see `openai_org_usage.errors`. A refusal to group costs by
            project, user or API key is no failure: the report says so and goes without, or has an estimate.
    """
    now = now or datetime.now(UTC)
    scope = Scope.of(period or Period.this_month(now), now=now)
    report = make_report(_ReportQueries(client, scope).gathered(), scope=scope, top=top)
    return report.with_names(names, emails=emails)


def collect_daily(
    client: UsageClient, *, now: datetime | None = None, period: BudgetPeriod | None = None
) -> Ledger:
    """Read the daily totals that a budget of `period` needs, or of any period, in one query.

    What cannot be added up, and complete days of which nothing or only a part came, are in its `left_out`;
    the growing day is missed only where that is so of the day before, too. What comes before the running
    `period`, or before the running month and week, is done without where it is not kept.

    Raises:
        LookbackExceededError: the first days of the period are not kept.
        OpenAIUsageError: reading failed.
    """
    today = utc_day(now or datetime.now(UTC))
    running = min(each.around(today).start for each in BudgetPeriod)
    needed = running if period is None else period.around(today).start
    first, buckets = _daily_costs(client, needed, today)
    until = today if first == today else _missed_until(buckets, today)
    gone = missing_days("costs", buckets, Period(max(first, running), until))
    return Ledger.of(_cost_rows(buckets), left_out=(*left_out("costs", buckets), *gone))


def _daily_costs(client: UsageClient, needed: date, today: date) -> tuple[date, list[CostsBucket]]:
    """The first day and all up to now: from twelve weeks ago, if kept, and from `needed` at the latest."""
    start, end = min(needed, today - HISTORY_DAYS * DAY), midnight(today + DAY)
    try:
        return start, list(client.costs(start_time=midnight(start), end_time=end))
    except LookbackExceededError as error:
        kept = _first_kept(error)
        if kept is None:
            raise
        start = min(kept, needed)  # If it is not kept, the API says so of that day.
        return start, list(client.costs(start_time=midnight(start), end_time=end))


def _missed_until(buckets: Iterable[Span], today: date) -> date:
    """The day from which on nothing is missed: today, or tomorrow where no whole day came lately."""
    is_late = any(day_of(bucket.start_time) >= today - DAY and not is_cut_off(bucket) for bucket in buckets)
    return today if is_late else today + DAY


def _first_kept(error: LookbackExceededError) -> date | None:
    """The first day that the API keeps whole."""
    return None if error.earliest_start is None else day_of(error.earliest_start + 86_399)


@attrs.frozen
class _OwnerCosts:
    """Costs by one dimension, or why there are none, or no more than an estimate."""

    rows: Sequence[CostRow] | None = None
    buckets: Sequence[CostsBucket] = ()
    """What `rows` came in; none of an estimate."""
    refusal: Refusal | None = None

    @classmethod
    def of(cls, buckets: Iterable[CostsBucket]) -> _OwnerCosts:
        """What came."""
        found = list(buckets)
        return cls(list(_cost_rows(found)), found)


@attrs.define
class _ReportQueries:
    """One reading of the API; what lies before the days that it keeps is done without."""

    client: UsageClient
    scope: Scope
    earliest: date | None = None

    def gathered(self) -> Gathered:
        daily, items, tokens = self._main()
        owned = self._owned()
        return Gathered(
            daily=list(_cost_rows(daily)),
            line_items=list(_cost_rows(items)),
            by={name: found.rows for name, found in owned.items() if found.rows is not None},
            completions=list(chain.from_iterable(map(UsageCompletionsRow.of_bucket, tokens))),
            refusals=tuple(found.refusal for found in owned.values() if found.refusal is not None),
            earliest=self.earliest,
            left_out=(
                *left_out("costs", daily, items, *(found.buckets for found in owned.values())),
                *self._missing(daily),
                *left_out("completions", tokens),
            ),
        )

    def _missing(self, daily: Sequence[CostsBucket]) -> tuple[LeftOut, ...]:
        period, today = self.scope.period, self.scope.today
        end = period.until(today).end if self.scope.month is None else _missed_until(daily, today)
        return missing_days("costs", daily, Period(period.start, end)) if end > period.start else ()

    def _main(self) -> tuple[list[CostsBucket], list[CostsBucket], list[UsageCompletionsBucket]]:
        """The three queries that there is no report without."""
        try:
            return self._ask()
        except LookbackExceededError as error:
            kept = _first_kept(error)
            if kept is None:
                raise
            # Without all of the period the API refuses again, and says so of the period.
            self.earliest = min(kept, self.scope.period.start)
            return self._ask()

    def _ask(self) -> tuple[list[CostsBucket], list[CostsBucket], list[UsageCompletionsBucket]]:
        scope = self.scope
        start, end = self._compared()
        last = scope.period.end if scope.month is None else scope.today + DAY
        return self.client.gather(
            self.client.costs(start_time=self._kept(scope.first_needed), end_time=midnight(last)),
            self.client.costs(start_time=start, end_time=end, group_by=["line_item"]),
            self.client.completions(start_time=start, end_time=end, group_by=["model"]),
        )

    def _owned(self) -> dict[str, _OwnerCosts]:
        """Costs by owner. All at once; if one is refused, one after the other."""
        start, end = self._compared()
        queries = [self.client.costs(start_time=start, end_time=end, group_by=[name]) for name in OWNERS]
        try:
            found = self.client.gather(*queries)
        except _NOT_GROUPED_SO:
            return {name: self._one(name) for name in OWNERS}
        return dict(zip(OWNERS, map(_OwnerCosts.of, found), strict=True))

    def _one(self, dimension: UsageCostsGroupByItem) -> _OwnerCosts:
        start, end = self._compared()
        try:
            return _OwnerCosts.of(self.client.costs(start_time=start, end_time=end, group_by=[dimension]))
        except _NOT_GROUPED_SO as error:
            refusal = Refusal(dimension, str(error), is_of_archive=isinstance(error, ArchiveCoverageError))
        return self._estimated(refusal) if dimension == _KEY else _OwnerCosts(refusal=refusal)

    def _estimated(self, refusal: Refusal) -> _OwnerCosts:
        """What was billed, shared out among the keys; nothing where the API refuses what that takes, too."""
        start, end = self._compared()
        try:
            costs = collect_key_costs(self.client, start_time=start, end_time=end)
        except ArchiveCoverageError:
            return _OwnerCosts(refusal=refusal)
        except APIStatusError as error:
            if error.status not in _REFUSED:
                raise
            return _OwnerCosts(refusal=refusal)
        if not costs.is_estimate:
            return _OwnerCosts(costs.rows)
        if costs.unread and not any(row.shared_by for row in costs.rows):
            return _OwnerCosts(refusal=refusal)
        return _OwnerCosts(costs.rows, refusal=attrs.evolve(refusal, is_estimated=True))

    def _compared(self) -> tuple[int, int]:
        """From the period before to the end of the period, in Unix seconds."""
        period, before = self.scope.period, self.scope.before
        return self._kept(period.start if before is None else before.start), period.end_time

    def _kept(self, day: date) -> int:
        return midnight(day if self.earliest is None else max(day, self.earliest))


def _cost_rows(buckets: Iterable[CostsBucket]) -> Iterator[CostsRow]:
    return chain.from_iterable(map(CostsRow.of_bucket, buckets))
