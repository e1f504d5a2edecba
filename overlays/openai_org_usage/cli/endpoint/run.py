"""One run of an endpoint's command: asking, writing the rows, and what is said of them."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

import attrs

from ..._generated import Request
from ...errors import LookbackExceededError
from ...named_rows import NAMES_BESIDE
from ...pagination.rules import Bucket
from ..archive.answer_source import AnswerOptions, AnswerSource
from ..click_base import dashed
from ..console import Console, counted
from ..interruptible import InterruptHandler, InterruptibleQuery
from ..names.name_filters import NameFilters, unlisted_ids
from ..names.name_options import NameOptions
from ..output.destination import WriteResult, write_to
from ..output.formats import OutputFormat
from ..output.output_options import OutputOptions
from ..output.writers import writer_for
from ..progress import Progress, show_progress
from ..rows.arrangement import Arrangement
from ..unknown_field_notes import warnings_as_notes
from .rest_of_range import RestOfRange

if TYPE_CHECKING:
    from ...directory.names import Names


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
        format = self.output.choose_format()
        progress, interrupt = Progress(dashed(self.request.operation.name)), InterruptHandler()
        with self._shown_warnings(), self.answers.source(progress) as source:
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
        for note in unlisted_ids(run.request, names):
            self.console.note(note)
        run._conclude(query, result)
        return 0

    def _shown_warnings(self) -> AbstractContextManager[None]:
        """What is new in the answers is told, unless these are shown as they are."""
        return nullcontext() if self.output.raw else warnings_as_notes(self.console, unknown_fields=True)

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
        write = writer_for(
            query, self.output, format, self.console, arrangement=self.arrangement, names=names
        )
        try:
            return write_to(self.output.output, write=write, is_part=lambda: query.stopped is not None)
        except LookbackExceededError as error:
            raise self._rest.too_long_ago(error) from None

    @property
    def _rest(self) -> RestOfRange:
        return RestOfRange(self.request, self.arrangement, self.output.output)

    def _conclude(self, query: InterruptibleQuery, result: WriteResult) -> None:
        if query.stopped is not None:
            raise self._rest.interrupted(query.stopped, result, until=query.until)
        if not result.rows:
            self.console.note(self.filters.nothing_found(self.request))
        elif self.names.names and not self._has_ids():
            self.console.note("no ids in these rows: add --group-by project_id")
        if result.path is not None and (result.rows or not self.output.raw):
            self.console.note(
                f"{counted(result.rows, 'pages' if self.output.raw else 'rows')} in {result.path}"
            )

    def _has_ids(self) -> bool:
        """Whether rows are grouped by ids that have names."""
        groups = self.request.get("group_by")
        return isinstance(groups, tuple) and any(str(group) in NAMES_BESIDE for group in groups)


__all__ = ["EndpointRun"]
