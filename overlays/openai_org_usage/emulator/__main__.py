"""Run the emulator by hand: `python -m openai_org_usage.emulator --help`."""

from __future__ import annotations

import argparse
import math
import re
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from .._generated import OpenAIUsageError
from ..terminal.commands import run_command
from ..terminal.parsers import Parser

if TYPE_CHECKING:
    from . import Emulator, OrganizationSize, Restatements

_DAY = 86_400
_PORTS = 65_536
_DAYS = 100_000
"""More would lead out of what calendars know."""
_MEMBERS = 100_001
_FAULT_WIDTH = 18
"""Characters of the longest name of a fault."""
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")

_COUNTED = ("projects", "users", "keys")
_RESTATED = {
    "late": "is not counted at first",
    "corrected": "is counted twice at first",
    "misplaced": "is reported under another key or model at first",
}

_PLANTED = """\
Faults, as in Python (--faults lists them all):
  --fault 'Status(503)'                        every request
  --fault '3: Drop("mid-body")'                the third
  --fault '10%: Status(429, retry_after="2")'  one in ten
  --fault 'costs: Status(503)'                 of costs only

Stories: spike, step, drift, price, new or gone; each of all
usage, or of a project, key, model or line_item:
  --story 'spike from=2026-11-20 to=2026-11-22 amount=1500'
  --story 'step from=2026-11-10 factor=2 project=proj_abc'
  --story 'price from=2026-11-01 factor=1.1 model=o3'
"""


class NotListeningError(OpenAIUsageError):
    """The port cannot be used."""


def main(
    arguments: Sequence[str] | None = None, *, program: str = "python -m openai_org_usage.emulator"
) -> int:
    """Serve until interrupted with Ctrl-C; `program` is how the user has called it.

    Raises:
        MissingExtraError: the emulator is not installed.
        NotListeningError: the port is taken, or may not be used.
    """
    parser = make_parser(program)
    options = parser.read(arguments)
    if options.faults:
        return _list_faults()
    from ..errors import ConfigurationError
    from . import Emulator, FaultPlanError
    from .faults.parser import read_plan
    from .story_text import read_story

    try:
        emulator = Emulator(
            port=options.port,
            seed=options.seed,
            lookback_days=options.lookback_days,
            latency=options.latency,
            restatements=_restatements(options),
            size=_size(options),
            lively=options.lively,
            stories=[read_story(text) for text in options.story],
            observed_fields=options.observed_fields,
            faults=read_plan(options.fault, seed=options.seed),
        )
    except (ConfigurationError, FaultPlanError) as error:
        parser.error(str(error))
    try:
        with ExitStack() as stack:
            _listen(emulator, stack, port=options.port)
            print(_greeting(emulator, start=int(time.time()) // _DAY * _DAY - 7 * _DAY), flush=True)
            Event().wait()
    except KeyboardInterrupt:
        print("\nStopped.")
    return 0


def _list_faults() -> int:
    """Print what can be planted, a line each."""
    from .faults.parser import described_faults

    for name, what in described_faults().items():
        print(f"{name:{_FAULT_WIDTH}}  {what}")
    return 0


def _size(options: argparse.Namespace) -> OrganizationSize | None:
    """The size that was asked for; None for the small organization."""
    from . import OrganizationSize

    named = {name: getattr(options, name) for name in _COUNTED if getattr(options, name) is not None}
    return OrganizationSize(**named) if named else None


def _restatements(options: argparse.Namespace) -> Restatements | None:
    """What is restated: usage is late if it is not said what else."""
    from . import Restatements

    shares = {name: getattr(options, name) for name in _RESTATED if getattr(options, name) is not None}
    if not shares:
        return Restatements(days=options.restate_days, corrected=0, misplaced=0)
    days = {"days": options.restate_days} if options.restate_days else {}
    return Restatements(**days, **(dict.fromkeys(_RESTATED, 0) | shares))


def _listen(emulator: Emulator, stack: ExitStack, *, port: int) -> None:
    try:
        stack.enter_context(emulator)
    except OSError as error:
        raise NotListeningError(
            f"port {port} cannot be used ({error.strerror}): choose another --port, or leave it out for a "
            "free one"
        ) from error


def make_parser(program: str) -> Parser:
    """What reads the words after the command that is called `program`."""
    parser = Parser(
        program,
        description="Serve usage, costs and lists of a made-up organization on this machine, until Ctrl-C.",
        epilog=_PLANTED,
    )
    parser.add_argument(
        "--port",
        type=partial(_within, first=0, limit=_PORTS),
        default=0,
        metavar="PORT",
        help="The port to listen on.  [default: a free one]",
    )
    parser.add_argument(
        "--seed",
        type=_whole,
        default=0,
        metavar="N",
        help="The same number makes up the same organization.  [default: 0]",
    )
    parser.add_argument(
        "--lookback-days",
        type=partial(_within, first=0, limit=_DAYS),
        metavar="N",
        help="Refuse a start more than N days ago, as the API does.",
    )
    parser.add_argument(
        "--latency", type=_seconds, default=0.0, metavar="SECONDS", help="Wait before each answer."
    )
    parser.add_argument(
        "--restate-days",
        type=partial(_within, first=0, limit=_DAYS),
        default=0,
        metavar="N",
        help="Let the newest buckets grow until they are N days old, as late usage does.",
    )
    for name, what in _RESTATED.items():
        parser.add_argument(
            f"--{name}",
            type=_share,
            metavar="SHARE",
            help=f"How much usage {what}, such as 0.1, for 5 days or as --restate-days says.",
        )
    for name in _COUNTED:
        parser.add_argument(
            f"--{name}",
            type=partial(_within, first=1, limit=_MEMBERS),
            metavar="N",
            help=f"Make up an organization with N {name}.  [default: a handful]",
        )
    parser.add_argument(
        "--lively",
        action="store_true",
        help="Let days differ as those of real organizations do, by project, model and key.",
    )
    parser.add_argument(
        "--story",
        action="append",
        default=[],
        metavar="STORY",
        help="Have something happen that reports should explain, see below; the option may be repeated.",
    )
    parser.add_argument(
        "--no-observed-fields",
        dest="observed_fields",
        action="store_false",
        help="Leave out fields that no document lists: names, and times as text.",
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="FAULT",
        help="Plant a fault; the option may be repeated.",
    )
    parser.add_argument("--faults", action="store_true", help="List the faults that there are, and exit.")
    return parser


def _whole(text: str) -> int:
    if _WHOLE.fullmatch(text) is None:
        raise argparse.ArgumentTypeError(f"is a whole number of at most 18 digits, not {text!r}")
    return int(text)


def _within(text: str, *, first: int, limit: int) -> int:
    if _WHOLE.fullmatch(text) is None or not first <= int(text) < limit:
        raise argparse.ArgumentTypeError(f"is a whole number from {first} to {limit - 1}, not {text!r}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < _DAY:
        raise argparse.ArgumentTypeError(f"is a number of seconds from 0, less than a day, not {text!r}")
    return seconds


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"is a share from 0 to 1, not {text!r}")
    return share


def _greeting(emulator: Emulator, *, start: int) -> str:
    organization = f"{emulator.base_url}/organization"
    return (
        f"Base URL   {emulator.base_url}\n"
        f"Admin key  {emulator.admin_key}\n\n"
        f"export OPENAI_BASE_URL={emulator.base_url}\n"
        f"export OPENAI_ADMIN_KEY={emulator.admin_key}\n\n"
        f'curl -H "Authorization: Bearer {emulator.admin_key}" \\\n'
        f"  '{organization}/costs?start_time={start}&group_by=line_item' \\\n"
        f"  '{organization}/projects?include_archived=true'\n\n"
        "Press Ctrl-C to stop."
    )


if __name__ == "__main__":
    raise SystemExit(run_command(main, debug="--debug" in sys.argv))
