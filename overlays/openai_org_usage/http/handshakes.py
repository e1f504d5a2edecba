"""How the connection of a request is made, and what becomes of it when the request is cancelled.

httpcore 1.0.9 leaves two kinds open: one whose TLS handshake is cut off, and one that has been made
and over which nothing has been sent, which stays in the pool and is never used again. Its `trace`
extension tells of both: https://www.encode.io/httpcore/extensions/#trace
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .name_lookup import look_up


class Handshake:
    """Follows the events of one request."""

    def __init__(self) -> None:
        self._stream: Any = None
        self._sent = False

    @property
    def wasted(self) -> bool:
        """Whether a connection was made, and nothing sent over it."""
        return self._stream is not None and not self._sent

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Look the name up before a connection is made, note it, and close it if its handshake fails."""
        if event.endswith("connect_tcp.started"):
            await look_up(info["host"], info["port"])
        elif event.endswith("connect_tcp.complete"):
            self._stream = info["return_value"]
        elif event.endswith("send_request_headers.started"):
            self._sent = True
        elif event.endswith("start_tls.failed") and self._stream is not None:
            await self._stream.aclose()
