"""Options of the commands that can be answered from an archive instead of by the API."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING, Final

import attrs
import click
from click.core import ParameterSource

from ..click_base import Option
from ..connection import CONNECTION
from ..context import CommandContext
from ..errors import WrongUsageError

if TYPE_CHECKING:
    from ...archive.answers.answer_pages import ArchiveAnswers
    from ...archive.archive import Archive
    from ...archive.manifest import ArchiveManifest

_option = partial(Option, section="Archive")
_OF_THE_API: Final = ("--names-file", "--dry-run")
"""Options, besides those of the connection, that make no sense where nobody is asked."""
_DEFAULT: Final = "default"


@attrs.frozen(kw_only=True)
class ArchiveOptions:
    """Which archive answers, if one does, and for whom."""

    archive: str | None = None
    organization: str | None = None
    settled: bool = False

    @classmethod
    def options(cls, *, without: Collection[str] = ()) -> list[Option]:
        """The options for it, but for those `without` use."""
        folder = click.Path(file_okay=False)
        every = [
            _option(["--archive"], help=_ARCHIVE, type=folder, metavar="DIR", extra="archive"),
            _option(["--organization"], help=_ORGANIZATION, metavar="NAME"),
            _option(["--settled"], help=_SETTLED, is_flag=True),
        ]
        return [option for option in every if option.opts[0] not in without]

    def check(self) -> None:
        """Refuse what does not go together.

        Raises:
            WrongUsageError: it does not.
        """
        if self.archive is None:
            if self.settled:
                raise WrongUsageError("--settled goes with --archive")
            return
        given = _given_for_the_api(click.get_current_context())
        if given:
            raise WrongUsageError(f"--archive asks nobody: leave {' and '.join(given)} out")

    def open(self, context: CommandContext) -> tuple[Archive, ArchiveAnswers]:
        """The archive, and what it answers.

        Raises:
            ArchiveError: there is none, or it keeps nothing of that organization.
            MissingExtraError: pyarrow is not installed.
        """
        from ...archive.archive import Archive

        archive = Archive(self.archive or "", clock=context.clock)
        name = self.name_in(archive.manifest()) if self.organization is None else self.organization
        return archive, archive.answers(organization=name, settled=self.settled)

    def name_in(self, manifest: ArchiveManifest) -> str:
        """The organization that is meant: without the option, the usual one, or the only one.

        Raises:
            WrongUsageError: there are several.
        """
        if self.organization is not None:
            return self.organization
        known = list(manifest.organizations)
        if len(known) > 1 and _DEFAULT not in known:
            raise WrongUsageError(f"--archive: say by --organization which of {', '.join(known)} is meant")
        return known[0] if len(known) == 1 else _DEFAULT


def _given_for_the_api(ctx: click.Context) -> list[str]:
    """The options that were given and are about asking the API."""
    return [
        option.opts[-1]
        for option in ctx.command.params
        if isinstance(option, Option)
        and (option.section == CONNECTION or option.opts[-1] in _OF_THE_API)
        and ctx.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE
    ]


_ARCHIVE = (
    "Answer from this archive, a folder or the URL of an object store that `sync` keeps, and not from the "
    "API: also beyond a year, without network or key. A note says how old it is."
)
_ORGANIZATION = (
    "Whose part of the archive, as it is called there.  [default: the only one, or the one called default]"
)
_SETTLED = "Only buckets that were older than the look-back when they were read, and so no longer change."
