"""The command of an endpoint, made from the registry: a new endpoint or parameter is here by itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import click

from .archive_options import ArchiveOptions
from .click_base import PROGRAM, Command, dashed, options_from
from .connection import ConnectionOptions
from .console import Console
from .context import CommandContext
from .errors import WrongUsageError
from .name_filters import NameFilters, name_filter_options
from .names import NameOptions
from .output import OutputOptions
from .parameters import ExtraQueryOption, arguments_of, options_of
from .ranges import RangeOptions

if TYPE_CHECKING:
    from .._generated import Operation, Request
    from ..pagination.rules import Bucket


def endpoint_command(operation: Operation) -> Command:
    """The command of `operation`."""
    own = [
        *RangeOptions.options(),
        *name_filter_options(operation),
        *OutputOptions.options(operation),
        *NameOptions.options(),
        *ArchiveOptions.options(),
        *ConnectionOptions.options(),
        *Console.options(),
    ]
    taken = [name for option in own for name in option.opts]
    return Command(
        dashed(operation.name),
        options=[*options_of(operation, taken=taken), ExtraQueryOption.option(), *own],
        run=partial(_run, operation),
        help_text=f"{operation.summary}.\n\n{operation.description}",
        closing=_closing(operation),
    )


def _run(operation: Operation, context: CommandContext, **given: object) -> int:
    output, console = options_from(OutputOptions, given), options_from(Console, given)
    names, filters = options_from(NameOptions, given), options_from(NameFilters, given)
    archive = options_from(ArchiveOptions, given)
    archive.check()
    output.check(operation, names)
    names.check(need_names=filters.need_names)
    request, notes = _request(operation, given, now=context.clock())
    for note in notes:
        console.note(note)
    connection = options_from(ConnectionOptions, given)
    if output.dry_run:
        from .dry_run import curl_commands

        if filters.need_names:
            raise WrongUsageError("--dry-run asks for no names: give the ids of projects, users and keys")
        request = filters.applied(request, None)
        for line in curl_commands(request, connection, now=context.clock()):
            click.echo(line)
        return 0
    from .endpoint_run import EndpointRun

    return EndpointRun(request, output, names, filters, archive, connection, console, context).execute()


def _request(
    operation: Operation, given: Mapping[str, object], *, now: float
) -> tuple[Request[object, Bucket, object], tuple[str, ...]]:
    """What is asked for, times in Unix seconds, and what the reader has to know of it."""
    from .._generated import Request
    from ..pagination.plan import SECONDS
    from ..pagination.rules import Bucket

    arguments = arguments_of(operation, given)
    asked = RangeOptions.of({**given, **arguments})
    width = operation.parameter("bucket_width")
    names = (arguments["bucket_width"] or width.default, *width.allowed_values)
    seconds = [SECONDS[name] for name in names if isinstance(name, str) and name in SECONDS]
    found = asked.resolve(widths=tuple(seconds), now=now, command=dashed(operation.name))
    times = {"start_time": found.start, "end_time": found.end}
    extra = options_from(ExtraQueryOption, given).extra_query
    return Request[object, Bucket, object].of(operation, {**arguments, **times}, extra), found.notes


def _closing(operation: Operation) -> str:
    name = dashed(operation.name)
    groups = [v for p in operation.parameters if p.name == "group_by" for v in p.allowed_values]
    grouped = "".join(f" --group-by {group}" for group in ("line_item", "model") if group in groups)
    return f"""TIME: 2026-11-01 is midnight, 2026-11-01T08:00Z, Unix seconds, or a span: 30d, 1y, 36h.
LIST: values separated by commas, or the option repeated.

Examples:
  {PROGRAM} {name} --last 30d{grouped}
  {PROGRAM} {name} --this-month{grouped} --totals
  {PROGRAM} {name} --month 2026-10 -o october.parquet
"""


__all__ = ["endpoint_command"]
