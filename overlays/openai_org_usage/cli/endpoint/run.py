"""One run of an endpoint's command: asking, writing the rows, and what is said if it ends early."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import attrs
import click

from ..._generated import OpenAIUsageError, Request
from ...errors import LookbackExceededError
from ...hooks import PageEvent
from ...pagination.rules import Bucket
from ...times import readable
from ..archive.answer_source import AnswerOptions, AnswerSource
from ..click_base import dashed
from ..console import Console
from ..error_handler import exit_code_of
from ..errors import InterruptedQueryError, TooLongAgoError
from ..interruptible import InterruptHandler, InterruptibleQuery
from ..names.name_filters import NameFilters
from ..names.name_options import NameOptions
from ..output.destination import WriteResult, rest_name, write_to
from ..output.formats import OutputFormat
from ..output.output_options import OutputOptions
from ..output.writers import writer_for
from ..progress import Progress, show_progress
from ..ranges.range_options import WITHOUT_START
from ..rerun_command import command_line
from ..rows.arrangement import Arrangement
from ..unknown_field_notes import warnings_as_notes

if TYPE_CHECKING:
    from ...directory.names import Names

_WITH_NAMES = ("project_id", "user_id", "api_key_id")
"""What rows may be grouped by that has names."""


@attrs.frozen
class EndpointRun:
    """One run of the command."""

    request: Request[object, Bucket, object]
    arrangement: Arrangement
    output: OutputOptions
    names: NameOptions
    filters: NameFilters
    answers: AnswerOptions

    @property
    def console(self) -> Console:
        """Who says what is to be known of the run."""
        return self.answers.console

    def execute(self) -> int:
        """Ask, and write the rows; the exit code.

        Raises:
            InterruptedQueryError: part of the rows was written, and the rest can be asked for.
            OpenAIUsageError: none were.
        """
        format = self.output.choose_format(on_terminal=sys.stdout.isatty())
        interrupt = InterruptHandler()
        progress = Progress(dashed(self.request.operation.name))

        def on_page(event: PageEvent) -> None:
            if event.operation == self.request.operation.name:
                progress.advance(event)
            self.console.tell_page(event)

        with (
            nullcontext() if self.output.raw else warnings_as_notes(self.console, unknown_fields=True),
            self.answers.source(on_page=on_page) as source,
        ):
            names = self._read_names(source, progress)
            interrupt.install()  # Not before: nothing is written yet, and Ctrl-C ends it all at once.
            run = attrs.evolve(self, request=self.filters.applied(self.request, names))
            query = InterruptibleQuery(
                source.client.query(run.request),
                keeps=self._can_be_part(format),
                watch=lambda: show_progress(progress, self.console),
                interrupt=interrupt,
            )
            result = run._written(query, format, self.output.shown(names) if self.names.names else None)
            age = source.age()
        if age is not None:
            self.console.note(age)
        run._conclude(query, result)
        return 0

    def _read_names(self, source: AnswerSource, progress: Progress) -> Names | None:
        """The names, if any are needed; `progress` is shown meanwhile."""
        if not (self.names.names or self.filters.need_names):
            return None
        with show_progress(progress, self.console):
            return source.names(self.names, self.console.note)

    def _can_be_part(self, format: OutputFormat) -> bool:
        """Whether the first part of the rows is of use by itself; of a table or a sum it is not."""
        return self.output.raw or not (self.arrangement.needs_all or format == "table")

    def _written(self, query: InterruptibleQuery, format: OutputFormat, names: Names | None) -> WriteResult:
        try:
            return write_to(
                self.output.output,
                write=writer_for(
                    query,
                    self.output,
                    format,
                    self.console,
                    arrangement=self.arrangement,
                    names=names,
                ),
                is_part=lambda: query.stopped is not None,
            )
        except LookbackExceededError as error:
            raise self._too_long_ago(error) from None

    def _conclude(self, query: InterruptibleQuery, result: WriteResult) -> None:
        if query.stopped is not None:
            raise self._interrupted(query.stopped, result, until=query.until)
        if not result.rows:
            taken_for_id = self.filters.taken_for_id(self.request)
            more = f"; {taken_for_id}" if taken_for_id else ""
            self.console.note(f"nothing in this range{self._filtered()}, so there are no rows{more}")
        elif self.names.names and not self._has_ids():
            self.console.note("no ids in these rows: add --group-by project_id")
        if result.path is not None and (result.rows or not self.output.raw):
            noun = "page" if self.output.raw else "row"
            count = f"{result.rows:,} {noun}{'' if result.rows == 1 else 's'}"
            self.console.note(f"{count} in {result.path}")

    def _has_ids(self) -> bool:
        """Whether rows are grouped by ids that have names."""
        groups = self.request.get("group_by")
        return isinstance(groups, tuple) and any(str(group) in _WITH_NAMES for group in groups)

    def _filtered(self) -> str:
        names = [name for name, _ in self.request.arguments if name.endswith("s")]
        return f" for these {' and '.join(names)}" if names else ""

    def _interrupted(
        self, reason: OpenAIUsageError | KeyboardInterrupt, result: WriteResult, *, until: int | None
    ) -> InterruptedQueryError:
        why = "interrupted" if isinstance(reason, KeyboardInterrupt) else str(reason)
        if until is None or not result.rows:
            return InterruptedQueryError(f"{why}; nothing was written", exit_code=exit_code_of(reason))
        changes: dict[str, str | None] = {}
        where = "written"
        if result.path is not None and self.output.output is not None:
            where = f"in {result.path}"
            changes["--output"] = str(rest_name(self.output.output))
        return InterruptedQueryError(
            f"{why}; the rows before {_in_utc(until)} are {where}, for the rest:",
            exit_code=exit_code_of(reason),
            remedy=self._beginning_at(until, changes),
        )

    def _too_long_ago(self, error: LookbackExceededError) -> TooLongAgoError:
        start = error.earliest_start
        end = self.request.get("end_time")
        if start is None or (isinstance(end, int) and end <= start):
            return TooLongAgoError(str(error))
        remedy = self._beginning_at(start, {})
        return TooLongAgoError(f"{str(error).rstrip('.')}; from there on:", remedy=remedy)

    def _beginning_at(self, start: int, changes: dict[str, str | None]) -> str:
        """This command with another start; the time zone stays where it says what is added up."""
        end, periods = self.request.get("end_time"), self.arrangement.periods
        is_of_zone = periods is not None and periods.zone is not UTC
        written = _with_time if is_of_zone else readable
        without = [*WITHOUT_START, "--page"] if is_of_zone else [*WITHOUT_START, "--timezone", "--page"]
        return command_line(
            click.get_current_context(),
            {
                "--start-time": written(start),
                "--end-time": written(end) if isinstance(end, int) else None,
                **dict.fromkeys(without),
                **changes,
            },
        )


def _with_time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%MZ")


def _in_utc(seconds: int) -> str:
    text = readable(seconds)
    return text if text.endswith("Z") else f"{text} UTC"
