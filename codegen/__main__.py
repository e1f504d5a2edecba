"""The command line behind the make targets: `python -m codegen pin|generate|check`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .errors import CodegenError
from .files import ROOT


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 is success, 1 an error or drift, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except CodegenError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _pin(options: argparse.Namespace) -> int:
    from .document import read_upstream
    from .pin import make_pin, write_pin
    from .subset import operations

    upstream = read_upstream(options.upstream, commit=options.commit, date=options.date)
    pin = make_pin(upstream, overlays=options.overlays)
    moved = write_pin(pin, options.pin)
    print(f"{options.pin.name}: {'pinned to' if moved else 'unchanged by'} {upstream.source}")
    print(f"  upstream commit {upstream.commit or 'unknown'}, sha256 {upstream.sha256}")
    print(
        f"  {len(operations(pin.document))} operations; overlay actions: {pin.report.applied} applied,",
        end=" ",
    )
    print(f"{len(pin.report.obsolete)} obsolete, {len(pin.report.not_applicable)} not for this revision")
    for action in pin.report.obsolete:
        print(f"  obsolete, upstream has it: {action.place}: {action.target}")
    for note in pin.notes:
        print(f"  note: {note}")
    return 0


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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m codegen", description=__doc__)
    commands = parser.add_subparsers(required=True)
    pin = commands.add_parser("pin", help="make openapi.yaml from an upstream document")
    pin.add_argument("upstream", help="path or URL, plain or gzip'd")
    pin.add_argument("--commit", help="upstream commit, where the name does not tell")
    pin.add_argument("--date", help="date of that commit, YYYY-MM-DD")
    pin.add_argument("--overlays", type=Path, default=ROOT / "overlays" / "spec")
    pin.set_defaults(run=_pin)
    generate = commands.add_parser("generate", help="make the generated package from the pin")
    generate.set_defaults(run=_generate)
    check = commands.add_parser("check", help="tell whether anything committed has drifted")
    check.set_defaults(run=_check)
    for command in (pin, generate, check):
        command.add_argument("--pin", type=Path, default=ROOT / "openapi.yaml")
    for command in (generate, check):
        command.add_argument("--out", type=Path, default=ROOT / "generated")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
