"""Completion by a shell: the script that it has to read, and the answer when it asks."""

from __future__ import annotations

import os

import click
from click.shell_completion import get_completion_class, shell_complete

from .._generated import holds_key
from .click_base import COMPLETION_VARIABLE, PROGRAM, Command
from .console import debug_option
from .context import CommandContext

_SHELLS = ("bash", "fish", "zsh")
_CLOSING = f"""In ~/.bashrc:
  eval "$({PROGRAM} shell-completion bash)"

In ~/.zshrc, after compinit:
  eval "$({PROGRAM} shell-completion zsh)"

Once, for fish:
  {PROGRAM} shell-completion fish \\
    > ~/.config/fish/completions/{PROGRAM}.fish
"""


def complete(app: click.Command, instruction: str) -> int:
    """Print what the word that the shell asks about could become; `instruction` is in the variable."""
    if holds_key(os.environ.get("COMP_WORDS", "")):
        return 0  # Completions repeat what has been typed.
    return shell_complete(app, {}, PROGRAM, COMPLETION_VARIABLE, instruction)


def completion_command(name: str) -> Command:
    """The command that prints the script."""
    command = Command(
        name,
        options=[debug_option()],
        run=_print_script,
        help_text="Print the completion script of a shell: bash, fish or zsh.",
        closing=_CLOSING,
    )
    shell = click.Argument(["shell"], type=click.Choice(_SHELLS), required=False, metavar="SHELL")
    command.params.append(shell)
    return command


def _print_script(_: CommandContext, *, shell: str | None, debug: bool) -> int:
    if shell is None:
        raise click.UsageError(f"name the shell: {', '.join(_SHELLS[:-1])} or {_SHELLS[-1]}")
    kind = get_completion_class(shell)
    if kind is not None:
        click.echo(kind(click.Command(PROGRAM), {}, PROGRAM, COMPLETION_VARIABLE).source())
    return 0
