"""The command that reads more into an archive, to be copied from a message. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ...printable import shell_command

_PROGRAM: Final = "openai-org-usage"
_DEFAULT: Final = "default"


def sync_command(location: str, organization: str, words: Iterable[str]) -> str:
    """`sync` of `organization` in the archive at `location`, with the options `words`."""
    named = () if organization == _DEFAULT else ("--organization", organization)
    return shell_command([_PROGRAM, "sync", location, *words, *named])


__all__ = ["sync_command"]
