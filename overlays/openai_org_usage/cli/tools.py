"""The commands beyond the endpoints; each is imported when it is called for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import attrs
import click

from ..errors import MissingExtraError
from .click_base import PROGRAM, ArgparseCommand

OVERVIEW: Final = "overview"
"""The command that is meant where none is named."""


@attrs.frozen
class Tool:
    """A command that is no endpoint."""

    summary: str
    make: Callable[[str], click.Command]
    """Of its name; imports what it needs."""


def _overview(name: str) -> click.Command:
    from .overview.command import overview_command

    return overview_command(name)


def _report(name: str) -> click.Command:
    from .report.command import report_command

    return report_command(name)


def _budget(name: str) -> click.Command:
    from .budget import budget_command

    return budget_command(name)


def _key_costs(name: str) -> click.Command:
    from .key_costs import key_costs_command

    return key_costs_command(name)


def _sync(name: str) -> click.Command:
    from .archive.sync import sync_command
    from .overview.archived_figures import keep_figures

    return sync_command(name, after=keep_figures)


def _sql(name: str) -> click.Command:
    from .archive.sql import sql_command

    return sql_command(name)


def _restatements(name: str) -> click.Command:
    from .archive.restatements import restatements_command

    return restatements_command(name)


def _doctor(name: str) -> click.Command:
    from .doctor.command import doctor_command

    return doctor_command(name)


def _vendor(name: str) -> click.Command:
    from .vendor import main, make_parser

    return ArgparseCommand(name, run=main, make_parser=make_parser)


def _emulator(name: str) -> click.Command:
    try:
        from ..emulator.__main__ import main
        from ..emulator.command_options import make_parser
    except ImportError:
        raise MissingExtraError.of("emulator", purpose=f"{PROGRAM} {name}") from None
    program = f"{PROGRAM} {name}"
    return ArgparseCommand(
        name, run=partial(main, program=program), make_parser=partial(make_parser, program)
    )


def _shell_completion(name: str) -> click.Command:
    from .completion import completion_command

    return completion_command(name)


def _help(name: str) -> click.Command:
    from .help_command import help_command

    return help_command(name)


TOOLS: Final[Mapping[str, Tool]] = {
    OVERVIEW: Tool("What is spent, on one screen; the same without a command", _overview),
    "report": Tool("What was spent, on what, and where the month will end", _report),
    "budget": Tool("Whether a limit is kept, by exit code: for CI and cron", _budget),
    "key-costs": Tool("What each API key cost, or an estimate of it", _key_costs),
    "sync": Tool("Keep usage and costs in an archive that outlives the API", _sync),
    "sql": Tool("Ask an archive by SQL, with names joined", _sql),
    "restatements": Tool("How late usage comes, as an archive has seen it", _restatements),
    "doctor": Tool("Check key, permissions, network and clock; say what to do", _doctor),
    "emulator": Tool("Serve a made-up organization on this machine, until Ctrl-C", _emulator),
    "vendor": Tool("Copy the library into another repository", _vendor),
    "help": Tool("Show the help of a command", _help),
    "shell-completion": Tool("Print the completion script of a shell", _shell_completion),
}


__all__ = ["OVERVIEW", "TOOLS", "Tool"]
