"""Whom a command asks, as its options say: the API, or an archive of what it said."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol, Self

import attrs

from ...times import ago, readable
from ..click_base import Option, options_from
from ..connection import ConnectionOptions, ServerAccess
from ..console import Console
from ..context import CommandContext
from ..names.name_options import NameOptions, kept_names
from .archive_options import ArchiveOptions

if TYPE_CHECKING:
    from ...archive.answers.answer_pages import ArchiveAnswers
    from ...archive.archive import Archive
    from ...client import UsageClient
    from ...directory.names import Names
    from ..progress import Progress

Note = Callable[[str], object]
"""Is told what the reader should know."""


class AnswerSource(Protocol):
    """Whom a command asks."""

    @property
    def client(self) -> UsageClient: ...

    @property
    def read_at(self) -> float | None:
        """When the answers were read, in Unix seconds; None if that is the present."""
        ...

    @property
    def read_until(self) -> int | None:
        """Where what has been read for the answers ends, in Unix seconds; None if that is the present."""
        ...

    def names(self, options: NameOptions, note: Note) -> Names:
        """What projects, users and keys are called.

        Raises:
            OpenAIUsageError: the names cannot be read.
        """
        ...

    def kept_names(self) -> Names:
        """What projects, users and keys are called, as far as that is known without asking.

        Raises:
            OpenAIUsageError: the names cannot be read.
        """
        ...

    def age(self) -> str | None:
        """How old the answers are that were given, in words; None if they are of the present."""
        ...

    def sync_command(self, *words: str) -> str | None:
        """The command with the options `words` that reads more of what answers; None if that is the API."""
        ...


@attrs.frozen
class AnswerOptions:
    """Who answers a command, and what it says meanwhile."""

    archive: ArchiveOptions
    connection: ConnectionOptions
    console: Console
    context: CommandContext

    @staticmethod
    def options(*, without: Collection[str] = ()) -> list[Option]:
        """The options for it but those called as in `without`."""
        return [
            *ArchiveOptions.options(without=without),
            *ConnectionOptions.options(without=without),
            *Console.options(),
        ]

    @classmethod
    def of(cls, context: CommandContext, given: Mapping[str, object]) -> Self:
        """What `given`, as it was parsed, says.

        Raises:
            WrongUsageError: options do not go together.
        """
        archive = options_from(ArchiveOptions, given)
        archive.check()
        return cls(archive, options_from(ConnectionOptions, given), options_from(Console, given), context)

    @contextmanager
    def source(self, progress: Progress | None = None) -> Generator[AnswerSource]:
        """Who answers, open; `progress` is told of its pages.

        Raises:
            ConfigurationError: there is no key, or it is of another kind; or the URL is unsafe.
            MissingExtraError: the emulator, or what reads archives, is not installed.
            ArchiveError: there is no archive, or none of that organization.
        """
        context, console, connection = self.context, self.console, self.connection
        on_page = console.tell_page if progress is None else progress.hook(console)
        if self.archive.archive is None:
            with (
                connection.server(context, self.archive.organization) as server,
                connection.client_of(server, context, console, on_page=on_page) as client,
            ):
                yield _Api(client, server, context, is_lasting=not connection.emulator)
            return
        from ...archive.answers.client import ArchiveClient

        kept, answers = self.archive.open(context)
        with ArchiveClient(answers) as client:
            hooked = client.with_options(on_page=on_page, on_retry=console.tell_retry)
            yield _Archived(hooked, kept, answers, context)


@attrs.frozen
class _Api:
    """The API, or an emulator of it."""

    client: UsageClient
    server: ServerAccess
    context: CommandContext
    is_lasting: bool = attrs.field(kw_only=True)
    read_at: float | None = attrs.field(init=False, default=None)
    read_until: int | None = attrs.field(init=False, default=None)

    def names(self, options: NameOptions, note: Note) -> Names:
        names = options.read(
            self.client, self.server, is_lasting=self.is_lasting, note=note, context=self.context
        )
        return self.context.configuration.with_names(names)

    def kept_names(self) -> Names:
        names = kept_names(NameOptions().file_for(self.server, is_lasting=self.is_lasting))
        return self.context.configuration.with_names(names)

    def age(self) -> str | None:
        return None

    def sync_command(self, *words: str) -> str | None:
        return None


@attrs.frozen
class _Archived:
    """An archive."""

    client: UsageClient
    archive: Archive
    answers: ArchiveAnswers
    context: CommandContext

    @property
    def read_at(self) -> float | None:
        return self.answers.read_at

    @property
    def read_until(self) -> int | None:
        return self.answers.read_until

    def names(self, options: NameOptions, note: Note) -> Names:
        del options
        names = self.archive.names(self.answers.organization)
        for problem in names.problems:
            note(problem)
        return self.context.configuration.with_names(names)

    def kept_names(self) -> Names:
        names = self.archive.names(self.answers.organization)
        return self.context.configuration.with_names(names)

    def age(self) -> str | None:
        read_at = self.answers.read_at
        if read_at is None:
            return None
        parts = [f"from the archive, read on {_minute(read_at)}, {ago(self.context.clock() - read_at)}"]
        if self.answers.cut_at is not None:
            what = "what is settled ends at" if self.answers.settled else "there is nothing in it after"
            parts.append(f"{what} {readable(self.answers.cut_at)}")
        for start, end in self.answers.gaps:
            parts.append(f"what was from {readable(start)} to {readable(end)} was never read")
        return "; ".join(parts)

    def sync_command(self, *words: str) -> str | None:
        from ...archive.answers.sync_command import sync_command

        return sync_command(self.archive.location, self.answers.organization, words)


def _minute(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
