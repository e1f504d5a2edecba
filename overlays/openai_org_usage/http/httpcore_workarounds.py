"""What httpcore 1.0.9 leaves open where a request is cancelled, and how that is told.

A connection whose TLS handshake is cut off stays open, and one that has been made and over which
nothing has been sent stays in the pool and is never used again. Its `trace` extension tells of both:
https://www.encode.io/httpcore/extensions/#trace
"""

from __future__ import annotations

from typing import Protocol, TypedDict

import attrs

from .name_lookup import look_up


class _NetworkStream(Protocol):
    """What of the connection is needed here."""

    async def aclose(self) -> None: ...


class TracedEvent(TypedDict):
    """What an event says that is needed here; each has some of it."""

    host: str
    port: int
    return_value: _NetworkStream


@attrs.define(eq=False, repr=False)
class Handshake:
    """How the connection of one request is made."""

    _stream: _NetworkStream | None = attrs.field(init=False, default=None)
    _is_used: bool = attrs.field(init=False, default=False)

    @property
    def wasted(self) -> bool:
        """Whether a connection was made, and nothing sent over it."""
        return self._stream is not None and not self._is_used

    async def trace(self, event: str, info: TracedEvent) -> None:
        """Look the name up before a connection is made, note it, and close it if its handshake fails."""
        if event.endswith("connect_tcp.started"):
            await look_up(info["host"], info["port"])
        elif event.endswith("connect_tcp.complete"):
            self._stream = info["return_value"]
        elif event.endswith("send_request_headers.started"):
            self._is_used = True
        elif event.endswith("start_tls.failed") and self._stream is not None:
            await self._stream.aclose()
