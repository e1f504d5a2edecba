"""The command line behind the make targets: `python -m codegen pin|diff|generate|check`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from openai_org_usage.printable import clean, shorten
from openai_org_usage.terminal.commands import print_line, run_command, tell_traceback
from openai_org_usage.terminal.parsers import KeylessParser

from .errors import CodegenError
from .files import ROOT

_DIFF_STATUS = """\
Exit status: 0 if nothing changes for callers, 3 if something is added, 4 if something breaks, 1 after
an error, 2 after wrong usage."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 is success, 1 an error or drift, 2 wrong usage; see also _DIFF_STATUS."""
    options = _parser().read(arguments)
    try:
        return int(options.run(options))
    except CodegenError as error:
        if options.debug:
            tell_traceback(error)
        print_line(f"error: {shorten(clean(str(error)))}", to=sys.stderr)
        return 1


def _pin(options: argparse.Namespace) -> int:
    from .diff.compare import Pinned, comparison, name_of, pin_at
    from .diff.report import as_text
    from .document import read_upstream
    from .pin import make_pin, write_pin

    upstream = read_upstream(options.upstream, commit=options.commit, date=options.date)
    pin = make_pin(upstream, overlays=options.overlays)
    before = pin_at(options.pin)
    moved = write_pin(pin, options.pin)
    print(f"{options.pin.name}: {'pinned to' if moved else 'unchanged by'} {upstream.source}")
    print(f"  upstream commit {upstream.commit or 'unknown'}, sha256 {upstream.sha256}")
    for line in pin.summary():
        print(f"  {line}")
    if before and moved:
        after = Pinned(name_of(pin.document, options.pin.name), pin.document)
        print(as_text(comparison(before, after), version=_version()))
    return 0


def _diff(options: argparse.Namespace) -> int:
    from .diff.compare import compare
    from .diff.release import EXIT_STATUS, heaviest
    from .diff.report import as_json, as_markdown, as_text

    found = compare(
        str(options.against or options.pin), options.upstream, overlays=options.overlays, bare=options.bare
    )
    write = {"text": as_text, "json": as_json, "markdown": as_markdown}[options.format]
    print(write(found, version=_version()))
    return EXIT_STATUS[heaviest(found.changes)]


def _version() -> str:
    from openai_org_usage import __version__

    return __version__


def _generate(options: argparse.Namespace) -> int:
    from .generate import generate

    changed = generate(pin=options.pin, out=options.out)
    print(f"{options.out}: {'regenerated' if changed else 'unchanged'}")
    return 0


def _check(options: argparse.Namespace) -> int:
    from .check import check

    drift = check(pin=options.pin, out=options.out)
    for line in drift:
        print(line, file=sys.stderr)
    print("drift: the committed files are not what the tools make" if drift else "nothing drifted")
    return 1 if drift else 0


def _parser() -> KeylessParser:
    parser = KeylessParser(prog="python -m codegen", description=__doc__)
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = parser.add_subparsers(required=True)
    pin = commands.add_parser("pin", help="make openapi.yaml from an upstream document")
    _add_pin_options(pin)
    diff = commands.add_parser(
        "diff", help="tell what another document would change for callers", epilog=_DIFF_STATUS
    )
    _add_diff_options(diff)
    generate = commands.add_parser("generate", help="make the generated package from the pin")
    generate.set_defaults(run=_generate)
    check = commands.add_parser("check", help="tell whether anything committed has drifted")
    check.set_defaults(run=_check)
    for command in (pin, diff):
        command.add_argument("--overlays", type=Path, default=ROOT / "overlays" / "spec")
    for command in (pin, diff, generate, check):
        command.add_argument("--pin", type=Path, default=ROOT / "openapi.yaml")
    for command in (generate, check):
        command.add_argument("--out", type=Path, default=ROOT / "generated")
    return parser


def _add_pin_options(pin: KeylessParser) -> None:
    pin.add_argument("upstream", help="path or URL, plain or gzip'd")
    pin.add_argument("--commit", help="upstream commit, where the name does not tell")
    pin.add_argument("--date", help="date of that commit, YYYY-MM-DD")
    pin.set_defaults(run=_pin)


def _add_diff_options(diff: KeylessParser) -> None:
    diff.add_argument("upstream", help="path or URL of an upstream document, or the path of a pin")
    diff.add_argument("--against", metavar="PATH", help="compare with this one instead of the pin")
    diff.add_argument("--bare", action="store_true", help="leave our overlays out of upstream documents")
    diff.add_argument("--format", choices=("text", "json", "markdown"), default="text")
    diff.set_defaults(run=_diff)


if __name__ == "__main__":
    raise SystemExit(run_command(main, debug="--debug" in sys.argv))
