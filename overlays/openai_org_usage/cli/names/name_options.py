"""Options that give names to ids, and the file in which a command keeps the names between its runs."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import click

from ...credentials import AdminKey, checked_base_url
from ..click_base import Option
from ..context import CommandContext
from ..errors import WrongUsageError

if TYPE_CHECKING:
    from ...client import UsageClient
    from ...directory.names import Names
    from ..connection import ServerAccess

NAMES = "Names"
_option = partial(Option, section=NAMES)
_FOLDER = "openai-org-usage"
OWN = "names.toml"
"""What a file is called, beside that of the names, in which a person gives names."""
ONE_DAY = 86_400.0
"""How old names may be, in seconds."""


@attrs.frozen(kw_only=True)
class NameOptions:
    """Whether names are wanted, and where they are kept."""

    names: bool = False
    names_file: Path | None = None

    @classmethod
    def options(cls) -> list[Option]:
        """The options for it."""
        return [_option(["--names"], help=_NAMES, is_flag=True), names_file_option()]

    def check(self, *, need_names: bool) -> None:
        """Refuse a file that nothing would be read from: filters `need_names`, or they do not.

        Raises:
            WrongUsageError: there is one, and no name is asked for.
        """
        if self.names_file is not None and not (self.names or need_names):
            raise WrongUsageError("--names-file is for --names and for filters by name")

    def read(
        self,
        client: UsageClient,
        server: ServerAccess,
        *,
        is_lasting: bool,
        note: Callable[[str], object],
        context: CommandContext,
    ) -> Names:
        """The names of what `server` answers for: the kept ones while they are young, else those of `client`.

        Raises:
            NamesFileError: a file cannot be read.
            OpenAIUsageError: the API does not answer.
        """
        return self.keeper(server, is_lasting=is_lasting, note=note, context=context).read(client)

    def keeper(
        self,
        server: ServerAccess,
        *,
        is_lasting: bool,
        note: Callable[[str], object],
        context: CommandContext,
    ) -> NamesKeeper:
        """What reads the names of what `server` answers for, and keeps them.

        Raises:
            ConfigurationError: there is no key, or it is of another kind; or the URL is unsafe.
        """
        path = self.file_for(server, is_lasting=is_lasting)
        return NamesKeeper(path, note, context, digest_of(server))

    def file_for(self, server: ServerAccess, *, is_lasting: bool) -> Path | None:
        """Where the names of what `server` answers for are kept; None for nowhere.

        Without an option that is in the user's cache folder, a file for each key and address. Those of a
        server that is not `is_lasting` are kept only where an option says so.

        Raises:
            ConfigurationError: there is no key, or it is of another kind; or the URL is unsafe.
        """
        folder = cache_folder()
        if self.names_file is not None or folder is None or not is_lasting:
            return self.names_file
        return folder / f"names-{digest_of(server)}.json"


def digest_of(server: ServerAccess) -> str:
    """What tells address and key from others, and does not tell the key."""
    whose = f"{checked_base_url(server.base_url)}\n{AdminKey.from_argument(server.key).reveal()}"
    return hashlib.sha256(whose.encode()).hexdigest()[:12]


def names_file_option() -> Option:
    """Where names are kept."""
    path = click.Path(dir_okay=False, path_type=Path)
    return _option(["--names-file"], help=_NAMES_FILE, type=path, metavar="FILE")


@attrs.frozen
class NamesKeeper:
    """Reads names from a file while they are young, else from the API, and keeps them."""

    path: Path | None
    note: Callable[[str], object]
    """Is told what the reader should know."""
    context: CommandContext
    read_with: str
    """What tells the address and the key from others."""

    def read(self, client: UsageClient) -> Names:
        """The names, and a word about them: what the key may not list, or how old they are.

        Raises:
            NamesFileError: a file cannot be read.
            OpenAIUsageError: the API does not answer.
        """
        known, now = _known(self.path), self.context.clock()
        if self._is_current(known, now):
            self._tell_age(known.age(now) or 0)
            return _with_own(known, self.path)
        found = attrs.evolve(client.names(max_age=0), read_with=self.read_with)
        for problem in found.problems:
            self.note(problem)
        if _has_any(known) and not self._is_of_same(found, known):
            self.note(f"{self.path} {_NOT_OF_THIS}")
            return _with_own(found, self.path)
        if _has_any(known):
            found = found.merged_with(known)
        if _has_any(found):
            self._keep(found)
        return _with_own(found, self.path)

    def _is_current(self, known: Names, now: float) -> bool:
        """Whether `known` does: from a reading with this key that lacked nothing, or from who knows where."""
        says_nothing = known.read_with is None and known.organization is None
        is_own = says_nothing or known.read_with == self.read_with
        return is_own and not known.problems and known.is_young(now, max_age=ONE_DAY)

    def _is_of_same(self, found: Names, known: Names) -> bool:
        """Whether `known` is of the organization of `found`. Where nothing tells, a file is believed."""
        if found.organization is not None and known.organization is not None:
            return found.organization == known.organization
        if known.read_with is not None:
            return known.read_with == self.read_with
        return found.organization == known.organization

    def _keep(self, names: Names) -> None:
        if self.path is None:
            return
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            names.save(self.path)
        except OSError as error:
            self.note(f"names are not kept: {self.path} cannot be written: {error.strerror}")

    def _tell_age(self, seconds: float) -> None:
        if sys.stderr.isatty():
            self.note(f"names are {_duration(seconds)} old, as kept in {self.path}")


def kept_names(path: Path | None) -> Names:
    """The names in the file at `path`, however old, and one's own beside it; nothing is asked for.

    Raises:
        NamesFileError: a file cannot be read.
    """
    return _with_own(_known(path), path)


def _known(path: Path | None) -> Names:
    from ...directory.names import Names

    return Names() if path is None else Names.load(path)


def _with_own(names: Names, path: Path | None) -> Names:
    own = None if path is None else path.with_name(OWN)
    return names if own is None or not own.exists() else names.with_own(own)


def _has_any(names: Names) -> bool:
    return bool(names.projects or names.users or names.api_keys)


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{round(minutes / 60)} h"


def cache_folder() -> Path | None:
    """Where commands keep what can be read again; as the XDG specification has it, which ignores paths that
    are not absolute."""
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if given.is_absolute():
        return given / _FOLDER
    try:
        return Path.home() / ".cache" / _FOLDER
    except RuntimeError:  # Nobody's home is known.
        return None


_NOT_OF_THIS = (
    "is not known to be of this organization: its names are not used, and it is left as it is; "
    "give another --names-file"
)
_NAMES = (
    "Put the names of projects, users and API keys beside their ids. They are read from the organization's "
    "lists, once a day."
)
_NAMES_FILE = (
    "Where names are kept, in a file that only you may read; a names.toml beside it has names of your own.  "
    "[default: in your cache folder]"
)
