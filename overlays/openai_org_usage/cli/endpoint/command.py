"""The command of an endpoint, made from the registry: a new endpoint or parameter is here by itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from ..archive.answer_source import AnswerOptions
from ..click_base import PROGRAM, Command, dashed, options_from
from ..context import CommandContext
from ..errors import WrongUsageError
from ..names.name_filters import NameFilters, name_filter_options
from ..names.name_options import NameOptions
from ..output.output_options import OutputOptions
from ..parameters import ExtraQueryOption, options_of
from ..ranges.range_options import RangeOptions
from .group_by_model import offered_of

if TYPE_CHECKING:
    from ..._generated import Operation
    from .asked_rows import AskedRows


def endpoint_command(operation: Operation) -> Command:
    """The command of `operation`."""
    offered = offered_of(operation)
    own = [
        *RangeOptions.options(),
        *name_filter_options(operation),
        *OutputOptions.options(offered),
        *NameOptions.options(),
        *AnswerOptions.options(),
    ]
    taken = [name for option in own for name in option.opts]
    return Command(
        dashed(operation.name),
        options=[*options_of(offered, taken=taken), ExtraQueryOption.option(), *own],
        run=partial(_run, operation),
        help_text=f"{operation.summary}.\n\n{operation.description}",
        closing=_closing(offered),
    )


def _run(operation: Operation, context: CommandContext, **given: object) -> int:
    output, answers = options_from(OutputOptions, given), AnswerOptions.of(context, given)
    names, filters = options_from(NameOptions, given), options_from(NameFilters, given)
    output.check(operation, names)
    names.check(need_names=filters.need_names)
    from .asked_rows import AskedRows  # Not before it is needed: a help page is there at once.

    asked = AskedRows.of(operation, given, now=context.clock())
    for note in asked.notes:
        answers.console.note(note)
    if output.dry_run:
        return _print_requests(asked, filters, answers)
    from .run import EndpointRun

    return EndpointRun(asked.request, asked.arrangement, output, names, filters, answers).execute()


def _print_requests(asked: AskedRows, filters: NameFilters, answers: AnswerOptions) -> int:
    from .dry_run import curl_commands

    if filters.need_names:
        raise WrongUsageError("--dry-run asks for no names: give the ids of projects, users and keys")
    now, request = answers.context.clock(), filters.applied(asked.request, None)
    for line in curl_commands(request, answers.connection, now=now):
        click.echo(line)
    return 0


def _closing(operation: Operation) -> str:
    name = dashed(operation.name)
    groups = [v for p in operation.parameters if p.name == "group_by" for v in p.allowed_values]
    grouped = " --group-by model" if "model" in groups else ""
    return f"""TIME: 2026-11-01 is midnight, 2026-11-01T08:00Z, Unix seconds, or a span: 30d, 1y, 36h.
LIST: values separated by commas, or the option repeated.

Examples:
  {PROGRAM} {name} --last 30d{grouped}
  {PROGRAM} {name} --this-year{grouped} --by month
  {PROGRAM} {name} --month 2026-10 -o october.parquet
"""


__all__ = ["endpoint_command"]
