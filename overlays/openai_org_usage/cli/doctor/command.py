"""The command `doctor`: the checks one after the other, told as they come."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import attrs
import click

from ...credentials import checked_base_url
from ...errors import ConfigurationError
from ...printable import clean, escaped_json
from ..click_base import Command, Option, taken_from
from ..connection import Connection, Target
from ..console import Messages, tell, wrapped
from ..context import Surroundings
from ..exit_codes import Exit
from ..output import OUTPUT
from .access import check_key, check_permissions
from .check_result import Finding, State, guarded, of_error
from .installation import check_installation
from .network import check_contact

if TYPE_CHECKING:
    from ...http.deadline import Deadline

_COLOURS = {State.OK: "green", State.WARNING: "yellow", State.PROBLEM: "red", State.SKIPPED: "blue"}
_MARGIN = " " * 21
_HELP = """Check key, permissions, network, TLS, clock and versions.

Says of each finding what to do about it. The key is never shown. Two small requests are sent.
The exit code is 40 where there is a problem, and otherwise 0."""


def doctor_command(name: str, surroundings: Surroundings) -> Command:
    """The command."""
    form = Option(
        ["--format"],
        section=OUTPUT,
        type=click.Choice(["text", "json"]),
        default="text",
        help="For people or for programs.  [default: text]",
    )
    return Command(
        name,
        options=[form, *Connection.options(), *Messages.options()],
        run=partial(_run, surroundings),
        summary="",
        help_text=_HELP,
    )


def _run(surroundings: Surroundings, *, format: str, **given: object) -> int:
    from ...http.deadline import Deadline

    connection, messages = taken_from(Connection, given), taken_from(Messages, given)
    deadline = Deadline(connection.deadline, monotonic=time.monotonic)
    examination = Examination(connection, messages, surroundings, deadline)
    findings: list[Finding] = []
    for finding in examination.findings():
        findings.append(finding)
        if format == "text" and not (messages.quiet and finding.state is State.OK):
            _tell(finding)
    healthy = all(finding.state is not State.PROBLEM for finding in findings)
    if format == "json":
        found = {"healthy": healthy, "findings": list(map(attrs.asdict, findings))}
        click.echo(escaped_json(json.dumps(found, indent=2)))
    return Exit.DONE if healthy else Exit.FINDINGS


@attrs.define
class Examination:
    """All checks; what is wrong with one does not keep the others from being made where they can be."""

    connection: Connection
    messages: Messages
    surroundings: Surroundings
    deadline: Deadline
    """Of the whole command."""

    def findings(self) -> Iterator[Finding]:
        """Of one check after the other."""
        now = self.surroundings.clock()
        yield from guarded("installation", lambda: check_installation(now=now))
        key = Finding("key", State.OK, "the emulator has its own")
        key = key if self.connection.emulator else check_key()
        yield key
        try:
            self.connection.checked()
        except ConfigurationError as error:
            yield Finding("options", State.PROBLEM, str(error), "correct the option")
        else:
            yield from guarded("emulator", partial(self._of_target, key, now))

    def _of_target(self, key: Finding, now: float) -> Iterator[Finding]:
        with self.connection.target(self.surroundings) as target:
            try:
                base_url = checked_base_url(target.base_url)
            except ConfigurationError as error:
                yield of_error("address", error, advice="correct --base-url or OPENAI_BASE_URL")
                return
            contact = list(guarded("network", lambda: self._contact(base_url)))
            yield from contact
            if any(each.state is State.PROBLEM and each.check != "clock" for each in (key, *contact)):
                yield Finding("permissions", State.SKIPPED, "not checked, because of what is said above")
                return
            yield from guarded("permissions", lambda: self._permissions(target, now))

    def _contact(self, base_url: str) -> Iterator[Finding]:
        seconds = self.deadline.capped(self.connection.timeout)
        return check_contact(base_url, seconds=seconds, surroundings=self.surroundings)

    def _permissions(self, target: Target, now: float) -> Iterator[Finding]:
        with self.connection.client_of(target, self.surroundings, self.messages) as client:
            yield from check_permissions(client, now=now, deadline=self.deadline)


def _tell(finding: Finding) -> None:
    state = click.style(f"{finding.state:8}", fg=_COLOURS[finding.state], bold=True)
    said = wrapped(_writable(clean(finding.said)), indent=_MARGIN).strip()
    tell(f"{state} {finding.check:11} {said}")
    if finding.advice is not None:
        tell(wrapped(_writable(clean(finding.advice)), indent=_MARGIN))


def _writable(text: str) -> str:
    """`text` in what standard output can encode, such as Latin-1, which has no `…`."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)
