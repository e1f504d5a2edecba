"""One run of an endpoint's command: asking, writing the rows, and what is said if it ends early."""

from __future__ import annotations

from contextlib import nullcontext

import attrs
import click

from .._generated import OpenAIUsageError, Request
from ..errors import LookbackExceededError
from ..hooks import PageEvent
from ..pagination.rules import Bucket
from .calendar_ranges import readable
from .click_base import dashed
from .connection import Connection
from .console import Messages
from .context import Surroundings
from .destination import Delivered, deliver, rest_name
from .error_lines import exit_code_of
from .errors import InterruptedPullError, TooLongAgoError
from .interruptible import Pull
from .output import Output
from .progress import Progress, shown
from .rerun_command import command_line
from .unknown_field_notes import noted
from .writers import writer_for

_WAYS = ("--last", "--month", "--this-month", "--today", "--timezone", "--page")
"""Options that a command with an explicit start goes without."""


@attrs.frozen
class Work:
    """One run of the command."""

    request: Request[object, Bucket, object]
    output: Output
    connection: Connection
    messages: Messages
    surroundings: Surroundings

    def do(self) -> None:
        """Ask, and write the rows.

        Raises:
            InterruptedPullError: part of the rows was written, and the rest can be asked for.
            OpenAIUsageError: none were.
        """
        progress = Progress(dashed(self.request.operation.name))

        def on_page(event: PageEvent) -> None:
            progress.advance(event)
            self.messages.tell_page(event)

        with self.connection.client(self.surroundings, self.messages, on_page=on_page) as client:
            pull = Pull(
                client.query(self.request),
                keeps=self.output.can_be_part(),
                watch=lambda: shown(progress, self.messages),
            )
            try:
                with nullcontext() if self.output.raw else noted(self.messages):
                    delivered = deliver(
                        writer_for(pull, self.output, self.messages),
                        to=self.output.output,
                        is_part=lambda: pull.stopped is not None,
                    )
            except LookbackExceededError as error:
                raise self._too_long_ago(error) from None
        self._conclude(pull, delivered)

    def _conclude(self, pull: Pull, delivered: Delivered) -> None:
        if pull.stopped is not None:
            raise self._interrupted(pull.stopped, delivered, until=pull.until)
        if not delivered.rows:
            self.messages.note(f"nothing in this range{self._filtered()}, so there are no rows")
        if delivered.path is not None and (delivered.rows or not self.output.raw):
            noun = "page" if self.output.raw else "row"
            count = f"{delivered.rows:,} {noun}{'' if delivered.rows == 1 else 's'}"
            self.messages.note(f"{count} in {delivered.path}")

    def _filtered(self) -> str:
        names = [name for name, _ in self.request.arguments if name.endswith("s")]
        return f" for these {' and '.join(names)}" if names else ""

    def _interrupted(
        self, reason: OpenAIUsageError | KeyboardInterrupt, delivered: Delivered, *, until: int | None
    ) -> InterruptedPullError:
        why = "interrupted" if isinstance(reason, KeyboardInterrupt) else str(reason)
        changes: dict[str, str | None] = {}
        where = "written"
        if delivered.path is not None and self.output.output is not None:
            where = f"in {delivered.path}"
            changes["--output"] = str(rest_name(self.output.output))
        if until is None or not delivered.rows:
            return InterruptedPullError(f"{why}; nothing was written", exit_code=exit_code_of(reason))
        return InterruptedPullError(
            f"{why}; the rows before {_in_utc(until)} are {where}, for the rest:",
            exit_code=exit_code_of(reason),
            remedy=self._beginning_at(until, changes),
        )

    def _too_long_ago(self, error: LookbackExceededError) -> TooLongAgoError:
        start = error.earliest_start
        end = self.request.get("end_time")
        if start is None or (isinstance(end, int) and end <= start):
            return TooLongAgoError(str(error))
        remedy = self._beginning_at(start, {})
        return TooLongAgoError(f"{str(error).rstrip('.')}; from there on:", remedy=remedy)

    def _beginning_at(self, start: int, changes: dict[str, str | None]) -> str:
        """This command with another start."""
        end = self.request.get("end_time")
        return command_line(
            click.get_current_context(),
            {
                "--start-time": readable(start),
                "--end-time": readable(end) if isinstance(end, int) else None,
                **dict.fromkeys(_WAYS),
                **changes,
            },
        )


def _in_utc(seconds: int) -> str:
    text = readable(seconds)
    return text if text.endswith("Z") else f"{text} UTC"
