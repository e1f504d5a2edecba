"""Reading what a report or a budget needs, with either client."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from ..query_steps import run_steps, run_steps_async
from .budget import BudgetPeriod
from .daily_steps import daily_steps
from .filters import WHOLE_ORGANIZATION, ReportFilters
from .ledger import Ledger
from .periods import Period, utc_day
from .report import TOP, Report, make_report
from .report_steps import ReportSteps
from .scope import Scope
from .token_days import TokenDays

if TYPE_CHECKING:
    from ..client import AsyncUsageClient, UsageClient
    from ..directory.names import Names


def collect(
    client: UsageClient,
    *,
    period: Period | None = None,
    filters: ReportFilters = WHOLE_ORGANIZATION,
    timezone: tzinfo = UTC,
    now: datetime | None = None,
    top: int = TOP,
    names: Names | None = None,
    emails: bool = True,
) -> Report:
    """Read what a report about `period` needs, and make it.

    `period` is the running month (UTC) if not given; every figure is of the part of the organization that
    `filters` name. Costs come by UTC day alone; tokens, which come by the hour, are of the days of the same
    dates in `timezone`. `now` is an aware datetime, the present if not given; the day that it is in is taken
    to be still growing.

    Breakdowns show the `top` largest entries. They are called as `names` know them, such as those of
    `client.names()`, or as the rows say it; no list is read here. Without `emails`, no address is in the
    report. Costs by API key are estimated where the API refuses to tell them; the breakdown says so.

    Raises:
        ReportError: the period lies in the future, or `top` or `now` cannot be used.
        PartRefusedError: the API refuses costs of one user or key, which `filters` ask for.
        OpenAIUsageError: reading failed; see `openai_org_usage.errors`. A refusal to group costs by
            project, user or API key is no failure: the report says so and goes without, or has an estimate.
    """
    scope = _scope(period, now, timezone)
    gathered = run_steps(client, ReportSteps(scope, filters).gathered())
    return make_report(gathered, scope=scope, top=top).with_names(names, emails=emails)


async def collect_async(
    client: AsyncUsageClient,
    *,
    period: Period | None = None,
    filters: ReportFilters = WHOLE_ORGANIZATION,
    timezone: tzinfo = UTC,
    now: datetime | None = None,
    top: int = TOP,
    names: Names | None = None,
    emails: bool = True,
) -> Report:
    """As `collect`; figures are added up on the event loop, which takes a moment for a long period."""
    scope = _scope(period, now, timezone)
    gathered = await run_steps_async(client, ReportSteps(scope, filters).gathered())
    return make_report(gathered, scope=scope, top=top).with_names(names, emails=emails)


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
    return run_steps(client, daily_steps(utc_day(now or datetime.now(UTC)), period))


async def collect_daily_async(
    client: AsyncUsageClient, *, now: datetime | None = None, period: BudgetPeriod | None = None
) -> Ledger:
    """As `collect_daily`."""
    return await run_steps_async(client, daily_steps(utc_day(now or datetime.now(UTC)), period))


def _scope(period: Period | None, now: datetime | None, timezone: tzinfo) -> Scope:
    now = now or datetime.now(UTC)
    return Scope.of(period or Period.this_month(now), now=now, token_days=TokenDays(timezone))
