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
    from .surroundings import Surroundings

_MISSING = (
    "error: the command line needs an extra: pip install 'openai-org-usage[cli]' (`vendor` works without it)"
)


def main(arguments: Sequence[str] | None = None, *, within: Surroundings | None = None) -> int:
    """Run one command and return its exit code; errors go to standard error."""
    try:
        from ..screens import screened

        with screened():
            return _main(list(sys.argv[1:] if arguments is None else arguments), within)
    except KeyboardInterrupt:  # While modules are being imported; later ones are explained.
        return 130


def _main(words: Sequence[str], within: Surroundings | None) -> int:
    if words[:1] == ["vendor"]:
        from .vendor import main as vendor

        return vendor(words[1:])
    if words == ["--version"]:
        from ..commands import carried_out

        return carried_out(_show_version)
    return _run(words, within)


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
        from .exit_codes import Exit

        print(_MISSING, file=sys.stderr)
        return Exit.MISSING_EXTRA
    from .surroundings import Surroundings

    return run(words, within or Surroundings())
