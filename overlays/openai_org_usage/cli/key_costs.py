"""`key-costs`: what each API key cost, as the API says, or estimated and marked as such."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import attrs

from .._generated import OPERATIONS, Request
from ..key_costs.estimate import sum_by_key
from ..key_costs.table import IS_ESTIMATE, KEY_COSTS, buckets_of
from ..pagination.rules import Bucket
from .click_base import PROGRAM, Command, Option, dashed, options_from
from .connection import ConnectionOptions
from .console import Console
from .context import CommandContext
from .destination import write_to
from .formats import check_for_spreadsheets
from .name_filters import NameFilters, name_filter_options
from .names import NameOptions
from .output import OutputOptions
from .parameters import FILTERS, arguments_of, options_of
from .progress import Progress, show_progress
from .ranges import RangeOptions, range_of
from .unknown_field_notes import warnings_as_notes
from .writers import writer_of_buckets

if TYPE_CHECKING:
    from ..client import UsageClient
    from ..directory.names import Names
    from ..hooks import PageEvent
    from ..key_costs import KeyCosts
    from ..tables.targets import Stream
    from .connection import ServerAccess
    from .formats import OutputFormat

_NAME = dashed(KEY_COSTS.name)
_WIDTHS = (86_400,)
_Request: TypeAlias = Request[object, Bucket, object]
_OF_REQUESTS = ("--raw", "--dry-run")
"""Options of one request; which ones are sent here depends on the answers."""
CAPTION = "estimated: amounts of keys are their shares of what was billed by project and line item"
_UNREAD = "what is billed for it is not shared out, or among keys that used the same models elsewhere"
BILLED = "as billed: the API tells the amounts of keys itself"
_BY_LINE_ITEM = "A row for each line item of a key, and what its amount was shared out by."
_CLOSING = f"""TIME: 2026-11-01 is midnight, 2026-11-01T08:00Z, Unix seconds, or a span: 30d, 1y, 36h.
LIST: values separated by commas, or the option repeated.

A row without a key is of usage that had none; with a line item, of what is not counted by key.

Examples:
  {PROGRAM} {_NAME} --this-month --totals --names
  {PROGRAM} {_NAME} --month 2026-10 --by-line-item -o october.csv
"""


def key_costs_command(name: str) -> Command:
    """The command."""
    output = [option for option in OutputOptions.options(KEY_COSTS) if option.opts[0] not in _OF_REQUESTS]
    own = [
        *RangeOptions.options(),
        *name_filter_options(KEY_COSTS),
        *output,
        *NameOptions.options(),
        *ConnectionOptions.options(),
        *Console.options(),
    ]
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
    output, console = options_from(OutputOptions, given), options_from(Console, given)
    names, filters = options_from(NameOptions, given), options_from(NameFilters, given)
    output.check(KEY_COSTS, names)
    names.check(need_names=filters.need_names)
    request, notes = _request(given, now=context.clock())
    format = output.choose_format(on_terminal=sys.stdout.isatty())
    check_for_spreadsheets(format, csv_safe=output.csv_safe, dates=output.dates)
    for note in notes:
        console.note(note)
    connection, by_line_item = options_from(ConnectionOptions, given), bool(given["by_line_item"])
    run = _KeyCostsRun(request, by_line_item, names, filters, connection, console, context)
    result = write_to(output.output, write=partial(run.write, _marked(output, format), format))
    if result.path is not None:
        console.note(f"{result.rows:,} row{'' if result.rows == 1 else 's'} in {result.path}")
    return 0


@attrs.frozen
class _KeyCostsRun:
    """One run of the command."""

    request: _Request
    by_line_item: bool
    names: NameOptions
    filters: NameFilters
    connection: ConnectionOptions
    console: Console
    context: CommandContext

    def write(self, output: OutputOptions, format: OutputFormat, stream: Stream) -> int:
        """Ask, and write the rows; how many there are."""
        costs, names = self._asked()
        self._tell(costs)
        return writer_of_buckets(
            buckets_of(costs.rows if self.by_line_item else sum_by_key(costs.rows)),
            output,
            format,
            self.console,
            operation=KEY_COSTS,
            asked=range_of(self.request),
            names=output.shown(names) if self.names.names else None,
            caption=CAPTION if costs.is_estimate else BILLED,
            captioned=IS_ESTIMATE,
        )(stream)

    def _asked(self) -> tuple[KeyCosts, Names | None]:
        """The costs, and names if any are needed."""
        progress, names = Progress(_NAME, several=True), None

        def on_page(event: PageEvent) -> None:
            if event.operation in OPERATIONS:  # Others are lists of names.
                progress.advance(event)
            self.console.tell_page(event)

        with (
            warnings_as_notes(self.console, unknown_fields=True, shown="--raw of that command"),
            show_progress(progress, self.console),  # From here on, as imports take their time, too.
            self.connection.server(self.context) as server,
            self.connection.client_of(server, self.context, self.console, on_page=on_page) as client,
        ):
            if self.names.names or self.filters.need_names:
                names = self._read_names(client, server)
            return _collected(client, self.filters.applied(self.request, names)), names

    def _read_names(self, client: UsageClient, server: ServerAccess) -> Names:
        is_lasting = not self.connection.emulator
        return self.names.read(
            client, server, is_lasting=is_lasting, note=self.console.note, context=self.context
        )

    def _tell(self, costs: KeyCosts) -> None:
        note = self.console.note
        if costs.is_estimate:
            note(f"amounts by key are estimated, as the API refuses to tell them: {costs.refusal}")
        if costs.unread:
            which = ", ".join(map(dashed, costs.unread))
            note(f"the API refuses the usage of {which}: {_UNREAD}")
        if unknown := len(costs.unknown_results):
            few = "result of an unknown kind is" if unknown == 1 else "results of unknown kinds are"
            note(f"{unknown:,} {few} left out, and may be of value")
        elif not costs.rows:
            note("nothing in this range, so there are no rows")


def _marked(output: OutputOptions, format: OutputFormat) -> OutputOptions:
    """With the column that says what is an estimate, whichever others are chosen; a table has a caption."""
    if format == "table" or not output.columns or IS_ESTIMATE in output.columns:
        return output
    return attrs.evolve(output, columns=(*output.columns, IS_ESTIMATE))


def _request(given: Mapping[str, object], *, now: float) -> tuple[_Request, tuple[str, ...]]:
    """What is asked for, times in Unix seconds, and what the reader has to know of it."""
    arguments = arguments_of(KEY_COSTS, given)
    found = RangeOptions.of({**given, **arguments}).resolve(widths=_WIDTHS, now=now, command=_NAME)
    times = {"start_time": found.start, "end_time": found.end}
    return _Request.of(KEY_COSTS, {**arguments, **times}), found.notes


def _collected(client: UsageClient, request: _Request) -> KeyCosts:
    from ..key_costs import collect_key_costs

    (start, end), projects = range_of(request), request.get("project_ids")
    return collect_key_costs(
        client,
        start_time=start,
        end_time=end,
        project_ids=projects if isinstance(projects, tuple) else None,
    )


__all__ = ["CAPTION", "key_costs_command"]
