"""`report`: what was spent, on what, compared with the period before, and where the month will end."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import attrs
import click

from .._generated import OpenAIUsageError
from ..errors import LookbackExceededError, NamesFileError
from ..times import span_seconds
from .answer_source import AnswerSource, source_of
from .archive_options import ArchiveOptions
from .calendar_ranges import read_month, readable
from .click_base import PROGRAM, Command, Option, options_from
from .connection import ConnectionOptions
from .console import Console
from .context import CommandContext
from .destination import write_to
from .errors import TooLongAgoError, WrongUsageError
from .formats import OUTPUT, known_suffix, output_option
from .names import NAMES, NameOptions, names_file_option
from .parameters import RANGE
from .progress import Progress, show_progress
from .ranges import last_buckets
from .rerun_command import command_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..directory.names import Names
    from ..hooks import PageEvent
    from ..report import Period, Report
    from ..tables.targets import Stream

_range = partial(Option, section=RANGE)
_output = partial(Option, section=OUTPUT)
_names = partial(Option, section=NAMES)
_DAY = 86_400
_WAYS = ("--last", "--complete-days", "--month", "--this-month", "--today")
"""Options that a report with an explicit start goes without."""
ReportFormat = Literal["terminal", "json", "markdown", "html"]

_SUFFIXES: dict[str, ReportFormat] = {
    ".json": "json",
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
    ".txt": "terminal",
}
_HELP = """What was spent, on what, and where the month will end.

By model, line item, project, user and key, compared with the period before; with token mix, prices per
unit, and a forecast with its range. Days are UTC; while a month runs, it is its complete days. Where today
counts, as with --last, averages and comparisons are of the complete days. Projects, users and keys have
their names if the key may list them. docs/report.md says what each figure means."""
_CLOSING = f"""Examples:
  {PROGRAM} report
  {PROGRAM} report --month 2026-10 --output october.html
  {PROGRAM} report --last 7d --complete-days --format markdown
"""


@attrs.frozen(kw_only=True)
class ReportOptions:
    """Which report, in which form, and where."""

    start_time: str | None = None
    end_time: str | None = None
    last: str | None = None
    complete_days: bool = False
    month: str | None = None
    this_month: bool = False
    today: bool = False
    format: ReportFormat | None = None
    output: Path | None = None
    top: int
    no_names: bool = False
    names_file: Path | None = None
    no_emails: bool = False

    def period(self, *, now: datetime) -> Period:
        """The days that it is about; the running month if nothing else is asked for.

        Raises:
            WrongUsageError: several periods, or none that can be read.
        """
        from ..report import Period

        given = [self.start_time, self.last, self.month, self.this_month or None, self.today or None]
        if sum(value is not None for value in given) > 1:
            raise WrongUsageError(
                "report: give one of --start-time, --last, --month, --this-month and --today"
            )
        if self.end_time is not None and self.start_time is None:
            raise WrongUsageError("report: --end-time goes with --start-time")
        if self.complete_days and self.last is None:
            raise WrongUsageError(
                "report: --complete-days goes with --last; months are of complete days anyway"
            )
        if self.start_time is not None:
            after = now.date() + timedelta(days=1)
            end = after if self.end_time is None else _day(self.end_time, "--end-time", now=now)
            return Period.between(_day(self.start_time, "--start-time", now=now), end)
        if self.today:
            return Period.between(now.date(), now.date() + timedelta(days=1))
        if self.month is not None:
            first = read_month(self.month)
            return Period.month(first.year, first.month)
        if self.last is None:
            return Period.this_month(now)
        days = (now.date() - _back(self.last, "--last", now=now)).days + 1
        return Period.last_days(days, now=now, complete_days=self.complete_days)

    @property
    def is_of_whole_days(self) -> bool:
        """Whether whole days are just what was asked for."""
        spans = (self.start_time, self.end_time, self.last)
        return not any(span_seconds(span) % _DAY for span in spans if span is not None)

    def check(self) -> None:
        """Refuse what does not go together.

        Raises:
            WrongUsageError: it does not.
        """
        if self.no_names and self.names_file is not None:
            raise WrongUsageError("report: --names-file is for names: leave --no-names out")

    def choose_format(self) -> ReportFormat:
        """The format: what was asked for, else what the suffix of the file says.

        Raises:
            WrongUsageError: the suffix says nothing.
        """
        if self.format is not None or self.output is None:
            return self.format or "terminal"
        suffix = known_suffix(self.output, tuple(_SUFFIXES))
        return "terminal" if suffix is None else _SUFFIXES[suffix]


def report_command(name: str) -> Command:
    """The command."""
    return Command(
        name,
        options=[*_options(), *ArchiveOptions.options(), *ConnectionOptions.options(), *Console.options()],
        run=_run,
        help_text=_HELP,
        closing=_CLOSING,
    )


def _run(context: CommandContext, **given: object) -> int:
    console, progress = options_from(Console, given), Progress("report", several=True)
    asked, connection = options_from(ReportOptions, given), options_from(ConnectionOptions, given)
    archive = options_from(ArchiveOptions, given)
    archive.check()
    now = datetime.fromtimestamp(context.clock(), UTC)
    asked.check()
    period, form = asked.period(now=now), asked.choose_format()
    if not asked.is_of_whole_days:
        until = readable(period.end_time) if period.end <= now.date() else "now"
        console.note(f"a report is of whole UTC days, so this is {readable(period.start_time)} to {until}")

    def on_page(event: PageEvent) -> None:
        progress.advance(event)
        console.tell_page(event)

    def write(stream: Stream) -> int:
        notes: list[str] = []
        with (
            show_progress(progress, console),  # From here on, as imports take their time, too.
            source_of(archive, connection, context, console, on_page=on_page) as source,
        ):
            from ..report import collect

            try:
                report = collect(source.client, period=period, now=now, top=asked.top)
            except LookbackExceededError as error:
                raise _too_long_ago(error, period, today=now.date()) from None
            if archive.settled:
                _check_settled(period, source.read_until)
            names = None if asked.no_names else _read_names(source, asked, notes.append)
            report = report.with_names(names, emails=not (asked.no_emails or asked.no_names))
            age = source.age(context.clock())
            report = report if age is None else attrs.evolve(report, notes=(_sentence(age), *report.notes))
        for note in notes:
            console.note(note)
        stream.write(_rendered(report, form, to_file=asked.output is not None).encode())
        return 1

    result = write_to(asked.output, write=write)
    if result.path is not None:
        console.note(f"the report is in {result.path}")
    return 0


def _check_settled(period: Period, until: int | None) -> None:
    """Refuse to compare the settled days of `period` with more days before.

    Raises:
        WrongUsageError: not all of its days are settled.
    """
    end = None if until is None else until // _DAY * _DAY
    if end is not None and end < period.end_time:
        ways = f": give --start-time {readable(period.start_time)} --end-time {readable(end)}"
        raise WrongUsageError(
            f"--settled: days are settled up to {readable(end)} alone, and equal periods are compared"
            f"{ways if end > period.start_time else ''}"
        )


def _read_names(source: AnswerSource, asked: ReportOptions, note: Callable[[str], object]) -> Names | None:
    """The names; none, with a note why, where they cannot be read: the figures are of use without.

    Raises:
        NamesFileError: the file that was asked for cannot be read.
    """
    try:
        return source.names(NameOptions(names_file=asked.names_file), note)
    except OpenAIUsageError as error:
        if isinstance(error, NamesFileError) and asked.names_file is not None:
            raise
        note(f"there are no names: {error}")
        return None


def _sentence(age: str) -> str:
    return f"The figures are {age}."


def _too_long_ago(error: LookbackExceededError, period: Period, *, today: date) -> TooLongAgoError:
    """With the report of those days of `period` that the API still keeps, if there are any."""
    earliest = error.earliest_start
    start = None if earliest is None else -(-earliest // _DAY) * _DAY
    if start is None or start >= period.end_time:
        return TooLongAgoError(str(error))
    kept: dict[str, str | None] = {
        "--start-time": readable(start),
        "--end-time": readable(period.end_time) if period.end <= today else None,
        **dict.fromkeys(_WAYS),
    }
    remedy = command_line(click.get_current_context(), kept)
    return TooLongAgoError(f"{str(error).rstrip('.')}; from there on:", remedy=remedy)


def _rendered(report: Report, form: ReportFormat, *, to_file: bool) -> str:
    from .. import report as reports

    if form == "terminal":
        color = sys.stdout.isatty() and not to_file
        width = shutil.get_terminal_size().columns
        return reports.render_terminal(report, width=width, color=color)
    render = {
        "json": reports.render_json,
        "markdown": reports.render_markdown,
        "html": reports.render_html,
    }[form]
    return render(report).rstrip("\n") + "\n"


def _options() -> list[Option]:
    return [
        _range(["--this-month"], help="The running month; this is the default.", is_flag=True),
        _range(["--today"], help="Today (UTC), as far as it has come; compared with nothing.", is_flag=True),
        _range(["--month"], help="A calendar month, such as 2026-10.", metavar="YYYY-MM"),
        _range(
            ["--last"], help="The last days, such as 30d or 4w, the running one included.", metavar="SPAN"
        ),
        _range(["--complete-days"], help="With --last: as many days before today, without it.", is_flag=True),
        _range(
            ["--start-time"], help="The first day, such as 2026-11-01, or 30d, as in --last.", metavar="DATE"
        ),
        _range(
            ["--end-time"], help="The day after the last; 1d is today.  [default: tomorrow]", metavar="DATE"
        ),
        _output(["--format"], help=_FORMAT, type=click.Choice(get_args(ReportFormat)), metavar="FORMAT"),
        output_option(),
        _output(["--top"], help=_TOP, type=click.IntRange(min=1), default=8, metavar="NUMBER"),
        _output(["--no-emails"], help=_NO_EMAILS, is_flag=True),
        _names(["--no-names"], help=_NO_NAMES, is_flag=True),
        names_file_option(),
    ]


def _back(span: str, option: str, *, now: datetime) -> date:
    return datetime.fromtimestamp(
        last_buckets(span, width=_DAY, now=now.timestamp(), option=option), UTC
    ).date()


def _day(text: str, option: str, *, now: datetime) -> date:
    if span_seconds(text):
        return _back(text, option, now=now)
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise WrongUsageError(f"{option}: {text!r} is no date; write it like 2026-11-01, or 30d") from None


_NO_EMAILS = (
    "Leave all e-mail addresses out, and names that have one in them. Only addresses go: people's names, key "
    "names and all projects stay; the report is of the whole organization."
)
_NO_NAMES = (
    "Leave the organization's lists unread, and all e-mail addresses out; projects have the names that rows "
    "came with. Else names are read from the lists, once a day."
)
_TOP = "How many entries each breakdown shows, besides what is of none.  [default: 8]"
_FORMAT = f"One of: {', '.join(get_args(ReportFormat))}.  [default: as FILE ends, otherwise terminal]"
