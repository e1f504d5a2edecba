"""`budget`: one line that says whether a limit is kept, and an exit code for CI and cron."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import attrs
import click

from ..errors import LookbackExceededError
from ..printable import clean, escaped_json
from .archive.answer_source import AnswerOptions, AnswerSource
from .budget_limits import configured_limits, read_limits
from .click_base import PROGRAM, Command, Option
from .console import wrap
from .context import CommandContext
from .errors import TooLongAgoError
from .exit_codes import Exit
from .output.formats import text_or_json_option

if TYPE_CHECKING:
    from ..report import Budget, BudgetPeriod, CurrencyBudget, Ledger, LeftOut

_SECTION = "Budget"
_option = partial(Option, section=_SECTION)
_UNUSED = ("--settled", "--concurrency", "--array-format")
"""Without use here: a budget needs the days up to now, and costs are asked for once and not in groups."""
_PERIODS = ("day", "week", "month")
_CODES: Mapping[str, Exit] = {
    "within": Exit.DONE,
    "forecast_exceeds": Exit.FORECAST_EXCEEDS,
    "exceeded": Exit.BUDGET_EXCEEDED,
    "unknown": Exit.NO_VERDICT,
}
_HELP = """Whether a limit is kept: one line, and an exit code for CI and cron.

The exit code is 0 within the limit, 30 where the forecast exceeds it, 31 where it is exceeded already, and
32 where that cannot be told: costs are in a currency without a limit, or cannot be added up, or a day is
missing. Periods are UTC. Amounts are compared exactly, net of credits, each currency by itself."""
_CLOSING = f"""Examples:
  {PROGRAM} budget --limit 500
  {PROGRAM} budget --limit 25.50 --period day --format json
  {PROGRAM} budget --limit usd=500 --limit eur=300

A forecast alone does not fail in:
  {PROGRAM} budget --limit 500 || test $? -eq 30
"""


def budget_command(name: str) -> Command:
    """The command."""
    return Command(
        name,
        options=[*_options(), *AnswerOptions.options(without=_UNUSED)],
        run=_run,
        help_text=_HELP,
        closing=_CLOSING,
    )


def _run(
    context: CommandContext,
    *,
    limit: tuple[str, ...],
    period: str,
    currency: str,
    format: str,
    **given: object,
) -> int:
    from ..report import BudgetPeriod, check_budget

    limits = read_limits(limit or configured_limits(context.configuration, period), currency)
    answers = AnswerOptions.of(context, given)
    now = datetime.fromtimestamp(context.clock(), UTC)
    with answers.source() as source:
        daily = _daily(source, BudgetPeriod(period), now=now)
        age = source.age()
    budget = check_budget(daily, limit=limits, period=period, today=now.date())
    if format == "json":
        click.echo(escaped_json(json.dumps(_as_dict(budget), indent=2)))
    elif not answers.console.quiet:
        # In a pipe or file it is one line, for grep.
        click.echo(_for_a_terminal(budget) if sys.stdout.isatty() else clean(budget.line))
    if age is not None:
        answers.console.note(age)
    return _CODES[budget.state]


def _daily(source: AnswerSource, period: BudgetPeriod, *, now: datetime) -> Ledger:
    """The daily totals that a budget of `period` needs.

    Raises:
        TooLongAgoError: the first days of it are not kept.
    """
    from ..report import collect_daily

    try:
        daily = collect_daily(source.client, now=now, period=period)
    except LookbackExceededError as error:
        since = period.around(now.date()).start.isoformat()
        remedy = source.sync_command("--table", "costs", "--since", since)
        text = str(error) if remedy is None else f"{error}; this reads it, as far as the API keeps it:"
        raise TooLongAgoError(text, remedy=remedy) from None
    return _with_today(daily, source.read_until, today=now.date())


def _with_today(daily: Ledger, read_until: int | None, *, today: date) -> Ledger:
    """`daily`, of which today is missed where the archive has nothing of it: it may be all that was spent."""
    from ..report.periods import DAY, Period, midnight
    from ..report.unknown_results import missing_days, most

    if read_until is None or read_until > midnight(today):
        return daily
    gone = missing_days("costs", (), Period(today, today + DAY))
    return attrs.evolve(daily, left_out=most(daily.left_out, gone))


def _for_a_terminal(budget: Budget) -> str:
    """The line, wrapped; with more than one clause, each below the head."""
    from ..report.budget_verdict import clauses, head

    found = clauses(budget)
    if len(found) == 1:
        return wrap(clean(budget.line))
    below = (wrap(clean(clause), indent="  ") for clause in found)
    return "\n".join((wrap(f"{clean(head(budget))}:"), *below))


def _as_dict(budget: Budget) -> dict[str, object]:
    """Amounts as strings, because a JSON number is a binary float to most readers."""
    first, *_ = limits = [_limit(each) for each in budget.limits]
    period = {"start": budget.period.start.isoformat(), "end": budget.period.end.isoformat()}
    named = {name: first[name] for name in ("currency", "limit", "spent", "share", "forecast")}
    return {
        "state": str(budget.state),
        "exit_code": int(_CODES[budget.state]),
        **named,
        "period": period,
        "limits": limits,
        "without_limit": [_limit(each) for each in budget.unlimited],
        "left_out": [_left_out(each, in_period=True) for each in budget.left_out]
        + [_left_out(each, in_period=False) for each in budget.left_out_before],
        "line": budget.line,
    }


def _limit(each: CurrencyBudget) -> dict[str, object]:
    forecast = each.forecast
    return {
        "currency": each.currency,
        "limit": _text(each.limit),
        "spent": _text(each.spent),
        "credits": _text(each.credits),
        "share": _text(each.share),
        "state": str(each.state),
        "forecast": {
            "expected": _text(forecast.expected),
            "low": _text(forecast.low),
            "high": _text(forecast.high),
            "method": forecast.method,
        },
    }


def _left_out(each: LeftOut, *, in_period: bool) -> dict[str, object]:
    from ..report.renderers.json import left_out_to_dict

    return {**left_out_to_dict(each), "in_period": in_period}


def _options() -> list[Option]:
    return [
        _option(["--limit"], help=_LIMIT, multiple=True, metavar="AMOUNT"),
        _option(["--period"], help=_PERIOD, type=click.Choice(_PERIODS), default="month"),
        _option(["--currency"], help=_CURRENCY, default="usd", metavar="CODE"),
        text_or_json_option(section=_SECTION),
    ]


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


_LIMIT = (
    "What may be spent in the period, such as 500 or 25.50; for each further currency eur=300.  "
    "[default: as the configuration has it]"
)
_PERIOD = "The running UTC day, week (from Monday) or month.  [default: month]"
_CURRENCY = "The currency of a limit that names none; amounts are not converted.  [default: usd]"
