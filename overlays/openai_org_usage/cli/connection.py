"""Options that decide where requests go and how long is waited, and the client made of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Literal

import attrs
import click

from ..errors import MissingExtraError
from ..http.retry import RetryPolicy
from ..options import (
    DEFAULT_CONCURRENCY,
    DEFAULT_MAX_PAGE_BYTES,
    DEFAULT_MAX_PAGES,
    DEFAULT_TIMEOUT,
    Options,
)
from .click_base import Option
from .console import Console
from .context import CommandContext

if TYPE_CHECKING:
    from ..client import UsageClient
    from ..hooks import PageEvent

CONNECTION = "Connection"
_option = partial(Option, section=CONNECTION)
_FORMS = click.Choice(["repeat", "brackets"])
LOOKBACK_DAYS = 365
"""How far the emulator looks back, as the API does."""


@attrs.frozen
class ServerAccess:
    """Whom to ask, and the key for it; None for what the environment says."""

    key: str | None = attrs.field(repr=False)
    base_url: str | None


@attrs.frozen(kw_only=True)
class ConnectionOptions:
    """Where and how to ask."""

    base_url: str | None = None
    emulator: bool = False
    timeout: float
    deadline: float | None = None
    max_retries: int
    concurrency: int = DEFAULT_CONCURRENCY
    array_format: Literal["repeat", "brackets"] = "repeat"

    @classmethod
    def options(cls, *, without: Collection[str] = ()) -> list[Option]:
        """The options for it but those called as in `without`; defaults are those of the client."""
        seconds, retries = click.FloatRange(min=0, min_open=True), RetryPolicy().max_retries
        every = [
            _option(["--emulator"], help=_EMULATOR, is_flag=True),
            _option(["--base-url"], help=_BASE_URL, metavar="URL"),
            _number("--timeout", _TIMEOUT, default=DEFAULT_TIMEOUT, type=seconds, metavar="SECONDS"),
            _option(["--deadline"], help=_DEADLINE, type=seconds, metavar="SECONDS"),
            _number("--max-retries", _RETRIES, default=retries, type=click.IntRange(min=0)),
            _number("--concurrency", _CONCURRENCY, default=DEFAULT_CONCURRENCY, type=click.IntRange(min=1)),
            _option(["--array-format"], help=_ARRAY_FORMAT, type=_FORMS, default="repeat", metavar="FORM"),
        ]
        return [option for option in every if option.opts[0] not in without]

    def check(self) -> None:
        """Refuse what no client could be made with.

        Raises:
            ConfigurationError: a number is too large to be one of seconds or of requests.
        """
        Options(
            timeout=self.timeout,
            deadline=self.deadline,
            retry=RetryPolicy(max_retries=self.max_retries),
            concurrency=self.concurrency,
            max_pages=DEFAULT_MAX_PAGES,
            max_page_bytes=DEFAULT_MAX_PAGE_BYTES,
            on_page=None,
            on_retry=None,
        )

    @contextmanager
    def server(self, context: CommandContext, organization: str | None = None) -> Generator[ServerAccess]:
        """What is asked, of an `organization` in the configuration; with `emulator`, one that runs meanwhile.

        Raises:
            ConfigurationError: there is no such organization, or its key is not set.
            MissingExtraError: the emulator is not installed.
        """
        if organization is not None:
            from ..credentials import AdminKey

            entry = context.configuration.organization(organization)
            key = AdminKey.from_environment(entry.key_env).reveal()
            yield ServerAccess(key, self.base_url or entry.base_url)
            return
        if not self.emulator:
            yield ServerAccess(None, self.base_url)
            return
        try:
            from ..emulator import Emulator
        except ImportError:
            raise MissingExtraError.of("emulator", purpose="--emulator") from None
        with Emulator(now=context.clock, lookback_days=LOOKBACK_DAYS) as emulator:
            yield ServerAccess(emulator.admin_key, emulator.base_url)

    @contextmanager
    def client(
        self,
        context: CommandContext,
        console: Console,
        *,
        on_page: Callable[[PageEvent], object] | None = None,
    ) -> Generator[UsageClient]:
        """A client, closed in the end.

        Raises:
            ConfigurationError: there is no key, or it is of another kind; or the URL is unsafe.
            MissingExtraError: the emulator is not installed.
        """
        with (
            self.server(context) as server,
            self.client_of(server, context, console, on_page=on_page) as client,
        ):
            yield client

    def client_of(
        self,
        server: ServerAccess,
        context: CommandContext,
        console: Console,
        *,
        on_page: Callable[[PageEvent], object] | None = None,
    ) -> UsageClient:
        """As `client`, for a `server` that there is already."""
        from ..client import UsageClient

        return UsageClient(
            admin_key=server.key,
            base_url=server.base_url,
            timeout=self.timeout,
            deadline=self.deadline,
            retry=RetryPolicy(max_retries=self.max_retries),
            concurrency=self.concurrency,
            array_format=self.array_format,
            on_page=on_page or console.tell_page,
            on_retry=console.tell_retry,
            transport=context.transport,
            clock=context.clock,
        )


def _number(
    name: str,
    text: str,
    *,
    default: float,
    type: click.types.FloatParamType | click.types.IntParamType,
    metavar: str = "NUMBER",
) -> Option:
    """An option whose help says its default."""
    return _option(
        [name], help=f"{text}  [default: {default:g}]", type=type, default=default, metavar=metavar
    )


_EMULATOR = "Ask an emulator of the API on this machine, with a made-up organization; no key is needed."
_BASE_URL = "Where the API is; OPENAI_BASE_URL otherwise, and OpenAI's without it."
_TIMEOUT = "How long one attempt at a request may take."
_DEADLINE = "How long all may take together, retries and waits included.  [default: no limit]"
_RETRIES = "How often a failed request is tried again."
_CONCURRENCY = "How many requests may be under way at once; 1 follows the cursors, page by page."
_ARRAY_FORMAT = (
    "repeat sends lists as group_by=a&group_by=b, brackets as group_by[]=a&group_by[]=b.  [default: repeat]"
)
