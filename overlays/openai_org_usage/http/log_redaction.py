"""Logs of the libraries below: they tell of headers, in which a server may send the key back."""

from __future__ import annotations

import logging

from .._generated import redacted

LOGGERS = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
    "hpack.hpack",
    "hpack.table",
    "anyio.streams.tls",
    "asyncio",
)
"""A filter counts for what is logged by its very logger, not for those below it, so all are named."""


class _Keyless(logging.Filter):
    """Lets everything pass, without keys."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite `record` if a key is in it."""
        said = record.getMessage()
        shown = redacted(said, echoed=True)
        if shown != said:
            record.msg, record.args = shown, ()
        return True


_KEYLESS = _Keyless()


def keep_keys_out_of_logs() -> None:
    """Let these loggers say what they have to say without keys; levels and handlers stay as they are."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_KEYLESS)  # Once: a logger knows which it has.
