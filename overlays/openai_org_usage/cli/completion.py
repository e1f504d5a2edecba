"""`shell-completion`: what a shell has to read to complete commands, options and values."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from .click_base import PROGRAM, Command
from .console import debug_option

_SHELLS = ("bash", "fish", "zsh")
_CLOSING = f"""In ~/.bashrc:
  eval "$({PROGRAM} shell-completion bash)"

In ~/.zshrc, after compinit:
  eval "$({PROGRAM} shell-completion zsh)"

Once, for fish:
  {PROGRAM} shell-completion fish \\
    > ~/.config/fish/completions/{PROGRAM}.fish
"""


def completion_command(name: str) -> Command:
    """The command."""
    command = Command(
        name,
        options=[debug_option()],
        run=_print_script,
        summary="",
        help_text="Print the completion script of a shell: bash, fish or zsh.",
        closing=_CLOSING,
    )
    shell = click.Argument(["shell"], type=click.Choice(_SHELLS), required=False, metavar="SHELL")
    command.params.append(shell)
    return command


def _print_script(shell: str | None, *, debug: bool) -> int:
    from .app import COMPLETION_VARIABLE

    if shell is None:
        raise click.UsageError(f"name the shell: {', '.join(_SHELLS[:-1])} or {_SHELLS[-1]}")
    kind = get_completion_class(shell)
    if kind is not None:
        click.echo(kind(click.Command(PROGRAM), {}, PROGRAM, COMPLETION_VARIABLE).source())
    return 0
