"""The command `doctor`: the checks one after the other, told as they come."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

import attrs
import click

from ...credentials import checked_base_url
from ...display import clean, escaped_json
from ...errors import ConfigurationError
from ..connection import Connection
from ..exit_codes import Exit
from ..layout import Command, Option, taken_from
from ..messages import Messages, tell, wrapped
from ..output import OUTPUT
from ..surroundings import Surroundings
from .access import check_key, check_permissions
from .contact import check_contact
from .findings import Finding, State
from .installation import check_installation

_COLOURS = {State.OK: "green", State.WARNING: "yellow", State.PROBLEM: "red", State.SKIPPED: "blue"}
_MARGIN = " " * 21
_HELP = """Check key, permissions, network, TLS, clock and versions.

Says of each finding what to do about it. The key is never shown. Two small requests are sent."""


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
    connection, messages = taken_from(Connection, given), taken_from(Messages, given)
    findings: list[Finding] = []
    for finding in _findings(connection, messages, surroundings):
        findings.append(finding)
        if format == "text" and not (messages.quiet and finding.state is State.OK):
            _tell(finding)
    healthy = all(finding.state is not State.PROBLEM for finding in findings)
    if format == "json":
        found = {"healthy": healthy, "findings": list(map(attrs.asdict, findings))}
        click.echo(escaped_json(json.dumps(found, indent=2)))
    return Exit.DONE if healthy else Exit.FINDINGS


def _findings(connection: Connection, messages: Messages, surroundings: Surroundings) -> Iterator[Finding]:
    now = surroundings.clock()
    yield from check_installation(now=now)
    key = Finding("key", State.OK, "the emulator has its own") if connection.emulator else check_key()
    yield key
    with connection.target(surroundings) as target:
        try:
            base_url = checked_base_url(target.base_url)
        except ConfigurationError as error:
            yield Finding("address", State.PROBLEM, str(error), "correct --base-url or OPENAI_BASE_URL")
            return
        contact = list(check_contact(base_url, timeout=connection.timeout, surroundings=surroundings))
        yield from contact
        if any(finding.state is State.PROBLEM and finding.check != "clock" for finding in (key, *contact)):
            yield Finding("permissions", State.SKIPPED, "not checked, because of what is said above")
            return
        with connection.client_of(target, surroundings, messages) as client:
            yield from check_permissions(client, now=now)


def _tell(finding: Finding) -> None:
    state = click.style(f"{finding.state:8}", fg=_COLOURS[finding.state], bold=True)
    said = wrapped(clean(finding.said), indent=_MARGIN).strip()
    tell(f"{state} {finding.check:11} {said}")
    if finding.advice is not None:
        tell(wrapped(clean(finding.advice), indent=_MARGIN))
