"""The commands of `openai-org-usage`, each made when it is called for."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import attrs
import click

from .._generated import OPERATIONS, holds_key
from ..errors import MissingExtraError
from ..terminal.commands import Parser, refuse_keys
from .click_base import HELP_OPTIONS, PROGRAM, dashed, write_closing, write_usage
from .context import Surroundings
from .error_handler import warnings_as_notes
from .parameters import suggestion

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMPLETION_VARIABLE = "_OPENAI_ORG_USAGE_COMPLETE"
"""Set by the shell when it asks what a word could be completed to."""


def run(arguments: Sequence[str], surroundings: Surroundings) -> int:
    """Run one command and return its exit code; warnings are notes, and errors are raised."""
    app = App(surroundings)
    asked = os.environ.get(COMPLETION_VARIABLE)
    if asked:
        from click.shell_completion import shell_complete

        if holds_key(os.environ.get("COMP_WORDS", "")):
            return 0  # Completions repeat what has been typed.
        return shell_complete(app, {}, PROGRAM, COMPLETION_VARIABLE, asked)
    with warnings_as_notes(quiet="--quiet" in arguments or "-q" in arguments):
        try:
            refuse_keys(arguments)
            with app.make_context(PROGRAM, list(arguments)) as context:
                return int(app.invoke(context))
        except click.exceptions.Exit as end:
            return end.exit_code


@attrs.frozen
class Tool:
    """A command that is no endpoint."""

    summary: str
    make: Callable[[str, Surroundings], click.Command]
    """Of its name; imports what it needs."""


def _report(name: str, surroundings: Surroundings) -> click.Command:
    from .report import report_command

    return report_command(name, surroundings)


def _budget(name: str, surroundings: Surroundings) -> click.Command:
    from .budget import budget_command

    return budget_command(name, surroundings)


def _doctor(name: str, surroundings: Surroundings) -> click.Command:
    from .doctor import doctor_command

    return doctor_command(name, surroundings)


def _vendor(name: str, surroundings: Surroundings) -> click.Command:
    from .vendor import main, make_parser

    return OwnWords(name, run=main, parser=make_parser)


def _emulator(name: str, surroundings: Surroundings) -> click.Command:
    try:
        from ..emulator.__main__ import main, make_parser
    except ImportError:
        raise MissingExtraError.of("emulator", purpose=PROGRAM + " " + name) from None
    program = f"{PROGRAM} {name}"

    def run(words: Sequence[str]) -> int:
        return main(words, program=program)

    return OwnWords(name, run=run, parser=partial(make_parser, program))


def _shell_completion(name: str, surroundings: Surroundings) -> click.Command:
    from .completion import completion_command

    return completion_command(name)


class OwnWords(click.Command):
    """A command that reads its own words by a parser; shells complete what that knows, and files."""

    def __init__(
        self, name: str, *, run: Callable[[Sequence[str]], int], parser: Callable[[], Parser]
    ) -> None:
        super().__init__(
            name,
            params=[click.Argument(["words"], nargs=-1, type=click.UNPROCESSED)],
            callback=run,  # Called with `words=`.
            add_help_option=False,
            context_settings={"ignore_unknown_options": True},
        )
        self._parser = parser

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The options, or files where none has begun."""
        from click.shell_completion import CompletionItem

        names = sorted(name for name in self._parser().option_names if name.startswith(incomplete))
        return [CompletionItem(name) for name in names] or [CompletionItem(incomplete, type="file")]


TOOLS: Mapping[str, Tool] = {
    "report": Tool("What was spent, on what, and where the month will end", _report),
    "budget": Tool("Whether a limit is kept, by exit code: for CI and cron", _budget),
    "doctor": Tool("Check key, permissions, network and clock; say what to do", _doctor),
    "emulator": Tool("Serve a made-up organization on this machine, until Ctrl-C", _emulator),
    "vendor": Tool("Copy the library into another repository", _vendor),
    "shell-completion": Tool("Print the completion script of a shell", _shell_completion),
}


class App(click.Group):
    """All commands: one for each operation of the registry, and the tools."""

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(
            PROGRAM,
            help="Read an organization's OpenAI usage and costs.",
            no_args_is_help=True,
            subcommand_metavar="COMMAND [OPTIONS]",
            options_metavar="",
            context_settings={
                "token_normalize_func": dashed,
                "max_content_width": 100,
                "help_option_names": HELP_OPTIONS,
            },
            params=[
                _printing("--version", _version, help_text="Show the version."),
                _printing("--exit-codes", _exit_codes, help_text="Show what each exit code means."),
            ],
        )
        self._surroundings = surroundings
        self._names = {dashed(name): name for name in OPERATIONS}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The endpoints, then the tools."""
        return [*self._names, *TOOLS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called so, with dashes or underscores."""
        name = dashed(cmd_name)
        if name in TOOLS:
            return TOOLS[name].make(name, self._surroundings)
        if name not in self._names:
            return None
        from .endpoint import endpoint_command

        return endpoint_command(OPERATIONS[self._names[name]], self._surroundings)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a better answer to what is unknown."""
        if not ctx.resilient_parsing and self.get_command(ctx, args[0]) is None:
            name, known = dashed(args[0]), self.list_commands(ctx)
            raise click.UsageError(f"there is no command {name!r}{suggestion(name, known)}", ctx)
        return super().resolve_command(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """In lower case, as `vendor` has it."""
        write_usage(self, ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Endpoints and tools apart."""
        with formatter.section("Endpoints"):
            formatter.write_dl([(dashed(n), OPERATIONS[n].summary) for n in self._names.values()])
        with formatter.section("Beyond the endpoints"):
            formatter.write_dl([(name, tool.summary) for name, tool in TOOLS.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """How to begin."""
        write_closing(_CLOSING, formatter)


def _printing(name: str, text: Callable[[], str], *, help_text: str) -> click.Option:
    """An option that prints `text` and does nothing else."""

    def show(ctx: click.Context, option: click.Parameter, given: bool) -> None:
        if given and not ctx.resilient_parsing:
            click.echo(text())
            ctx.exit()

    return click.Option(
        [name], is_flag=True, expose_value=False, is_eager=True, callback=show, help=help_text
    )


def _version() -> str:
    from .. import __version__

    return __version__


def _exit_codes() -> str:
    from .exit_codes import EXIT_CODES

    return "\n".join(f"{code:4}  {meaning}" for code, meaning in EXIT_CODES.items())


_CLOSING = f"""The admin key is read from OPENAI_ADMIN_KEY. Without one, --emulator answers:

  {PROGRAM} costs --last 7d --group-by line_item --totals --emulator

Each command has its own --help; {PROGRAM} doctor says what is missing.
"""

__all__ = ["TOOLS", "App", "run"]
