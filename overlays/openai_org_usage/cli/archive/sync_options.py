"""Options of `sync`: which tables, how far back, and of which organizations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs
import click

from ..._generated import OPERATIONS
from ...archive.archive_table import WIDTHS, ArchiveTable, default_tables
from ...terminal.suggestions import suggestion
from ..click_base import Option
from ..errors import WrongUsageError
from ..output.result_output import ResultOutput

if TYPE_CHECKING:
    from ...archive.organizations_file import ArchiveOrganization
    from ..configuration.file import Configuration
    from ..connection import ConnectionOptions

_archive = partial(Option, section="Archive")
_organizations = partial(Option, section="Organizations")
_DEFAULT: Final = "default"
_LOOKBACK: Final = "10d"


@attrs.frozen(kw_only=True)
class SyncOptions:
    """What is synced."""

    table: tuple[str, ...] = ()
    width: str | None = None
    group_by: tuple[str, ...] = ()
    lookback: str | None = None
    since: str | None = None
    no_names: bool = False
    repair: bool = False
    audit: bool = False
    set_aside: str | None = None
    organization: tuple[str, ...] = ()
    organizations: Path | None = None

    @classmethod
    def options(cls) -> list[Option]:
        """The options for it."""
        file = click.Path(dir_okay=False, path_type=Path)
        return [
            _archive(["--table"], help=_TABLE, multiple=True, metavar="LIST"),
            _archive(["--width"], help=_WIDTH, type=click.Choice(WIDTHS)),
            _archive(["--group-by"], help=_GROUP_BY, multiple=True, metavar="LIST"),
            _archive(["--lookback"], help=f"{_GOES_BACK}  [default: {_LOOKBACK}]", metavar="SPAN"),
            _archive(["--since"], help=_SINCE, metavar="TIME"),
            _archive(["--no-names"], help=_NO_NAMES, is_flag=True),
            _archive(["--repair"], help=_REPAIR, is_flag=True),
            _archive(["--audit"], help=_AUDIT, is_flag=True),
            _organizations(["--organization"], help=_NAME, multiple=True, metavar="NAME"),
            _organizations(["--organizations"], help=_FILE, type=file, metavar="FILE"),
            _organizations(["--set-aside"], help=_SET_ASIDE, metavar="NAME"),
        ]

    def check(self, connection: ConnectionOptions, output: ResultOutput) -> None:
        """Refuse what does not go together.

        Raises:
            WrongUsageError: something does not.
        """
        if self.set_aside is not None and self != SyncOptions(set_aside=self.set_aside):
            raise WrongUsageError("--set-aside asks nobody and syncs nothing: leave the other options out")
        unused = {
            "--repair": self.repair,
            "--since": self.since is not None,
            "--lookback": self.lookback is not None,
        }
        if self.audit and any(unused.values()):
            given = next(name for name, is_given in unused.items() if is_given)
            raise WrongUsageError(f"--audit writes nothing and compares all: leave {given} out")
        if output != ResultOutput() and not self.audit:
            raise WrongUsageError("options for output, such as --output, are for the differences of --audit")
        if self.organizations is not None and connection.emulator:
            raise WrongUsageError("--organizations says whom to ask: leave --emulator out")

    @property
    def name(self) -> str:
        """Of a single organization."""
        return self.organization[0] if self.organization else _DEFAULT

    @property
    def span(self) -> str:
        """How far each sync goes back behind the one before."""
        return _LOOKBACK if self.lookback is None else self.lookback

    def tables(self) -> tuple[ArchiveTable | str, ...] | None:
        """The tables; None for the usual ones and those that are kept.

        Raises:
            WrongUsageError: the groups are of no one endpoint.
            InvalidParameterError: there is no such endpoint, or it has no such width or group.
        """
        usual = {table.name for table in default_tables()}
        names = [
            underscored if (underscored := name.replace("-", "_")) in usual else name
            for name in _parts(self.table, "--table")
        ]
        groups = _parts(self.group_by, "--group-by")
        if groups and (len(names) != 1 or names[0] not in OPERATIONS):
            raise WrongUsageError("--group-by is of one endpoint: name it, as in --table completions")
        if self.width is None and not groups:
            return tuple(names) or None
        width = self.width or WIDTHS[0]
        if names:
            return tuple(ArchiveTable.of(name, group_by=groups or None, bucket_width=width) for name in names)
        return tuple(_of_width(table, width) for table in default_tables())

    def listed(
        self, configuration: Configuration, *, emulator: bool
    ) -> tuple[ArchiveOrganization, ...] | None:
        """Those in the file, or of the names given those in the configuration; None for the usual key.

        An `emulator` has one organization, which may be called anything.

        Raises:
            ConfigurationError: the file cannot be used.
            WrongUsageError: a name is not in it, or there are several and no file has them.
        """
        if self.organizations is not None:
            from ...archive.organizations_file import read_organizations

            every = read_organizations(self.organizations)
            return _chosen(self.organization, every, self.organizations) if self.organization else every
        if self.organization and not emulator and (configured := _configured(configuration)):
            return _chosen(self.organization, configured, configuration.path)
        if len(self.organization) > 1:
            raise WrongUsageError(
                "--organization: the configuration, or the file of --organizations, says where the keys of "
                "several are"
            )
        return None


def _configured(configuration: Configuration) -> tuple[ArchiveOrganization, ...]:
    from ...archive.organizations_file import ArchiveOrganization

    return tuple(
        ArchiveOrganization(name=name, key_env=entry.key_env, base_url=entry.base_url)
        for name, entry in configuration.tables.organizations.items()
    )


def _chosen(
    names: Sequence[str], every: Sequence[ArchiveOrganization], path: Path | None
) -> tuple[ArchiveOrganization, ...]:
    known = [each.name for each in every]
    for name in names:
        if name not in known:
            raise WrongUsageError(f"--organization: {name!r} is not in {path}{suggestion(name, known)}")
    return tuple(each for each in every if each.name in names)


def _parts(texts: Sequence[str], option: str) -> tuple[str, ...]:
    """The values in `texts`, parted by commas, each once."""
    parts = tuple(dict.fromkeys(part for text in texts for each in text.split(",") if (part := each.strip())))
    if texts and not parts:  # As from an unset variable: it must not mean all of them.
        raise WrongUsageError(f"{option} is empty")
    return parts


def _of_width(table: ArchiveTable, width: str) -> ArchiveTable:
    """The table with that width, if its endpoint has it."""
    widths = next(
        each.allowed_values for each in OPERATIONS[table.operation].parameters if each.name == "bucket_width"
    )
    if width == table.bucket_width or width not in widths:
        return table
    return ArchiveTable.of(table.operation, group_by=table.group_by, bucket_width=width)


_TABLE = (
    "Which tables, by the name of an endpoint or of a table that is kept.  [default: costs by project and "
    "line item, and by key; every endpoint by all its dimensions; and all that are kept]"
)
_WIDTH = "How wide buckets are. Another width is another table, such as completions_1h.  [default: 1d]"
_GROUP_BY = "The dimensions of one endpoint. Others make another table, such as completions_by_model."
_GOES_BACK = (
    "How long after its end a bucket may still be restated: a sync goes back that far behind the one before."
)
_SINCE = "Where the first sync begins: 2026-01-01, or 90d.  [default: as far back as the API goes, a year]"
_NO_NAMES = "Leave out the lists of projects, users and API keys."
_REPAIR = "Read all files, and pull again what is missing or damaged; make a lost manifest anew from them."
_AUDIT = (
    "Write nothing to the archive: pull all that the API has, and compare it; exit with 55 if they differ. "
    "--output FILE gets all differences: before is what is kept, after is what the API has."
)
_NAME = (
    "Sync this organization of the configuration, or of --organizations, by its own key; repeatable. Where "
    "neither lists any, the name under which the organization of OPENAI_ADMIN_KEY is kept.  "
    f"[default: {_DEFAULT}]"
)
_SET_ASIDE = (
    "Sync nothing: move the files of this organization, which is kept under two names, to the folder _aside "
    "of DIR. No table is read there."
)
_FILE = "Sync several at once: a file with the name of each, and which environment variable holds its key."


__all__ = ["SyncOptions"]
