"""The command of an endpoint, made from the registry: a new endpoint or parameter is here by itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from .click_base import PROGRAM, Command, dashed, taken_from
from .connection import Connection
from .console import Messages
from .context import Surroundings
from .output import Output
from .parameters import arguments_of, extra_query_option, options_of
from .ranges import AskedRange

if TYPE_CHECKING:
    from .._generated import Operation, Request
    from ..pagination.rules import Bucket


def endpoint_command(operation: Operation, surroundings: Surroundings) -> Command:
    """The command of `operation`."""
    own = [
        *AskedRange.options(),
        *Output.options(operation),
        *Connection.options(),
        *Messages.options(),
    ]
    taken = [name for option in own for name in option.opts]
    return Command(
        dashed(operation.name),
        options=[*options_of(operation, taken=taken), extra_query_option(), *own],
        run=partial(_run, operation, surroundings),
        summary=operation.summary,
        help_text=f"{operation.summary}.\n\n{operation.description}",
        closing=_closing(operation),
    )


def _run(operation: Operation, surroundings: Surroundings, **given: object) -> int:
    output, messages = taken_from(Output, given), taken_from(Messages, given)
    output.check()
    request, notes = _request(operation, given, now=surroundings.clock())
    for note in notes:
        messages.note(note)
    connection = taken_from(Connection, given)
    if output.dry_run:
        from .dry_run import curl_commands

        for line in curl_commands(request, connection, now=surroundings.clock()):
            click.echo(line)
        return 0
    from .endpoint_run import Work

    Work(request, output, connection, messages, surroundings).do()
    return 0


def _request(
    operation: Operation, given: Mapping[str, object], *, now: float
) -> tuple[Request[object, Bucket, object], tuple[str, ...]]:
    """What is asked for, times in Unix seconds, and what the reader has to know of it."""
    from .._generated import Request
    from ..pagination.plan import SECONDS
    from ..pagination.rules import Bucket

    arguments = arguments_of(operation, given)
    asked = taken_from(AskedRange, {**given, **arguments})
    width = operation.parameter("bucket_width")
    names = (arguments["bucket_width"] or width.default, *width.allowed_values)
    seconds = [SECONDS[name] for name in names if isinstance(name, str) and name in SECONDS]
    found = asked.resolved(widths=tuple(seconds), now=now, command=dashed(operation.name))
    times = {"start_time": found.start, "end_time": found.end}
    extra: Any = given["extra_query"]
    return Request[object, Bucket, object].of(operation, {**arguments, **times}, extra), found.notes


def _closing(operation: Operation) -> str:
    name = dashed(operation.name)
    groups = [v for p in operation.parameters if p.name == "group_by" for v in p.allowed_values]
    grouped = "".join(f" --group-by {group}" for group in ("line_item", "model") if group in groups)
    return f"""TIME: 2026-11-01 is midnight, 2026-11-01T08:00Z, Unix seconds, or 30d, 36h, 90m, as in --last.
LIST: values separated by commas, or the option repeated.

Examples:
  {PROGRAM} {name} --last 30d{grouped}
  {PROGRAM} {name} --this-month{grouped} --totals
  {PROGRAM} {name} --month 2026-10 -o october.parquet
"""


__all__ = ["endpoint_command"]
