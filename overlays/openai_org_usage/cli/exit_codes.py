"""Every exit code of `openai-org-usage`: the one table that help, docs and tests read."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from ..terminal import commands
from ..vendoring.exit_codes import EXIT_CODES as OF_VENDOR


class Exit(IntEnum):
    """What the command says by its exit code; 3 to 17 belong to `vendor`."""

    DONE = 0
    ERROR = 1
    USAGE = 2
    CONFIGURATION = 20
    NOT_PERMITTED = 21
    TOO_LONG_AGO = 22
    REFUSED = 23
    THROTTLED = 24
    NO_ANSWER = 25
    BAD_ANSWER = 26
    NOT_WRITTEN = commands.NOT_WRITTEN
    MISSING_EXTRA = commands.MISSING_EXTRA
    FORECAST_EXCEEDS = 30
    BUDGET_EXCEEDED = 31
    NO_VERDICT = 32
    FINDINGS = 40
    ARCHIVE = 50
    ARCHIVE_LOCKED = 51
    ARCHIVE_DAMAGED = 52
    NOT_COVERED = 53
    OTHER_ORGANIZATION = 54
    DIFFERENCES = 55
    NOT_ALL = 56
    HUNG_UP = 129
    INTERRUPTED = commands.INTERRUPTED
    CLOSED_PIPE = commands.CLOSED_PIPE
    TERMINATED = 143


_OWN: Final[Mapping[int, str]] = {
    Exit.DONE: "done, also where there was nothing to show; budget: within it",
    Exit.ERROR: "another error",
    Exit.USAGE: "wrong usage: an unknown command, option or value, or an impossible range",
    Exit.CONFIGURATION: "no key, or one of the wrong kind; unusable base URL, proxy or certificates",
    Exit.NOT_PERMITTED: "the API does not accept the key, or it may not read usage",
    Exit.TOO_LONG_AGO: "the range begins before the year that the API keeps, or before the archive",
    Exit.REFUSED: "the API refused the request",
    Exit.THROTTLED: "the API asks to wait (429), or the quota is used up",
    Exit.NO_ANSWER: "no answer: network, time limit, or the API is failing (5xx)",
    Exit.BAD_ANSWER: "the answer is not what is documented, contradicts itself, or is too large",
    Exit.NOT_WRITTEN: "the output cannot be written: a file, or standard output; or the disk of an archive",
    Exit.MISSING_EXTRA: "an optional dependency is not installed",
    Exit.FORECAST_EXCEEDS: "budget: not exceeded yet, but the forecast exceeds it",
    Exit.BUDGET_EXCEEDED: "budget: exceeded",
    Exit.NO_VERDICT: "budget: cannot say, as something of value is not counted or has no limit",
    Exit.FINDINGS: "doctor: found a problem",
    Exit.ARCHIVE: "the archive cannot be used: there is none, or of a newer version, or the clock went back",
    Exit.ARCHIVE_LOCKED: "another process writes to the archive",
    Exit.ARCHIVE_DAMAGED: "files of the archive are missing or damaged: sync --repair pulls them again",
    Exit.NOT_COVERED: "the archive does not have the table, grouping or time that was asked for",
    Exit.OTHER_ORGANIZATION: "the key's organization is kept under another name, or another under this one",
    Exit.DIFFERENCES: "sync --audit: the archive and the API differ",
    Exit.NOT_ALL: "sync: some tables or organizations were refused or failed; all else is kept",
    Exit.HUNG_UP: "ended by SIGHUP, as when its terminal is closed; no file was written",
    Exit.INTERRUPTED: "interrupted (Ctrl-C); where rows are kept, how to continue was said",
    Exit.CLOSED_PIPE: "the reader of standard output went away",
    Exit.TERMINATED: "ended by SIGTERM; no file was written",
}

EXIT_CODES: Final[Mapping[int, str]] = dict(
    sorted({**{code: f"vendor: {what}" for code, what in OF_VENDOR.items()}, **_OWN}.items())
)
"""Meaning by code, of all commands."""
