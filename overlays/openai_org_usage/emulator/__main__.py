"""Run the emulator by hand: `python -m openai_org_usage.emulator --help`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from threading import Event
from typing import TYPE_CHECKING

from .._generated import OpenAIUsageError
from ..terminal.commands import run_command
from .command_options import COUNTED, RESTATED, make_parser

if TYPE_CHECKING:
    from . import Emulator, OrganizationSize, Restatements

_DAY = 86_400
_FAULT_WIDTH = 18
"""Characters of the longest name of a fault."""


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
    from . import FaultPlanError

    try:
        emulator = _emulator(options)
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


def _emulator(options: argparse.Namespace) -> Emulator:
    """The emulator that was asked for.

    Raises:
        ConfigurationError: a story cannot be told.
        FaultPlanError: a fault cannot be read.
    """
    from . import Emulator
    from .faults.parser import read_plan
    from .story_text import read_story

    return Emulator(
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


def _list_faults() -> int:
    """Print what can be planted, a line each."""
    from .faults.parser import described_faults

    for name, what in described_faults().items():
        print(f"{name:{_FAULT_WIDTH}}  {what}")
    return 0


def _size(options: argparse.Namespace) -> OrganizationSize | None:
    """The size that was asked for; None for the small organization."""
    from . import OrganizationSize

    named = {name: getattr(options, name) for name in COUNTED if getattr(options, name) is not None}
    return OrganizationSize(**named) if named else None


def _restatements(options: argparse.Namespace) -> Restatements | None:
    """What is restated: usage is late if it is not said what else."""
    from . import Restatements

    shares = {name: getattr(options, name) for name in RESTATED if getattr(options, name) is not None}
    if not shares:
        return Restatements(days=options.restate_days, corrected=0, misplaced=0)
    days = {"days": options.restate_days} if options.restate_days else {}
    return Restatements(**days, **(dict.fromkeys(RESTATED, 0) | shares))


def _listen(emulator: Emulator, stack: ExitStack, *, port: int) -> None:
    try:
        stack.enter_context(emulator)
    except OSError as error:
        raise NotListeningError(
            f"port {port} cannot be used ({error.strerror}): choose another --port, or leave it out for a "
            "free one"
        ) from error


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
