"""The command `openai-org-usage`::

    openai-org-usage costs --last 30d --group-by line_item
    openai-org-usage report

It needs the extra `cli`, except for `vendor` and `--version`. What a command needs beyond that is
imported when it runs. docs/cli.md describes all of it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .context import Surroundings

_MISSING = "the command line needs an extra: pip install 'openai-org-usage[cli]' (`vendor` works without it)"


def main(arguments: Sequence[str] | None = None, *, within: Surroundings | None = None) -> int:
    """Run one command and return its exit code; errors go to standard error."""
    from ..terminal.commands import carried_out

    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["vendor"]:
        from .vendor import main as vendor

        return carried_out(lambda: vendor(words[1:]), debug="--debug" in words)
    if words == ["--version"]:
        return carried_out(_show_version)
    return carried_out(lambda: _run(words, within), debug="--debug" in words, explain=_explain)


def _show_version() -> int:
    from .. import __version__

    print(__version__)
    return 0


def _run(words: Sequence[str], within: Surroundings | None) -> int:
    try:
        from .app import run
    except ModuleNotFoundError as missing:
        if missing.name != "click":
            raise
        from ..errors import MissingExtraError

        raise MissingExtraError(_MISSING, name=missing.name, extra="cli") from None
    from .context import Surroundings

    return run(words, within or Surroundings())


def _explain(error: BaseException) -> int:
    """As the commands do, or without the extra as `vendor` does."""
    from ..terminal.commands import say_what_went_wrong

    try:
        from .error_handler import explain
    except ModuleNotFoundError:
        return say_what_went_wrong(error)
    return explain(error)
