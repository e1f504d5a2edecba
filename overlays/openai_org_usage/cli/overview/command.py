"""`overview`, which is also the command without a word: what is spent, on one screen."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import attrs
import click
import msgspec

from ...printable import escaped_json
from ..archive_options import ArchiveOptions
from ..click_base import PROGRAM, Command, Option, options_from
from ..connection import ConnectionOptions
from ..console import Console, say, tell, writable
from ..context import CommandContext
from ..exit_codes import Exit
from ..formats import OUTPUT
from ..shortened_texts import cell_measure
from .figures import Overview
from .kept_figures import KeptFigures
from .screen import WIDEST, Screen

_YOUNG: Final = 600
"""Seconds for which figures of the API are shown again without asking it."""
_KEY: Final = "OPENAI_ADMIN_KEY"
_BASE_URL: Final = "OPENAI_BASE_URL"
_SETTLED: Final = "--settled"
"""Without use here: today is never settled."""
_NO_KEY: Final = (
    f"To see what your organization spends, set {_KEY} to an admin key.",
    "Its owners make one: https://platform.openai.com/settings/organization/admin-keys",
    f"To look around without a key: {PROGRAM} --emulator",
)
_HELP = f"""What is spent, on one screen: today, yesterday, seven days, the running month and its end.

With budgets of the configuration, the largest projects and models, and what is out of the ordinary.
`{PROGRAM}` without a command is the same. Figures of the API are kept for ten minutes, those of an archive
until it is synced. Days are UTC."""
_CLOSING = f"""Examples:
  {PROGRAM}
  {PROGRAM} --emulator
  {PROGRAM} --archive usage
"""


def overview_command(name: str) -> Command:
    """The command."""
    return Command(
        name,
        options=[
            *_options(),
            *(option for option in ArchiveOptions.options() if option.opts[0] != _SETTLED),
            *ConnectionOptions.options(),
            *Console.options(),
        ],
        run=_run,
        help_text=_HELP,
        closing=_CLOSING,
    )


def _run(context: CommandContext, *, format: str, refresh: bool, **given: object) -> int:
    archive, connection = options_from(ArchiveOptions, given), options_from(ConnectionOptions, given)
    console = options_from(Console, given)
    archive.check()
    if not (archive.archive or archive.organization or connection.emulator or _has_key()):
        for line in _NO_KEY:
            say(line)
        return Exit.CONFIGURATION
    now = context.clock()
    kept = _kept(archive, connection, context)
    overview = None if refresh or kept is None else kept.read()
    if overview is None or (archive.archive is None and not 0 <= now - overview.read_at < _YOUNG):
        overview = _read(archive, connection, context, console)
        if kept is not None:
            kept.keep(overview)
    if format == "json":
        text = msgspec.json.format(msgspec.json.encode(overview), indent=2).decode()
        click.echo(escaped_json(text))
    else:
        _show(overview, now=now)
    return Exit.DONE


def _has_key() -> bool:
    return bool(os.environ.get(_KEY, "").strip())


def _kept(
    archive: ArchiveOptions, connection: ConnectionOptions, context: CommandContext
) -> KeptFigures | None:
    """Where the figures are kept; None where they are not: of an emulator, and of a remote archive."""
    today, own = datetime.fromtimestamp(context.clock(), UTC).date(), context.configuration.text
    if archive.archive is not None:
        from ...archive.manifest import MANIFEST

        manifest = Path(archive.archive) / MANIFEST
        if not manifest.is_file():
            return None
        state = manifest.read_bytes().hex()
        return KeptFigures.of(today, own, archive.organization, manifest.resolve(), state)
    if connection.emulator:
        return None
    entry = None if archive.organization is None else context.configuration.organization(archive.organization)
    address = connection.base_url or (entry and entry.base_url) or os.environ.get(_BASE_URL)
    key = os.environ.get(_KEY if entry is None else entry.key_env)
    return KeptFigures.of(today, own, key, address)


def _read(
    archive: ArchiveOptions, connection: ConnectionOptions, context: CommandContext, console: Console
) -> Overview:
    from ..answer_source import source_of
    from ..progress import Progress, show_progress

    progress, now = Progress("overview", several=True), context.clock()
    with (
        show_progress(progress, console),
        source_of(archive, connection, context, console, on_page=progress.advance) as source,
    ):
        from ...report import collect
        from .budgets import BudgetReading
        from .figures_of_report import TOP, overview_of

        names, moment = source.kept_names(), datetime.fromtimestamp(now, UTC)
        report = collect(source.client, now=moment, top=TOP, names=names)
        budgets = BudgetReading(source.client, report, names).figures(context.configuration.tables.budgets)
        overview = overview_of(report, read_at=source.read_at or now, budgets=list(budgets))
        return attrs.evolve(overview, is_archived=archive.archive is not None)


def _show(overview: Overview, *, now: float) -> None:
    width = min(shutil.get_terminal_size().columns, WIDEST)
    age = f"{'from the archive, ' if overview.is_archived else ''}read {_ago(now - overview.read_at)}"
    screen = Screen(width, cell_measure())
    for line in screen.lines(overview, age=age):
        text = writable(line.text)
        tell(click.style(text, bold=True) if line.is_heading else text)
    sys.stdout.flush()


def _ago(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return "just now"
    if minutes < 90:
        return f"{minutes} min ago"
    hours = round(minutes / 60)
    return f"{hours} h ago" if hours < 48 else f"{round(hours / 24)} days ago"


def _options() -> list[Option]:
    return [
        Option(
            ["--format"],
            section=OUTPUT,
            type=click.Choice(["text", "json"]),
            default="text",
            help="For people or for programs.  [default: text]",
        ),
        Option(
            ["--refresh"],
            section=OUTPUT,
            is_flag=True,
            help="Read all anew, whatever is kept of the last time.",
        ),
    ]


__all__ = ["overview_command"]
