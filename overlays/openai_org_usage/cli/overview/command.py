"""`overview`, which is also the command without a word: what is spent, on one screen."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from ..archive.answer_source import AnswerOptions
from ..click_base import PROGRAM, Command, Option
from ..console import say
from ..context import CommandContext
from ..exit_codes import Exit
from ..output.formats import OUTPUT, text_or_json_option
from .archived_figures import archived_figures
from .figures import Overview
from .kept_figures import KeptFigures
from .output import JsonOutput, ScreenOutput

_YOUNG: Final = 600
"""Seconds for which figures of the API are shown again without asking it."""
_KEY: Final = "OPENAI_ADMIN_KEY"
_BASE_URL: Final = "OPENAI_BASE_URL"
_UNUSED: Final = ("--settled",)
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
        options=[*_options(), *AnswerOptions.options(without=_UNUSED)],
        run=_run,
        help_text=_HELP,
        closing=_CLOSING,
    )


def _run(context: CommandContext, *, format: str, refresh: bool, **given: object) -> int:
    answers = AnswerOptions.of(context, given)
    archive = answers.archive
    if not (archive.archive or archive.organization or answers.connection.emulator or _has_key()):
        for line in _NO_KEY:
            say(line)
        return Exit.CONFIGURATION
    now = context.clock()
    kept = _kept(answers)
    known = None if refresh or kept is None else kept.read()
    if known is not None and archive.archive is None and not 0 <= now - known.overview.read_at < _YOUNG:
        known = None
    output = JsonOutput() if format == "json" else ScreenOutput.on_terminal(now)
    if known is None:
        overview = _read(answers, show=output.figures)
    else:
        output.figures(known.overview)
        overview = known.overview if known.has_causes else _explained(answers, known.overview)
    if kept is not None and (known is None or not known.has_causes):
        kept.keep(overview)
    output.rest(overview)
    return Exit.DONE


def _has_key() -> bool:
    return bool(os.environ.get(_KEY, "").strip())


def _kept(answers: AnswerOptions) -> KeptFigures | None:
    """Where the figures are kept; None where they are not: of an emulator, and of a remote archive."""
    archive, connection, context = answers.archive, answers.connection, answers.context
    if archive.archive is not None:
        return archived_figures(archive, context)
    if connection.emulator:
        return None
    entry = None if archive.organization is None else context.configuration.organization(archive.organization)
    address = connection.base_url or (entry and entry.base_url) or os.environ.get(_BASE_URL)
    key = os.environ.get(_KEY if entry is None else entry.key_env)
    today = datetime.fromtimestamp(context.clock(), UTC).date()
    return KeptFigures.of((key, address), (today, context.configuration.text))


def _read(answers: AnswerOptions, *, show: Callable[[Overview], None]) -> Overview:
    """The figures, and why they changed; `show` gets them as soon as they are there."""
    from ..progress import Progress, show_progress

    progress = Progress("overview", several=True)
    with answers.source(progress) as source:
        from .reading import OverviewReading

        reading = OverviewReading(source, answers.context)
        with show_progress(progress, answers.console):
            overview = reading.overview
        show(overview)
        return overview.with_causes(reading.causes()) if reading.is_unusual else overview


def _explained(answers: AnswerOptions, overview: Overview) -> Overview:
    """The figures of an archive, which were kept when it was synced, and why they changed."""
    with answers.source() as source:
        from .reading import OverviewReading

        return overview.with_causes(OverviewReading(source, answers.context).causes())


def _options() -> list[Option]:
    return [
        text_or_json_option(),
        Option(
            ["--refresh"],
            section=OUTPUT,
            is_flag=True,
            help="Read all anew, whatever is kept of the last time.",
        ),
    ]


__all__ = ["overview_command"]
