"""`sync`: an archive brought up to date, of one organization or of several at once; or audited."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import attrs
import click

from ..._generated import InvalidParameterError
from ...archive.archive import Archive
from ...terminal.commands import message_of
from ..click_base import PROGRAM, Command, options_from
from ..connection import ConnectionOptions, ServerAccess
from ..console import Console, counted, in_command_words, say
from ..context import CommandContext
from ..error_handler import exit_code_of
from ..errors import InterruptedQueryError, WrongUsageError
from ..exit_codes import Exit
from ..output.result_output import ResultOutput
from ..progress import ArchiveProgress, show_progress
from ..unknown_field_notes import warnings_as_notes
from .answer_source import AnswerOptions
from .archive_options import ArchiveOptions
from .sync_options import SyncOptions
from .sync_summary import (
    ArchiveSummary,
    audit_summary,
    differences_of,
    notes_of,
    sync_summary,
    tell_summaries,
)

if TYPE_CHECKING:
    from ...archive.organizations import OrganizationOutcome
    from ...archive.organizations_file import ArchiveOrganization
    from ...client import UsageClient

_Outcome: TypeAlias = "OrganizationOutcome[ArchiveSummary]"
_BEFORE = {"lookback": "--", "operation": "--table: ", "organization": "--", "since": "--"}
"""What makes a sentence about the option of what the library says of a parameter."""
_HELP = """Keep usage and costs in an archive of Parquet files that outlives the API's year.

Pulls what is missing, and the last days once more, as the API restates them: their buckets are replaced, and
what has changed is written to the table restatements. DIR is a folder, which is made, or the URL of an object
store: s3://bucket/path, gs://..., abfs://... Run it daily. If it is killed, the next one goes on."""
_CLOSING = f"""Examples:
  {PROGRAM} sync usage
  {PROGRAM} sync usage --table completions --width 1h --since 30d
  {PROGRAM} sync s3://bucket/usage --organizations organizations.toml
  {PROGRAM} sync usage --organization acme --organization acme-eu
  {PROGRAM} sync usage --audit --output differences.csv

The file of --organizations has, for each of them, as the configuration has:

  [organizations.acme]
  key_env = "ACME_OPENAI_ADMIN_KEY"
"""


def sync_command(name: str, *, after: Callable[[AnswerOptions], object]) -> Command:
    """The command; when all has been said, `after` gets what answers for each organization synced."""
    return Command(
        name,
        arguments=[click.Argument(["directory"], metavar="DIR")],
        options=[
            *SyncOptions.options(),
            *ResultOutput.options(),
            *ConnectionOptions.options(),
            *Console.options(),
        ],
        run=partial(_run, after),
        help_text=_HELP,
        closing=_CLOSING,
        extra="archive",
    )


def _run(
    after: Callable[[AnswerOptions], object], context: CommandContext, *, directory: str, **given: object
) -> int:
    options, console = options_from(SyncOptions, given), options_from(Console, given)
    connection = options_from(ConnectionOptions, given)
    if not directory.strip():
        raise WrongUsageError("DIR names no directory: give a folder, or the URL of an object store")
    output = options_from(ResultOutput, given)
    options.check(connection, output)
    if output != ResultOutput():
        output.choose_format()
    if options.set_aside is not None:
        return _set_aside(Archive(directory, clock=context.clock), options.set_aside, console)
    run = _SyncCommandRun(directory, options, output, connection, console, context)
    try:
        with warnings_as_notes(console, unknown_fields=True, shown="the column additional_properties"):
            outcomes = run.outcomes()
            code = run.tell(outcomes)
            for answers in run.answers(outcomes):
                after(answers)
            return code
    except KeyboardInterrupt:
        kept = "nothing was written" if options.audit else "what was complete is kept, the next sync goes on"
        raise InterruptedQueryError(f"interrupted; {kept}", exit_code=Exit.INTERRUPTED) from None
    except InvalidParameterError as error:
        raise WrongUsageError(f"{_BEFORE.get(error.parameter, '')}{error}") from None


def _set_aside(archive: Archive, organization: str, console: Console) -> int:
    moved = archive.set_aside(organization)
    console.note(f"{counted(moved, 'files')} of {organization} moved to _aside: no table has them any more")
    return Exit.DONE


@attrs.frozen
class _SyncCommandRun:
    """One run of the command."""

    directory: str
    options: SyncOptions
    output: ResultOutput
    connection: ConnectionOptions
    console: Console
    context: CommandContext

    def outcomes(self) -> Sequence[_Outcome]:
        """Sync, or audit; what came of it.

        Raises:
            OpenAIUsageError: nothing could be done, or nothing more, for a single organization.
        """
        listed = self.options.listed(self.context.configuration, emulator=self.connection.emulator)
        progress = ArchiveProgress("audit" if self.options.audit else "sync")
        work = partial(self._work, Archive(self.directory, clock=self.context.clock), progress)
        with show_progress(progress, self.console):
            if listed is None:
                return self._single(work)
            from ...archive.organizations import for_each_organization, shared_concurrency

            each = shared_concurrency(len(listed), whole=self.connection.concurrency)
            shared = attrs.evolve(self.connection, concurrency=each)
            make_client = partial(self._client_of, shared)
            return for_each_organization(listed, work, make_client=make_client)

    def answers(self, outcomes: Iterable[_Outcome]) -> Iterator[AnswerOptions]:
        """The archive as what answers, for each organization that was synced."""
        for outcome in outcomes:
            if outcome.result is not None and not self.options.audit:
                archive = ArchiveOptions(archive=self.directory, organization=outcome.organization)
                yield AnswerOptions(archive, self.connection, self.console, self.context)

    def _work(
        self, archive: Archive, progress: ArchiveProgress, client: UsageClient, name: str
    ) -> ArchiveSummary:
        options, tables = self.options, self.options.tables()
        if options.audit:
            found = archive.audit(client, organization=name, tables=tables, on_progress=progress.advance)
            return audit_summary(found, by_name=tables is not None)
        result = archive.sync(
            client,
            organization=name,
            tables=tables,
            lookback=options.span,
            since=options.since,
            names=not options.no_names,
            repair=options.repair,
            on_progress=progress.advance,
        )
        return sync_summary(result, by_name=tables is not None)

    def _single(self, work: Callable[[UsageClient, str], ArchiveSummary]) -> Sequence[_Outcome]:
        """The one organization whose key is in the usual variable; errors are raised."""
        from ...archive.organizations import OrganizationOutcome

        name = self.options.name
        with self.connection.client(self.context, self.console) as client:
            return [OrganizationOutcome(organization=name, result=work(client, name))]

    def _client_of(self, connection: ConnectionOptions, organization: ArchiveOrganization) -> UsageClient:
        address = organization.base_url or connection.base_url
        server = ServerAccess(organization.admin_key(), address)
        return connection.client_of(server, self.context, self.console)

    def tell(self, outcomes: Sequence[_Outcome]) -> int:
        """Say what came of it; the exit code."""
        found = [each.result for each in outcomes if each.result is not None]
        is_listed = self.output != ResultOutput()
        for note in notes_of(found, differences=not is_listed):
            self.console.note(note)
        if is_listed:
            self.output.write(differences_of(found), self.console)
        if is_listed and self.output.output is None:  # Standard output has the differences.
            for summary in found:
                self.console.note(summary.closing)
        elif not self.console.quiet:
            tell_summaries(found)
        failed = [_told(each.organization, each.error) for each in outcomes if each.error is not None]
        return _code(failed, found)


def _told(organization: str, error: Exception) -> int:
    """Say what went wrong with one of several; the exit code that it alone would have."""
    say(f"error: {organization}: {in_command_words(message_of(error))}", style="red")
    return exit_code_of(error)


def _code(failed: Sequence[int], found: Sequence[ArchiveSummary]) -> int:
    """The exit code of all together: the one of all that went wrong, or that not all is well."""
    codes = {*failed, *(each.code for each in found)} - {Exit.DONE}
    some_are_well = bool(failed) and bool(found)
    return Exit.DONE if not codes else codes.pop() if len(codes) == 1 and not some_are_well else Exit.NOT_ALL


__all__ = ["sync_command"]
