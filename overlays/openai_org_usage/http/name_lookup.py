"""Looking names up in threads that nobody waits for.

asyncio looks them up in its executor, whose threads cannot be interrupted and hold up the end of the
process: after the deadline it would stay for as long as the resolver takes. So the first question is asked
here; asyncio's own, which follows, then finds a resolver that answers.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from contextlib import suppress


async def look_up(host: str, port: int) -> None:
    """Wait until `host` has been looked up.

    Raises:
        OSError: there is no such name, or no answer.
        ValueError: it cannot be a name.
        RuntimeError: no thread can be started.
    """
    if _is_address(host):
        return
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[None] = loop.create_future()

    def tell(failure: Exception | None) -> None:
        if answered.done():  # Cancelled, as at a deadline.
            return
        if failure is None:
            answered.set_result(None)
        else:
            answered.set_exception(failure)

    def ask() -> None:
        failure: Exception | None = None
        try:
            socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except Exception as error:
            failure = error
        with suppress(RuntimeError):  # The loop may have been closed meanwhile.
            loop.call_soon_threadsafe(tell, failure)

    host.encode("idna")  # Else what that needs would be imported in the thread.
    threading.Thread(target=ask, name="openai-org-usage look-up", daemon=True).start()
    await answered


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
