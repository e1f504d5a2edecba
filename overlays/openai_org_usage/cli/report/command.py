"""`report`: what was spent, on what, compared with the period before, and where the month will end."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs
import click

from ..._generated import OpenAIUsageError
from ...errors import LookbackExceededError, NamesFileError
from ..archive.answer_source import AnswerOptions, AnswerSource
from ..click_base import PROGRAM, Command, Option, options_from
from ..context import CommandContext
from ..errors import WrongUsageError
from ..names.name_options import NAMES, NameOptions, names_file_option
from ..output.destination import write_to
from ..output.formats import OUTPUT
from ..progress import Progress, show_progress
from .filters import ReportFilterOptions, doubts_about
from .format import ReportOutput
from .range import ReportRange, check_settled, too_long_ago

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...directory.names import Names
    from ...report import Period, Report, ReportFilters
    from ...tables.targets import Stream

_output = partial(Option, section=OUTPUT)
_names = partial(Option, section=NAMES)
_HELP = """What was spent, on what, and where the month will end.

By model, line item, project, user and key, compared with the period before; with token mix, prices per
unit, and a forecast with its range. Without a range it is about the complete days of the running month. Where
today is part of the range, as with --last, averages and comparisons leave it out. Days are UTC. Projects,
users and keys have their names if the key may list them. docs/report.md says what each figure means."""
_CLOSING = f"""Examples:
  {PROGRAM} report
  {PROGRAM} report --last-month --output october.html
  {PROGRAM} report --project Search --model gpt-5 --sections summary,why
  {PROGRAM} report --last 1y --by month
  {PROGRAM} report --last 7d --complete-days --format markdown
"""


@attrs.frozen(kw_only=True)
class ReportOptions:
    """How long breakdowns are, and what is called by its name."""

    top: int
    no_names: bool = False
    names_file: Path | None = None
    no_emails: bool = False

    @classmethod
    def options(cls) -> list[Option]:
        """The options for it."""
        return [
            _output(["--top"], help=_TOP, type=click.IntRange(min=1), default=8, metavar="NUMBER"),
            _output(["--no-emails"], help=_NO_EMAILS, is_flag=True),
            _names(["--no-names"], help=_NO_NAMES, is_flag=True),
            names_file_option(),
        ]

    def check(self, filters: ReportFilterOptions) -> None:
        """Refuse what does not go together.

        Raises:
            WrongUsageError: it does not.
        """
        if self.no_names and self.names_file is not None:
            raise WrongUsageError("report: --names-file is for names: leave --no-names out")
        if self.no_names and filters.need_names:
            raise WrongUsageError("report: --no-names leaves the lists unread: filter by ids instead")


def report_command(name: str) -> Command:
    """The command."""
    return Command(
        name,
        options=[
            *ReportRange.options(),
            *ReportFilterOptions.options(),
            *ReportOutput.options(),
            *ReportOptions.options(),
            *AnswerOptions.options(),
        ],
        run=_run,
        help_text=_HELP,
        closing=_CLOSING,
    )


def _run(context: CommandContext, **given: object) -> int:
    answers = AnswerOptions.of(context, given)
    output, filters = options_from(ReportOutput, given), options_from(ReportFilterOptions, given)
    asked, now = options_from(ReportOptions, given), datetime.fromtimestamp(context.clock(), UTC)
    asked.check(filters)
    filters.check()
    output.check()
    days = ReportRange.of(given)
    period, notes = days.period(now=now)
    for note in notes:
        answers.console.note(note)
    run = _ReportRun(asked, filters, period, days.zone, now, answers)
    result = write_to(output.output, write=partial(run.write, output))
    if result.path is not None:
        answers.console.note(f"the report is in {result.path}")
    return 0


@attrs.frozen
class _ReportRun:
    """One run of the command."""

    asked: ReportOptions
    filters: ReportFilterOptions
    period: Period
    zone: tzinfo
    now: datetime
    answers: AnswerOptions

    def write(self, output: ReportOutput, stream: Stream) -> int:
        """Ask, and write the report."""
        notes: list[str] = []
        report = self._asked(notes.append)
        for note in notes:  # When no progress is shown any more.
            self.answers.console.note(note)
        stream.write(output.rendered(report))
        return 1

    def _asked(self, note: Callable[[str], object]) -> Report:
        """The report; `note` is told what is to be said beside."""
        progress = Progress("report", several=True)
        with (
            show_progress(progress, self.answers.console),  # From here on, as imports take their time, too.
            self.answers.source(progress) as source,
        ):
            return self._report(source, note)

    def _report(self, source: AnswerSource, note: Callable[[str], object]) -> Report:
        # Names are read last, as figures are of use without, unless something is filtered by them.
        known = self._names(source, note) if self.filters.need_names else None
        filters = self.filters.meant(known)
        report = self._collected(source, filters)
        if self.answers.archive.settled:
            check_settled(self.period, source.read_until)
        without = self.asked.no_names or known is not None
        names = known if without else self._read_names(source, note)
        for doubt in doubts_about(report, filters, names):
            note(doubt)
        report = report.with_names(names, emails=not (self.asked.no_emails or self.asked.no_names))
        age = source.age()
        if age is None:
            return report
        return attrs.evolve(report, notes=(f"The figures are {age}.", *report.notes))

    def _collected(self, source: AnswerSource, filters: ReportFilters) -> Report:
        from ...report import collect

        try:
            return collect(
                source.client,
                period=self.period,
                filters=filters,
                timezone=self.zone,
                now=self.now,
                top=self.asked.top,
            )
        except LookbackExceededError as error:
            context = click.get_current_context()
            raise too_long_ago(context, error, self.period, today=self.now.date()) from None

    def _read_names(self, source: AnswerSource, note: Callable[[str], object]) -> Names | None:
        """The names; none, with a note why, where they cannot be read.

        Raises:
            NamesFileError: the file that was asked for cannot be read.
        """
        try:
            return self._names(source, note)
        except OpenAIUsageError as error:
            if isinstance(error, NamesFileError) and self.asked.names_file is not None:
                raise
            note(f"there are no names: {error}")
            return None

    def _names(self, source: AnswerSource, note: Callable[[str], object]) -> Names:
        return source.names(NameOptions(names_file=self.asked.names_file), note)


_NO_EMAILS: Final = (
    "Leave all e-mail addresses out, and names that have one in them. Only addresses go: people's names, key "
    "names and all projects stay."
)
_NO_NAMES: Final = (
    "Leave the organization's lists unread, and all e-mail addresses out; projects have the names that rows "
    "came with. Else names are read from the lists, once a day."
)
_TOP: Final = "How many entries each breakdown shows; all others are one row.  [default: 8]"
