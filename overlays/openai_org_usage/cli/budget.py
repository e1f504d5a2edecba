"""`budget`: one line that says whether a limit is kept, and an exit code for CI and cron."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import TYPE_CHECKING

import click

from ..display import clean, escaped_json
from .connection import Connection
from .errors import WrongUsageError
from .exit_codes import Exit
from .layout import PROGRAM, Command, Option, taken_from
from .messages import Messages, wrapped
from .surroundings import Surroundings

if TYPE_CHECKING:
    from ..report import Budget

_BUDGET = "Budget"
_PERIODS = ("day", "week", "month")
_CODES: Mapping[str, Exit] = {
    "within": Exit.DONE,
    "forecast_exceeds": Exit.FORECAST_EXCEEDS,
    "exceeded": Exit.BUDGET_EXCEEDED,
}
_HELP = """Whether a limit is kept: one line, and an exit code for CI and cron.

The exit code is 0 within the limit, 30 where the forecast exceeds it, 31 where it is exceeded already, and
26 where that cannot be told, as some costs are of a kind that this version does not know.
Periods are UTC. Amounts are compared exactly, in one currency."""
_CLOSING = f"""Examples:
  {PROGRAM} budget --limit 500
  {PROGRAM} budget --limit 25.50 --period day --format json

A forecast alone does not fail in:
  {PROGRAM} budget --limit 500 || test $? -eq 30
"""


def budget_command(name: str, surroundings: Surroundings) -> Command:
    """The command."""
    return Command(
        name,
        options=[*_options(), *Connection.options(), *Messages.options()],
        run=partial(_run, surroundings),
        summary="",
        help_text=_HELP,
        closing=_CLOSING,
    )


def _run(
    surroundings: Surroundings, *, limit: str, period: str, currency: str, format: str, **given: object
) -> int:
    from ..report import check_budget, collect_daily

    amount = _amount(limit)
    messages = taken_from(Messages, given)
    now = datetime.fromtimestamp(surroundings.clock(), UTC)
    with taken_from(Connection, given).client(surroundings, messages) as client:
        daily = collect_daily(client, now=now)
    budget = check_budget(daily, limit=amount, period=period, currency=currency, today=now.date())
    if format == "json":
        click.echo(escaped_json(json.dumps(_as_dict(budget), indent=2)))
    elif not messages.quiet:
        # In a pipe or file it is one line, for grep.
        line = clean(budget.line)
        click.echo(wrapped(line) if sys.stdout.isatty() else line)
    return _CODES[budget.state]


def _as_dict(budget: Budget) -> dict[str, object]:
    """Amounts as strings, because a JSON number is a binary float to most readers."""
    forecast = budget.forecast
    return {
        "state": str(budget.state),
        "exit_code": int(_CODES[budget.state]),
        "currency": budget.currency,
        "limit": _text(budget.limit),
        "spent": _text(budget.spent),
        "share": _text(budget.share),
        "period": {"start": budget.period.start.isoformat(), "end": budget.period.end.isoformat()},
        "forecast": {
            "expected": _text(forecast.expected),
            "low": _text(forecast.low),
            "high": _text(forecast.high),
            "method": forecast.method,
        },
        "line": budget.line,
    }


def _options() -> list[Option]:
    return [
        Option(
            ["--limit"],
            section=_BUDGET,
            required=True,
            metavar="AMOUNT",
            help="What may be spent in the period, such as 500 or 25.50.  [required]",
        ),
        Option(
            ["--period"],
            section=_BUDGET,
            type=click.Choice(_PERIODS),
            default="month",
            help="The running UTC day, week (from Monday) or month.  [default: month]",
        ),
        Option(
            ["--currency"],
            section=_BUDGET,
            default="usd",
            metavar="CODE",
            help="Of the limit; amounts are not converted.  [default: usd]",
        ),
        Option(
            ["--format"],
            section=_BUDGET,
            type=click.Choice(["text", "json"]),
            default="text",
            help="For people or for programs.  [default: text]",
        ),
    ]


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        raise WrongUsageError(f"--limit: {text!r} is no amount: write it like 500 or 25.50") from None
    if not amount.is_finite() or amount < 0:
        raise WrongUsageError(f"--limit: a limit is zero or more, not {text}")
    return amount


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")
