"""What names a shell may complete: those that a command has kept. Nothing is asked for while one types."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from ...errors import OpenAIUsageError
from ..click_base import COMPLETION_VARIABLE, Complete
from ..connection import ServerAccess
from .name_options import NameOptions, kept_names

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

    from ...directory.names import NamedKey, NamedProject, NamedUser

_SPECIAL: Final = re.compile(r"([^\w@%+=:,./-])")
"""What bash would take for the end of a word, or for something else than itself; other shells see to it."""


def names_of(listed: str) -> Complete:
    """Completes to the names in one of the lists of `Names`, such as `projects`."""
    return partial(_beginning_with, listed)


def _beginning_with(
    listed: str, ctx: click.Context, option: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    begun = incomplete.casefold()
    names = sorted({name for name in _kept(listed, ctx) if name.casefold().startswith(begun)})
    is_bash = os.environ.get(COMPLETION_VARIABLE, "").startswith("bash")
    return [CompletionItem(_SPECIAL.sub(r"\\\1", name) if is_bash else name) for name in names]


def _kept(listed: str, ctx: click.Context) -> list[str]:
    """None where there is no key, or nothing that can be read."""
    server = ServerAccess(None, ctx.params.get("base_url"))
    try:
        names = kept_names(NameOptions().file_for(server, is_lasting=True))
    except OpenAIUsageError:
        return []
    lists: Mapping[str, Iterable[NamedProject | NamedUser | NamedKey]] = {
        "projects": names.projects.values(),
        "users": names.users.values(),
        "api_keys": names.api_keys.values(),
    }
    return [item.name for item in lists[listed] if item.name]


__all__ = ["names_of"]
