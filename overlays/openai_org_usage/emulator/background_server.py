"""Uvicorn in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import sys
from threading import Event, Thread

import uvicorn
from starlette.types import ASGIApp

from .raw_socket import RawSocketProtocol, abort_connection

_GRACE_SECONDS = 1


def listen(host: str, port: int) -> socket.socket:
    """A socket that is bound; 0 is a free port."""
    # The protocol is named because asyncio switches Nagle's algorithm off only for sockets that
    # name it; with it on, every answer on a kept connection takes 40 ms longer.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


class BackgroundServer(uvicorn.Server):
    """A uvicorn server that says when it is ready, and closes its socket whatever happens."""

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        config = uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            ws="none",
            http=RawSocketProtocol,
            loop="asyncio",
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        super().__init__(config)
        self._listener = listener
        self._ready = Event()
        self._thread = Thread(target=self._run_to_end, name="openai-org-usage-emulator", daemon=True)

    def launch(self) -> None:
        """Begin to answer requests."""
        self._thread.start()
        self._ready.wait()
        if not self.started:
            self._thread.join()
            raise RuntimeError("the emulator's server did not start; its log says why")

    def halt(self) -> None:
        """End the thread, and close all sockets."""
        self.should_exit = True
        self._thread.join()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as uvicorn does, then say so."""
        await super().startup(sockets)
        self._ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop as uvicorn does, without waiting for answers that are delayed, stalled or not read."""
        self._abort(unfinished_only=True)
        await super().shutdown(sockets)
        self._abort(unfinished_only=False)
        await asyncio.sleep(0)  # One round of the event loop, in which aborted sockets are closed.

    def _abort(self, *, unfinished_only: bool) -> None:
        for connection in list(self.server_state.connections):
            abort_connection(connection, unfinished_only=unfinished_only)

    def _run_to_end(self) -> None:
        try:
            self.run(sockets=[self._listener])
        finally:
            self._listener.close()
            self._ready.set()
