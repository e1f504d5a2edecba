"""Whether the API can be reached at all: name, connection, TLS and clock, without the key.

The request goes the way of the client's own: the same proxy, certificates, look-up and time limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import attrs

from ... import __version__
from ..._generated import OPERATIONS, OpenAIUsageError
from ...credentials import Access, AdminKey
from ...http.proxies import proxy_of
from ...printable import clean
from ..context import CommandContext
from .check_result import CheckResult, Severity, result_of_error

if TYPE_CHECKING:
    import ssl

    import httpx

    from ...http.connections import Extensions

_NOTICEABLE = 5.0
_HARMFUL = 120.0
"""Seconds that the clocks may differ."""
_EXPIRES_SOON = 14
"""Days."""
_SUBJECT = "a request without the key"


@attrs.frozen
class ProbeResponse:
    """What came of one request without a key."""

    status: int
    is_html: bool
    location: str
    """Where a redirect leads to."""
    date: str | None
    sent: float
    received: float
    """Of the local clock, in Unix seconds."""
    tls: str | None
    """Such as `TLSv1.3`; None for plain http."""
    expires: str | None
    """When the certificate does."""


def check_network(base_url: str, *, seconds: float, context: CommandContext) -> Iterator[CheckResult]:
    """Reachability, TLS and clock, within `seconds`."""
    response = _probe(base_url, seconds=seconds, context=context)
    if isinstance(response, OpenAIUsageError):
        yield result_of_error("network", response)
        return
    yield _reached(base_url, response, through=None if context.transport else proxy_of(base_url))
    if response.tls is not None:
        yield _tls(response)
    yield _clock(response)


def _probe(base_url: str, *, seconds: float, context: CommandContext) -> ProbeResponse | OpenAIUsageError:
    from ...http.blocking_calls import BlockingCalls
    from ...http.connections import Connections

    access = Access(AdminKey(""), base_url, False, __version__)
    connections = Connections(access, transport=context.transport, clock=context.clock)
    calls = BlockingCalls(connections.release)
    read = partial(_read, base_url, context)
    try:
        return calls.run(partial(connections.outcome_of, read, seconds=seconds, subject=_SUBJECT))
    except OpenAIUsageError as error:
        return error
    finally:
        calls.stop()


async def _read(
    base_url: str, context: CommandContext, client: httpx.AsyncClient, extensions: Extensions
) -> ProbeResponse:
    path = next(iter(OPERATIONS.values())).path
    sent = context.clock()
    async with client.stream("GET", base_url + path, extensions=extensions) as response:
        received = context.clock()
        stream = response.extensions.get("network_stream")
        tls: ssl.SSLObject | None = stream.get_extra_info("ssl_object") if stream is not None else None
        certificate = (tls.getpeercert() if tls is not None else None) or {}
        expires = certificate.get("notAfter")
        return ProbeResponse(
            status=response.status_code,
            is_html="html" in response.headers.get("content-type", "").lower(),
            location=response.headers.get("location", ""),
            date=response.headers.get("date"),
            sent=sent,
            received=received,
            tls=tls.version() if tls is not None else None,
            expires=expires if isinstance(expires, str) else None,
        )


def _reached(base_url: str, response: ProbeResponse, *, through: object) -> CheckResult:
    took = f"{1000 * (response.received - response.sent):.0f} ms"
    said = f"{base_url} answers within {took}" + (f", through {through}" if through else "")
    if response.is_html:
        return CheckResult(
            "network", Severity.PROBLEM, f"{said}, but with a web page (status {response.status})", _PAGE
        )
    if response.status in (400, 401, 403):  # Without a key there is no other good response.
        return CheckResult("network", Severity.OK, said)
    if response.status == 429:
        return CheckResult(
            "network", Severity.WARNING, f"{said}, and asks to wait (status 429)", "wait a minute"
        )
    said = f"{said}, but with status {response.status}"
    if response.status == 200:
        return CheckResult("network", Severity.WARNING, f"{said} to a request without a key", _NO_KEY_NEEDED)
    return CheckResult("network", Severity.PROBLEM, said, _advice(response))


def _advice(response: ProbeResponse) -> str:
    if response.status >= 500:
        return "the API is failing: try again later, and see status.openai.com"
    if response.status == 407:
        return "a proxy wants a name and password: put them into HTTPS_PROXY (http://name:password@host:port)"
    if 300 <= response.status < 400:
        host = clean(urlsplit(response.location).hostname or "an address of its own")
        return f"it redirects to {host}, which is not followed: is OPENAI_BASE_URL right, or a log-in needed?"
    return "is OPENAI_BASE_URL right, path included? A gateway may answer in the API's place"


_PAGE = (
    "a log-in page, proxy or firewall answers in the API's place: log in there, or correct OPENAI_BASE_URL"
)
_NO_KEY_NEEDED = "a gateway that has a key of its own may do so; the API itself does not"


def _tls(response: ProbeResponse) -> CheckResult:
    said = f"{response.tls}, certificate valid until {response.expires}"
    expires = _moment(response.expires)
    left = (expires - response.received) / 86_400 if expires is not None else _EXPIRES_SOON
    if left >= _EXPIRES_SOON:
        return CheckResult("tls", Severity.OK, said)
    return CheckResult(
        "tls", Severity.WARNING, said, "it expires soon; if it is your proxy's or gateway's, have it renewed"
    )


def _clock(response: ProbeResponse) -> CheckResult:
    there = _moment(response.date)
    if there is None:
        return CheckResult("clock", Severity.SKIPPED, "the answer has no date to compare with")
    off = (response.sent + response.received) / 2 - there - 0.5  # A date has whole seconds, cut off.
    if abs(off) <= _NOTICEABLE:
        return CheckResult("clock", Severity.OK, "agrees with the API's within seconds")
    direction = "ahead of" if off > 0 else "behind"
    return CheckResult(
        "clock",
        Severity.PROBLEM if abs(off) > _HARMFUL else Severity.WARNING,
        f"this machine's clock is {abs(off):,.0f} s {direction} the API's",
        "set it (timedatectl set-ntp true): --today, --last and spans such as 30d begin where it says",
    )


def _moment(text: str | None) -> float | None:
    """A date in the form of HTTP, or in that of certificates, in Unix seconds; None for any other text."""
    try:
        return parsedate_to_datetime(text).timestamp() if text else None
    except (ValueError, OverflowError):
        return _certificate_date(text or "")


def _certificate_date(text: str) -> float | None:
    try:
        return datetime.strptime(text, "%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
