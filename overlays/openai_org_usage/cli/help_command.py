"""`help`: the help of a command, for those who type it before the command's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .click_base import PROGRAM, Command
from .console import debug_option
from .context import CommandContext

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_CLOSING = f"""Examples:
  {PROGRAM} help
  {PROGRAM} help costs
"""


def help_command(name: str) -> Command:
    """The command."""
    argument = click.Argument(
        ["command"], required=False, metavar="[COMMAND]", shell_complete=_commands_beginning_with
    )
    return Command(
        name,
        arguments=[argument],
        options=[debug_option()],
        run=_show,
        help_text="Show the help of a command, as its --help does; without one, that of all.",
        closing=_CLOSING,
    )


def _show(_: CommandContext, *, command: str | None, debug: bool) -> int:
    parent = click.get_current_context().parent
    if parent is None or not isinstance(parent.command, click.Group):
        return 0
    if command is None:
        click.echo(parent.get_help())
        return 0
    found = parent.command.resolve_command(parent, [command])[1]
    if found is not None:
        click.echo(found.get_help(click.Context(found, info_name=command, parent=parent)))
    return 0


def _commands_beginning_with(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    parent = ctx.parent
    if parent is None or not isinstance(parent.command, click.Group):
        return []
    names = parent.command.list_commands(parent)
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


__all__ = ["help_command"]
