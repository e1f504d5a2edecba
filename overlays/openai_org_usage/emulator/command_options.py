"""The options of the emulator's command."""

from __future__ import annotations

import argparse
import math
import re
from functools import partial

from ..terminal.parsers import Parser

_DAY = 86_400
_PORTS = 65_536
_DAYS = 100_000
"""More would lead out of what calendars know."""
_MEMBERS = 100_001
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")

COUNTED = ("projects", "users", "keys")
"""The options that say how many there are."""
RESTATED = {
    "late": "is not counted at first",
    "corrected": "is counted twice at first",
    "misplaced": "is reported under another key or model at first",
}
"""The options that say how much is told wrong, each with what it does."""

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


def make_parser(program: str) -> Parser:
    """What reads the words after the command that is called `program`."""
    parser = Parser(
        program,
        description="Serve usage, costs and lists of a made-up organization on this machine, until Ctrl-C.",
        epilog=_PLANTED,
    )
    _add_server_options(parser)
    _add_restatements(parser)
    _add_organization(parser)
    _add_faults(parser)
    return parser


def _add_server_options(parser: Parser) -> None:
    """How it answers."""
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


def _add_restatements(parser: Parser) -> None:
    """What is told wrong at first."""
    parser.add_argument(
        "--restate-days",
        type=partial(_within, first=0, limit=_DAYS),
        default=0,
        metavar="N",
        help="Let the newest buckets grow until they are N days old, as late usage does.",
    )
    for name, what in RESTATED.items():
        parser.add_argument(
            f"--{name}",
            type=_share,
            metavar="SHARE",
            help=f"How much usage {what}, such as 0.1, for 5 days or as --restate-days says.",
        )


def _add_organization(parser: Parser) -> None:
    """Whose usage it is, and what happens to it."""
    for name in COUNTED:
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


def _add_faults(parser: Parser) -> None:
    """What is left out or goes wrong."""
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


__all__ = ["COUNTED", "RESTATED", "make_parser"]
