"""Whether the API can be reached at all: name, connection, TLS and clock, without the key."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import attrs

from ..._generated import OPERATIONS
from ..surroundings import Surroundings
from .findings import Finding, State

if TYPE_CHECKING:
    import httpx

_NOTICEABLE = 5.0
_HARMFUL = 120.0
"""Seconds that the clocks may differ."""
_EXPIRES_SOON = 14
"""Days."""
_PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


@attrs.frozen
class Contact:
    """What came of one request without a key."""

    status: int
    server: str
    date: str | None
    sent: float
    received: float
    """Of the local clock, in Unix seconds."""
    tls: str | None
    """Such as `TLSv1.3`; None for plain http."""
    expires: str | None
    """When the certificate does."""


def check_contact(base_url: str, *, timeout: float, surroundings: Surroundings) -> Iterator[Finding]:
    """Reachability, TLS and clock."""
    import httpx

    try:
        contact = _asked(base_url, timeout=timeout, surroundings=surroundings)
    except httpx.HTTPError as error:
        yield _unreachable(base_url, error)
        return
    yield _reached(base_url, contact)
    if contact.tls is not None:
        yield _tls(contact)
    yield _clock(contact)


def _asked(base_url: str, *, timeout: float, surroundings: Surroundings) -> Contact:
    import httpx

    path = next(iter(OPERATIONS.values())).path
    with ExitStack() as stack:
        given = surroundings.transport
        transport = given if isinstance(given, httpx.BaseTransport) else None
        client = stack.enter_context(
            httpx.Client(timeout=timeout, transport=transport, follow_redirects=False)
        )
        sent = surroundings.clock()
        answer = stack.enter_context(client.stream("GET", base_url + path))
        received = surroundings.clock()
        stream = answer.extensions.get("network_stream")
        tls = stream.get_extra_info("ssl_object") if stream is not None else None
        return Contact(
            status=answer.status_code,
            server=answer.headers.get("server", ""),
            date=answer.headers.get("date"),
            sent=sent,
            received=received,
            tls=tls.version() if tls is not None else None,
            expires=tls.getpeercert().get("notAfter") if tls is not None else None,
        )


def _unreachable(base_url: str, error: httpx.HTTPError) -> Finding:
    reason = str(error) or type(error).__name__
    advice = "check the network; behind a proxy, set HTTPS_PROXY"
    if "CERTIFICATE" in reason.upper():
        advice = (
            "the certificate is not trusted: a proxy may replace it, then let SSL_CERT_FILE name the file of "
            "its authority; or the machine's clock is wrong"
        )
    elif "getaddrinfo" in reason or "Name or service" in reason or "nodename" in reason:
        advice = f"the name cannot be resolved: check it ({base_url}) and the DNS, or set HTTPS_PROXY"
    return Finding("network", State.PROBLEM, f"no answer from {base_url}: {reason}", advice)


def _reached(base_url: str, contact: Contact) -> Finding:
    proxy = next((name for name in _PROXIES if os.environ.get(name)), None)
    took = f"{1000 * (contact.received - contact.sent):.0f} ms"
    said = f"{base_url} answers within {took}" + (f", through {proxy}" if proxy else "")
    if contact.status in (400, 401, 403):  # Without a key there is no other good answer.
        return Finding("network", State.OK, said)
    advice = "is OPENAI_BASE_URL right, path included? A gateway may answer in the API's place"
    if contact.status >= 500:
        advice = "the API is failing: try again later, and see status.openai.com"
    return Finding("network", State.PROBLEM, f"{said}, but with status {contact.status}", advice)


def _tls(contact: Contact) -> Finding:
    said = f"{contact.tls}, certificate valid until {contact.expires}"
    expires = _moment(contact.expires)
    left = (expires - contact.received) / 86_400 if expires is not None else _EXPIRES_SOON
    if left >= _EXPIRES_SOON:
        return Finding("tls", State.OK, said)
    return Finding(
        "tls", State.WARNING, said, "it expires soon; if it is your proxy's or gateway's, have it renewed"
    )


def _clock(contact: Contact) -> Finding:
    there = _moment(contact.date)
    if there is None:
        return Finding("clock", State.SKIPPED, "the answer has no date to compare with")
    off = (contact.sent + contact.received) / 2 - there - 0.5  # A date has whole seconds, cut off.
    if abs(off) <= _NOTICEABLE:
        return Finding("clock", State.OK, "agrees with the API's within seconds")
    direction = "ahead of" if off > 0 else "behind"
    return Finding(
        "clock",
        State.PROBLEM if abs(off) > _HARMFUL else State.WARNING,
        f"this machine's clock is {abs(off):,.0f} s {direction} the API's",
        "set it (timedatectl set-ntp true): --today, --last and spans such as 30d begin where it says",
    )


def _moment(text: str | None) -> float | None:
    """A date in the form of HTTP, or in that of certificates, in Unix seconds."""
    try:
        moment = parsedate_to_datetime(text) if text else None
    except ValueError:
        moment = _certificate_date(text or "")
    return None if moment is None else moment.timestamp()


def _certificate_date(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC)
    except ValueError:
        return None
