"""How requests reach their address: over a transport of the user's, through a proxy, or directly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import attrs

from ..errors import ConfigurationError
from .certificates import trusted_context
from .proxies import Proxy, proxy_of

if TYPE_CHECKING:
    import ssl

    import httpx


@attrs.define(eq=False, repr=False)
class Route:
    """The way to `base_url`. What the environment says of it is read when connections are made.

    Attributes:
        proxy: through which the connections go; None if through none.
    """

    base_url: str
    transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None
    proxy: Proxy | None = attrs.field(init=False, default=None)
    _tls: ssl.SSLContext | None = attrs.field(init=False, default=None)

    def connect(self) -> httpx.AsyncClient:
        """A new pool, which makes its connections as they are needed.

        Raises:
            ConfigurationError: the proxy or the certificates cannot be used.
        """
        import httpx

        from .log_redaction import keep_keys_out_of_logs

        anyio.CancelScope()  # Imports what anyio runs on.
        keep_keys_out_of_logs()
        self.proxy = None if self.transport else proxy_of(self.base_url)
        return httpx.AsyncClient(
            timeout=None,  # noqa: S113 - each attempt has one around everything
            transport=_asynchronous(self.transport),
            verify=self._trusted(),
            trust_env=False,
            proxy=None if self.proxy is None else self._through(self.proxy),
            limits=httpx.Limits(max_connections=None),
        )

    def _through(self, proxy: Proxy) -> httpx.Proxy:
        """The connection to a proxy may have TLS of its own, and its certificate the same authorities."""
        import httpx

        context = self._trusted() if proxy.url.startswith("https:") else None
        try:
            return httpx.Proxy(proxy.url, ssl_context=context)
        except httpx.InvalidURL:
            problem = f"{proxy.variable} names a proxy by an address that cannot be read"
        raise ConfigurationError(f"{problem}; correct it, or unset it")

    def _trusted(self) -> ssl.SSLContext:
        """With the authorities of the environment, read once; with none where no TLS is spoken."""
        if self._tls is None:
            import ssl

            needed = self.transport is None and self.base_url.startswith("https:")
            self._tls = trusted_context() if needed else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return self._tls


def _asynchronous(
    transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None,
) -> httpx.AsyncBaseTransport | None:
    import httpx

    if transport is None or isinstance(transport, httpx.AsyncBaseTransport):
        return transport
    from .sync_transport import ThreadedTransport

    return ThreadedTransport(transport)
