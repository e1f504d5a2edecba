"""The command `openai-org-usage vendor`. It needs nothing but the standard library, thus no extra."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .. import __version__
from ..terminal.commands import print_line
from ..terminal.parsers import Parser

if TYPE_CHECKING:
    from ..vendoring.contents import CopyKind

_VENDOR = (
    "Copy the library into another repository: source files that need nothing but anyio, attrs, "
    "httpx and msgspec, and can be imported at any depth and under any name."
)
_NAME = "What the package is called there.  [default: as it is installed]"
_GENERATED = "Copy the generated package alone, without overlays."
_CHECK = "Say whether the copy was edited or is out of date; write nothing."


def main(words: Sequence[str]) -> int:
    """Run the command with the words after `vendor`.

    Raises:
        VendoringError: nothing was written; see its subclasses.
    """
    return _vendor(make_parser().read(words))


def make_parser() -> Parser:
    """What reads the words after `vendor`."""
    from ..vendoring.exit_codes import EXIT_CODES

    parser = Parser(
        "openai-org-usage vendor",
        description=_VENDOR,
        epilog="Exit codes:\n" + "\n".join(f"  {code:2}  {what}" for code, what in EXIT_CODES.items()),
    )
    parser.add_argument("dest", metavar="DEST", type=_folder, help="The folder to copy the package into.")
    parser.add_argument("--name", metavar="NAME", help=_NAME)
    parser.add_argument("--generated-only", action="store_true", help=_GENERATED)
    task = parser.add_mutually_exclusive_group()
    task.add_argument("--check", action="store_true", help=_CHECK)
    task.add_argument("--update", action="store_true", help="Renew the copy, in one step.")
    parser.add_argument("--force", action="store_true", help="With --update: overwrite local changes.")
    parser.set_defaults(parser=parser)
    return parser


def _folder(text: str) -> Path:
    """A path; an empty one, as from an unset variable, must not mean the current folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError("is empty: name a folder")
    return Path(text)


def _vendor(options: argparse.Namespace) -> int:
    if options.force and not options.update:
        options.parser.error("--force goes with --update")
    from ..vendoring.contents import CopyKind
    from ..vendoring.copying import vendor

    kind = CopyKind.GENERATED if options.generated_only else CopyKind.WHOLE
    if options.check:
        return _check(options.dest, options.name, kind)
    target, written = vendor(
        options.dest, name=options.name, kind=kind, update=options.update, force=options.force
    )
    print_line(f"{target}: {__version__} copied" if written else f"{target}: up to date ({__version__})")
    return 0


def _check(dest: Path, name: str | None, kind: CopyKind) -> int:
    from ..vendoring.copying import check
    from ..vendoring.exit_codes import EXIT_CODES

    found = check(dest, name=name, kind=kind)
    state = " and ".join(EXIT_CODES[state] for state in found.states if state) or "up to date"
    print_line("\n  ".join([f"{state} ({found.recorded.version})", *found.lines()]))
    return int(found.state)
