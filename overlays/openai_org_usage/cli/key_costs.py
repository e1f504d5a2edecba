"""`key-costs`: what each API key cost, as the API says, or estimated and marked as such."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from ..key_costs.table import IS_ESTIMATE, KEY_COSTS, buckets_of
from .click_base import PROGRAM, Command, Option, dashed, options_from
from .connection import ConnectionOptions
from .console import Console
from .context import CommandContext
from .destination import write_to
from .output import OutputOptions
from .parameters import FILTERS, arguments_of, options_of
from .progress import Progress, show_progress
from .ranges import RangeOptions
from .unknown_field_notes import warnings_as_notes
from .writers import check_csv_safe, writer_of_buckets

if TYPE_CHECKING:
    from ..hooks import PageEvent
    from ..key_costs import KeyCosts
    from ..tables.targets import Stream
    from .calendar_ranges import ResolvedRange

_NAME = dashed(KEY_COSTS.name)
_WIDTHS = (86_400,)
_OF_REQUESTS = ("--raw", "--dry-run")
"""Options of one request; which ones are sent here depends on the answers."""
CAPTION = "estimated: amounts of keys are their shares of what was billed by project and line item"
_BY_LINE_ITEM = "A row for each line item of a key, and what its amount was shared out by."
_CLOSING = f"""TIME: 2026-11-01 is midnight, 2026-11-01T08:00Z, Unix seconds, or 30d, 36h, 90m, as in --last.
LIST: values separated by commas, or the option repeated.

A row without a key is of usage that had none; with a line item, of what is not counted by key.

Examples:
  {PROGRAM} {_NAME} --this-month --totals
  {PROGRAM} {_NAME} --month 2026-10 --by-line-item -o october.csv
"""


def key_costs_command(name: str) -> Command:
    """The command."""
    output = [option for option in OutputOptions.options(KEY_COSTS) if option.opts[0] not in _OF_REQUESTS]
    own = [*RangeOptions.options(), *output, *ConnectionOptions.options(), *Console.options()]
    taken = [name for option in own for name in option.opts]
    return Command(
        name,
        options=[
            *options_of(KEY_COSTS, taken=taken),
            Option(["--by-line-item"], section=FILTERS, is_flag=True, help=_BY_LINE_ITEM),
            *own,
        ],
        run=_run,
        help_text=f"{KEY_COSTS.summary}.\n\n{KEY_COSTS.description}",
        closing=_CLOSING,
    )


def _run(context: CommandContext, **given: object) -> int:
    console, progress = options_from(Console, given), Progress(_NAME, several=True)
    connection, output = options_from(ConnectionOptions, given), _marked(options_from(OutputOptions, given))
    arguments = arguments_of(KEY_COSTS, given)
    asked = _range(given, arguments, now=context.clock())
    format = output.choose_format(on_terminal=sys.stdout.isatty())
    check_csv_safe(output, format)
    for note in asked.notes:
        console.note(note)

    def on_page(event: PageEvent) -> None:
        progress.advance(event)
        console.tell_page(event)

    def write(stream: Stream) -> int:
        with (
            warnings_as_notes(console, unknown_fields=True),
            show_progress(progress, console),  # From here on, as imports take their time, too.
            connection.client(context, console, on_page=on_page) as client,
        ):
            from ..key_costs import collect_key_costs, sum_by_key

            projects: Any = arguments["project_ids"]
            costs = collect_key_costs(
                client, start_time=asked.start, end_time=asked.end, project_ids=projects
            )
        _tell(costs, console)
        return writer_of_buckets(
            buckets_of(costs.rows if given["by_line_item"] else sum_by_key(costs.rows)),
            output,
            format,
            console,
            operation=KEY_COSTS,
            asked=(asked.start, asked.end),
            caption=CAPTION if costs.is_estimate else None,
        )(stream)

    result = write_to(output.output, write=write)
    if result.path is not None:
        console.note(f"{result.rows:,} row{'' if result.rows == 1 else 's'} in {result.path}")
    return 0


def _marked(output: OutputOptions) -> OutputOptions:
    """With the column that says what is an estimate, whichever others are chosen."""
    if not output.columns or IS_ESTIMATE in output.columns:
        return output
    return attrs.evolve(output, columns=(*output.columns, IS_ESTIMATE))


def _range(given: Mapping[str, object], arguments: Mapping[str, object], *, now: float) -> ResolvedRange:
    asked = options_from(RangeOptions, {**given, **arguments})
    return asked.resolve(widths=_WIDTHS, now=now, command=_NAME)


def _tell(costs: KeyCosts, console: Console) -> None:
    if costs.is_estimate:
        console.note(f"amounts by key are estimated, as the API refuses to tell them: {costs.refusal}")
    if not costs.rows:
        console.note("nothing in this range, so there are no rows")


__all__ = ["CAPTION", "key_costs_command"]
