"""The figures of an archive, kept when it has been synced: from then on the screen is there at once."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from ..._generated import OpenAIUsageError
from ...archive.manifest import MANIFEST, decode_manifest
from ...errors import ArchiveError
from ..archive.answer_source import AnswerOptions
from ..archive.archive_options import ArchiveOptions
from ..context import CommandContext
from .kept_figures import KeptFigures


def archived_figures(options: ArchiveOptions, context: CommandContext) -> KeptFigures | None:
    """Where the figures of an archive are kept: as it is, for today; None where it is remote, or none.

    Raises:
        WrongUsageError: it is not said of which organization.
    """
    manifest = Path(options.archive or "") / MANIFEST
    if not os.path.isfile(manifest):  # Of a name that no file may have, too.
        return None
    content, today = manifest.read_bytes(), datetime.fromtimestamp(context.clock(), UTC).date()
    try:
        name = options.name_in(decode_manifest(content, location=str(options.archive)))
    except ArchiveError:
        return None  # Reading it says what is wrong.
    return KeptFigures.of((manifest.resolve(), name), (today, context.configuration.text, content.hex()))


def keep_figures(answers: AnswerOptions) -> None:
    """Keep those of an archive that has just been synced; what goes wrong is told to who asks for them."""
    kept = archived_figures(answers.archive, answers.context)
    if kept is None:
        return
    from .reading import OverviewReading

    with suppress(OpenAIUsageError), answers.source() as source:
        reading = OverviewReading(source, answers.context)
        kept.keep(reading.overview, has_causes=not reading.is_unusual)


__all__ = ["archived_figures", "keep_figures"]
