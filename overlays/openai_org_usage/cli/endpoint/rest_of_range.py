"""The command for the rest of a range that was not read to its end, or begins too long ago."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import attrs
import click

from ..._generated import OpenAIUsageError, Request
from ...errors import LookbackExceededError
from ...pagination.rules import Bucket
from ...times import range_of, readable
from ..error_handler import exit_code_of
from ..errors import InterruptedQueryError, TooLongAgoError
from ..output.destination import WriteResult, rest_name
from ..ranges.range_options import WITHOUT_START
from ..rerun_command import command_line
from ..rows.arrangement import Arrangement


@attrs.frozen
class RestOfRange:
    """What is left of the range of a command."""

    request: Request[object, Bucket, object]
    arrangement: Arrangement
    output: Path | None

    def interrupted(
        self, reason: OpenAIUsageError | KeyboardInterrupt, result: WriteResult, *, until: int | None
    ) -> InterruptedQueryError:
        """Why the query ended early, where its rows up to `until` are, and the command for those after it."""
        why = "interrupted" if isinstance(reason, KeyboardInterrupt) else str(reason)
        if until is None or not result.rows:
            return InterruptedQueryError(f"{why}; nothing was written", exit_code=exit_code_of(reason))
        changes: dict[str, str] = {}
        where = "written"
        if result.path is not None and self.output is not None:
            where = f"in {result.path}"
            changes["--output"] = str(rest_name(self.output))
        return InterruptedQueryError(
            f"{why}; the rows before {_in_utc(until)} are {where}, for the rest:",
            exit_code=exit_code_of(reason),
            remedy=self._command(until, changes),
        )

    def too_long_ago(self, error: LookbackExceededError) -> TooLongAgoError:
        """With the command for what is kept, if that is a part of the range."""
        start, (_, end) = error.earliest_start, range_of(self.request)
        is_kept = start is not None and (end is None or end > start)
        return TooLongAgoError.of(error, remedy=self._command(start, {}) if start and is_kept else None)

    def _command(self, start: int, changes: Mapping[str, str]) -> str:
        """The command with another start; the time zone stays where it says what is added up."""
        (_, end), periods = range_of(self.request), self.arrangement.periods
        is_of_zone = periods is not None and periods.zone is not UTC
        written = _with_time if is_of_zone else readable
        without = [*WITHOUT_START, "--page"] if is_of_zone else [*WITHOUT_START, "--timezone", "--page"]
        return command_line(
            click.get_current_context(),
            {
                "--start-time": written(start),
                "--end-time": None if end is None else written(end),
                **dict.fromkeys(without),
                **changes,
            },
        )


def _with_time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%MZ")


def _in_utc(seconds: int) -> str:
    text = readable(seconds)
    return text if text.endswith("Z") else f"{text} UTC"


__all__ = ["RestOfRange"]
