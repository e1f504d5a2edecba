"""The command `doctor`: the checks one after the other, told as they come."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs
import click

from ...credentials import SWAPPED, AdminKey, checked_base_url
from ...errors import ConfigurationError
from ...printable import clean, escaped_json
from ..click_base import Command, options_from
from ..connection import ConnectionOptions, ServerAccess
from ..console import Console, tell, wrap, writable
from ..context import CommandContext
from ..exit_codes import Exit
from ..output.formats import text_or_json_option
from .access import check_access, check_key
from .check_result import NOT_CHECKED, CheckResult, Severity, result_of_error, run_check
from .installation import check_installation
from .network import check_network

if TYPE_CHECKING:
    from ...http.deadline import Deadline

_COLORS = {
    Severity.OK: "green",
    Severity.WARNING: "yellow",
    Severity.PROBLEM: "red",
    Severity.SKIPPED: "blue",
}
_UNUSED = ("--concurrency", "--array-format")
"""Options for connections without use here: few requests are sent, without lists."""
_MARGIN = " " * 22
_HELP = """Check key, organization, permissions, network, TLS, clock and versions.

Says of each finding what to do about it. The key is never shown. About eight small requests are
sent: usage and costs of the last 30 days, and a page of each list that has names.
The exit code is 40 where there is a problem, and otherwise 0."""


def doctor_command(name: str) -> Command:
    """The command."""
    return Command(
        name,
        options=[text_or_json_option(), *ConnectionOptions.options(without=_UNUSED), *Console.options()],
        run=_run,
        help_text=_HELP,
    )


def _run(context: CommandContext, *, format: str, **given: object) -> int:
    from ...http.deadline import Deadline

    connection, console = options_from(ConnectionOptions, given), options_from(Console, given)
    deadline = Deadline(connection.deadline, monotonic=time.monotonic)
    results: list[CheckResult] = []
    for result in Checks(connection, console, context, deadline).results():
        results.append(result)
        if format == "text" and not (console.quiet and result.state is Severity.OK):
            _tell(result)
    healthy = all(result.state is not Severity.PROBLEM for result in results)
    if format == "json":
        found = {"healthy": healthy, "findings": list(map(attrs.asdict, results))}
        click.echo(escaped_json(json.dumps(found, indent=2)))
    return Exit.DONE if healthy else Exit.FINDINGS


@attrs.define
class Checks:
    """All checks; what is wrong with one does not keep the others from being made where they can be."""

    connection: ConnectionOptions
    console: Console
    context: CommandContext
    deadline: Deadline
    """Of the whole command."""

    def results(self) -> Iterator[CheckResult]:
        """Of one check after the other."""
        now = self.context.clock()
        yield from run_check("installation", lambda: check_installation(now=now))
        path = self.context.configuration.path
        if path is not None:
            yield CheckResult("configuration", Severity.OK, f"{path} is used")
        key = CheckResult("key", Severity.OK, "the emulator has its own")
        key = key if self.connection.emulator else check_key()
        yield key
        try:
            self.connection.check()
        except ConfigurationError as error:
            yield CheckResult("options", Severity.PROBLEM, str(error), "correct the option")
        else:
            yield from run_check("emulator", lambda: self._of_server(key, now))

    def _of_server(self, key: CheckResult, now: float) -> Iterator[CheckResult]:
        with self.connection.server(self.context) as server:
            try:
                base_url = checked_base_url(server.base_url)
            except ConfigurationError as error:
                if SWAPPED in str(error):  # As is said of the key.
                    yield _skipped("address")
                else:
                    yield result_of_error("address", error, advice="correct --base-url or OPENAI_BASE_URL")
                return
            network = list(run_check("network", lambda: self._network(base_url)))
            yield from network
            if any(each.state is Severity.PROBLEM and each.check != "clock" for each in (key, *network)):
                yield _skipped("permissions")
                return
            yield from run_check("permissions", lambda: self._permissions(server, now))

    def _network(self, base_url: str) -> Iterator[CheckResult]:
        seconds = self.deadline.capped(self.connection.timeout)
        return check_network(base_url, seconds=seconds, context=self.context)

    def _permissions(self, server: ServerAccess, now: float) -> Iterator[CheckResult]:
        key = AdminKey.from_argument(server.key).reveal()
        with self.connection.client_of(server, self.context, self.console) as client:
            yield from check_access(client, key=key, now=now, deadline=self.deadline)


def _skipped(check: str) -> CheckResult:
    return CheckResult(check, Severity.SKIPPED, NOT_CHECKED)


def _tell(result: CheckResult) -> None:
    state = click.style(f"{result.state:8}", fg=_COLORS[result.state], bold=True)
    said = wrap(writable(clean(result.said)), indent=_MARGIN).strip()
    tell(f"{state} {result.check:12} {said}")
    if result.advice is not None:
        tell(wrap(writable(clean(result.advice)), indent=_MARGIN))
