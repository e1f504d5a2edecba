"""The commands of `openai-org-usage`, each made when it is called for."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import attrs
import click

from .._generated import OPERATIONS
from ..terminal.commands import refuse_keys
from ..terminal.suggestions import suggestion
from .click_base import (
    COMPLETION_VARIABLE,
    HELP_OPTIONS,
    PROGRAM,
    dashed,
    write_closing,
    write_usage,
)
from .configuration.location import configuration_path
from .console import Console
from .context import CommandContext
from .tools import OVERVIEW, TOOLS
from .typed_options import note_file
from .unknown_field_notes import warnings_as_notes


def run(words: Sequence[str], context: CommandContext) -> int:
    """Run one command and return its exit code; warnings are notes, and errors are raised."""
    app = App()
    instruction = os.environ.get(COMPLETION_VARIABLE)
    if instruction:
        from .completion import complete

        return complete(app, instruction)
    console = Console(quiet="--quiet" in words or "-q" in words)
    with warnings_as_notes(console):
        try:
            refuse_keys(words)
            with app.make_context(PROGRAM, list(words), obj=context) as ctx:
                return int(app.invoke(ctx))
        except click.exceptions.Exit as end:
            return end.exit_code


class App(click.Group):
    """All commands: one for each operation of the registry, and the tools."""

    def __init__(self) -> None:
        super().__init__(
            PROGRAM,
            help="Read an organization's OpenAI usage and costs.",
            subcommand_metavar="COMMAND [OPTIONS]",
            options_metavar="",
            context_settings={
                "token_normalize_func": dashed,
                "max_content_width": 100,
                "help_option_names": HELP_OPTIONS,
            },
            params=[
                click.Option(["--config"], type=click.Path(path_type=Path), metavar="FILE", help=_CONFIG),
                _printing("--version", _version, help_text="Show the version."),
                _printing("--config-schema", _schema, help_text=_SCHEMA),
                _printing("--exit-codes", _exit_codes, help_text="Show what each exit code means."),
            ],
        )
        self._names = {dashed(name): name for name in OPERATIONS}

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does; without a command, options are those of the overview."""
        own = {name: param for param in self.get_params(ctx) for name in param.opts}
        place = 0
        while place < len(args) and (given := own.get(args[place].partition("=")[0])) is not None:
            place += 1 if "=" in args[place] or getattr(given, "is_flag", False) else 2
        is_cut_short = place > len(args)  # The last option has no value, which click says.
        if not (ctx.resilient_parsing or is_cut_short) and (args[place:] or ["-"])[0].startswith("-"):
            args = [*args[:place], OVERVIEW, *args[place:]]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The endpoints, then the tools."""
        return [*self._names, *TOOLS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called so, with dashes or underscores."""
        name = dashed(cmd_name)
        if name in TOOLS:
            return TOOLS[name].make(name)
        if name not in self._names:
            return None
        from .endpoint.command import endpoint_command

        return endpoint_command(OPERATIONS[self._names[name]])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a better answer to what is unknown; a command is made once."""
        command = self.get_command(ctx, args[0])
        if command is None and not ctx.resilient_parsing:
            name, known = dashed(args[0]), self.list_commands(ctx)
            raise click.UsageError(f"there is no command {name!r}{suggestion(name, known)}", ctx)
        if command is None or ctx.resilient_parsing:
            return None if command is None else args[0], command, args[1:]
        self._configure(ctx, args, command)
        return args[0], command, args[1:]

    def _configure(self, ctx: click.Context, args: Sequence[str], command: click.Command) -> None:
        """Have the configuration file give what it has for `command`, unless the words in `args` say else."""
        path = configuration_path(ctx.params.get("config"))
        if path is None or not isinstance(ctx.obj, CommandContext):
            return
        from .configuration.file import read_configuration
        from .configuration.option_defaults import defaults_of, without_replaced

        configuration = read_configuration(path)
        note_file(ctx, path, configuration.keys_for(dashed(args[0])))
        ctx.obj = attrs.evolve(ctx.obj, given_configuration=configuration)
        names = self.list_commands(ctx)
        defaults = defaults_of(
            dashed(args[0]), command, configuration, others=names, make=partial(self.get_command, ctx)
        )
        ctx.default_map = {args[0]: without_replaced(defaults, command, args[1:])}

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


def _schema() -> str:
    import json

    from .configuration.schema import configuration_schema

    app = App()
    context = click.Context(app)
    found = {name: app.get_command(context, name) for name in app.list_commands(context)}
    commands = {name: command for name, command in found.items() if command is not None}
    return json.dumps(configuration_schema(commands), indent=2)


def _version() -> str:
    from .. import __version__

    return __version__


def _exit_codes() -> str:
    from .exit_codes import EXIT_CODES

    return "\n".join(f"{code:4}  {meaning}" for code, meaning in EXIT_CODES.items())


_CONFIG = "Defaults, budgets, organizations and names.  [default: ~/.config/openai-org-usage/config.toml]"
_SCHEMA = "Show the JSON Schema of that file, for editors."
_CLOSING = f"""The admin key is read from OPENAI_ADMIN_KEY. Without one, --emulator answers:

  {PROGRAM} costs --last 7d --group-by line_item --totals --emulator

Each command has its own --help; {PROGRAM} doctor says what is missing.
"""

__all__ = ["TOOLS", "App", "run"]
