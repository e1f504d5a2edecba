"""`key-costs`: what each API key cost, as the API says, or estimated and marked as such."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import attrs

from .._generated import Request
from ..key_costs.estimate import sum_by_key, sum_by_model
from ..key_costs.table import IS_ESTIMATE, KEY_COSTS, buckets_of
from ..pagination.rules import Bucket
from ..sums.calendar_periods import Periods
from ..times import range_of
from .archive.answer_source import AnswerOptions
from .click_base import PROGRAM, Command, Option, dashed, options_from
from .console import counted
from .context import CommandContext
from .errors import WrongUsageError
from .names.name_filters import NameFilters, name_filter_options, unlisted_ids
from .names.name_options import NameOptions
from .output.destination import write_to
from .output.output_options import OutputOptions
from .output.writers import BucketWriter
from .parameters import FILTERS, arguments_of, options_of
from .progress import Progress, show_progress
from .ranges.range_options import RangeOptions
from .rows.arrangement import Arrangement
from .unknown_field_notes import warnings_as_notes

if TYPE_CHECKING:
    from ..client import UsageClient
    from ..directory.names import Names
    from ..key_costs import KeyCost, KeyCosts
    from ..tables.targets import Stream
    from .output.formats import OutputFormat

_NAME = dashed(KEY_COSTS.name)
_WIDTHS = (86_400,)
_Request: TypeAlias = Request[object, Bucket, object]
_OF_REQUESTS = ("--raw", "--dry-run")
"""Options of one request; which ones are sent here depends on the answers."""
CAPTION = "estimated: amounts of keys are their shares of what was billed by project and line item"
_UNREAD = "what is billed for it is not shared out, or among keys that used the same models elsewhere"
BILLED = "as billed: the API tells the amounts of keys itself"
_BY_LINE_ITEM = "A row for each line item of a key, and what its amount was shared out by."
_BY_MODEL = "A row for each model of a key: line items that name the same one, added up."
_CLOSING = f"""TIME: 2026-11-01 is midnight, 2026-11-01T08:00Z, Unix seconds, or a span: 30d, 1y, 36h.
LIST: values separated by commas, or the option repeated.

A row without a key is usage that had none or, in a row of a line item, what is not counted by key.

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
        *AnswerOptions.options(),
    ]
    taken = [name for option in own for name in option.opts]
    return Command(
        name,
        options=[
            *options_of(KEY_COSTS, taken=taken),
            Option(["--by-line-item"], section=FILTERS, is_flag=True, help=_BY_LINE_ITEM),
            Option(["--by-model"], section=FILTERS, is_flag=True, help=_BY_MODEL),
            *own,
        ],
        run=_run,
        help_text=f"{KEY_COSTS.summary}.\n\n{KEY_COSTS.description}",
        closing=_CLOSING,
    )


def _run(context: CommandContext, **given: object) -> int:
    output = options_from(OutputOptions, given)
    names, filters = options_from(NameOptions, given), options_from(NameFilters, given)
    rows = options_from(_RowsOf, given)
    output.check(KEY_COSTS, names)
    rows.check()
    names.check(need_names=filters.need_names)
    request, notes = _request(given, now=context.clock())
    format = output.choose_format()
    answers = AnswerOptions.of(context, given)
    for note in notes:
        answers.console.note(note)
    run = _KeyCostsRun(request, rows, names, filters, answers)
    result = write_to(output.output, write=partial(run.write, _marked(output, format), format))
    if result.path is not None:
        answers.console.note(f"{counted(result.rows, 'rows')} in {result.path}")
    return 0


@attrs.frozen
class _RowsOf:
    """What there is a row of: a key, or a line item or model of a key."""

    by_line_item: bool = False
    by_model: bool = False

    def check(self) -> None:
        """Refuse what does not go together.

        Raises:
            WrongUsageError: it does not.
        """
        if self.by_line_item and self.by_model:
            raise WrongUsageError("--by-line-item has the models in its rows: leave --by-model out")

    def buckets(self, costs: Sequence[KeyCost]) -> Sequence[Bucket]:
        """The rows of `costs`."""
        if self.by_line_item:
            return buckets_of(costs)
        summed = sum_by_model(costs) if self.by_model else sum_by_key(costs)
        return buckets_of(summed, by_model=self.by_model)


@attrs.frozen
class _KeyCostsRun:
    """One run of the command."""

    request: _Request
    rows: _RowsOf
    names: NameOptions
    filters: NameFilters
    answers: AnswerOptions

    def write(self, output: OutputOptions, format: OutputFormat, stream: Stream) -> int:
        """Ask, and write the rows; how many there are."""
        costs, names = self._asked()
        request = self.filters.applied(self.request, names)
        self._tell(costs, request)
        for note in unlisted_ids(request, names):
            self.answers.console.note(note)
        writer = BucketWriter(
            output,
            format,
            self.answers.console,
            self._arrangement(output),
            output.shown(names) if self.names.names else None,
            caption=CAPTION if costs.is_estimate else BILLED,
            captioned=IS_ESTIMATE,
        )
        return writer.write(self.rows.buckets(costs.rows), stream)

    def _arrangement(self, output: OutputOptions) -> Arrangement:
        start, end = range_of(self.request)
        by, (width,) = output.added_by, _WIDTHS
        periods = None if by is None else Periods(by=by, width=width, start=start, end=end)
        return output.arrangement(KEY_COSTS, periods=periods)

    def _asked(self) -> tuple[KeyCosts, Names | None]:
        """The costs, and names if any are needed."""
        progress, names = Progress(_NAME, several=True), None
        with (
            warnings_as_notes(self.answers.console, unknown_fields=True, shown="--raw of that command"),
            show_progress(progress, self.answers.console),  # From here on, as imports take their time, too.
            self.answers.source(progress) as source,
        ):
            if self.names.names or self.filters.need_names:
                names = source.names(self.names, self.answers.console.note)
            costs = _collected(source.client, self.filters.applied(self.request, names))
            age = source.age()
        if age is not None:
            self.answers.console.note(age)
        return costs, names

    def _tell(self, costs: KeyCosts, request: _Request) -> None:
        note = self.answers.console.note
        if costs.is_estimate:
            why = (
                "the API refuses to tell them"
                if self.answers.archive.archive is None
                else "these are not kept"
            )
            note(f"amounts by key are estimated, as {why}: {costs.refusal}")
        if costs.unread:
            which = ", ".join(map(dashed, costs.unread))
            note(f"the API refuses the usage of {which}: {_UNREAD}")
        if unknown := len(costs.unknown_results):
            few = "result of an unknown kind is" if unknown == 1 else "results of unknown kinds are"
            note(f"{unknown:,} {few} left out, and may be of value")
        elif not costs.rows:
            note(self.filters.nothing_found(request))


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
