"""The command `openai-org-usage`::

    openai-org-usage costs --last 30d --group-by line_item
    openai-org-usage report

It needs the extra `cli`, except for `vendor` and `--version`. What a command needs beyond that is
imported when it runs. docs/cli.md describes all of it.

The way of a command: `app` finds it, `endpoint.command` makes it and reads what was given (`ranges`,
`output`, `names`, `connection`), `endpoint.run` asks, `output.writers` turn buckets into rows, which `rows`
arrange and `tables` draw, and `output.destination` is where they go. `console` is what is said meanwhile,
`error_handler` what is said in the end.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .context import CommandContext


def main(words: Sequence[str] | None = None, *, context: CommandContext | None = None) -> int:
    """Run one command and return its exit code; errors go to standard error.

    Without `words`, those of the process are meant, which is then the command's own.
    """
    if words is not None:
        return _main(words, context)
    from .own_process import own_process

    with own_process():
        return _main(sys.argv[1:], context)


def _main(words: Sequence[str], context: CommandContext | None) -> int:
    from ..terminal.commands import run_command

    if list(words[:1]) == ["vendor"]:
        from .vendor import main as vendor

        return run_command(lambda: vendor(words[1:]), debug="--debug" in words)
    if list(words) == ["--version"]:
        return run_command(_show_version)
    return run_command(lambda: _run(words, context), debug="--debug" in words, handle=_handle_error)


def _show_version() -> int:
    from .. import __version__

    print(__version__)
    return 0


def _run(words: Sequence[str], given: CommandContext | None) -> int:
    try:
        from .app import run
    except ModuleNotFoundError as missing:
        if missing.name != "click":
            raise
        from ..errors import MissingExtraError

        purpose = "the command line, but for `vendor`,"
        raise MissingExtraError.of("cli", purpose=purpose) from None
    from .context import CommandContext

    return run(words, given or CommandContext())


def _handle_error(error: BaseException) -> int:
    """As the commands do, or without the extra as `vendor` does."""
    from ..terminal import commands

    try:
        from .error_handler import handle_error
    except ModuleNotFoundError:
        return commands.handle_error(error)
    return handle_error(error)
