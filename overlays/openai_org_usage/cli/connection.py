"""Options that decide where requests go and how long is waited, and the client made of them."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, Unpack

import attrs
import click

from ..errors import MissingExtraError
from .click_base import Option, OptionSettings
from .console import Messages
from .context import Surroundings

if TYPE_CHECKING:
    from ..client import UsageClient
    from ..hooks import PageEvent

CONNECTION = "Connection"
LOOKBACK_DAYS = 365
"""How far the emulator looks back, as the API does."""


@attrs.frozen
class Target:
    """Whom to ask; None for what the environment says."""

    key: str | None = attrs.field(repr=False)
    base_url: str | None


@attrs.frozen(kw_only=True)
class Connection:
    """Where and how to ask."""

    base_url: str | None = None
    emulator: bool = False
    timeout: float
    deadline: float | None = None
    max_retries: int
    concurrency: int
    array_format: Literal["repeat", "brackets"] = "repeat"

    @classmethod
    def options(cls) -> list[Option]:
        """The options for it; defaults are those of the client."""
        from ..http.retry import RetryPolicy
        from ..options import DEFAULT_CONCURRENCY, DEFAULT_TIMEOUT

        retries = RetryPolicy().max_retries
        seconds = click.FloatRange(min=0, min_open=True)
        return [
            _option("--emulator", None, _EMULATOR, is_flag=True),
            _option("--base-url", None, _BASE_URL, metavar="URL"),
            _option(
                "--timeout",
                f"{DEFAULT_TIMEOUT:g}",
                _TIMEOUT,
                type=seconds,
                default=DEFAULT_TIMEOUT,
                metavar="SECONDS",
            ),
            _option("--deadline", "no end", _DEADLINE, type=seconds, metavar="SECONDS"),
            _option(
                "--max-retries",
                str(retries),
                _RETRIES,
                type=click.IntRange(min=0),
                default=retries,
                metavar="NUMBER",
            ),
            _option(
                "--concurrency",
                str(DEFAULT_CONCURRENCY),
                _CONCURRENCY,
                type=click.IntRange(min=1),
                default=DEFAULT_CONCURRENCY,
                metavar="NUMBER",
            ),
            _option(
                "--array-format",
                "repeat",
                _ARRAY_FORMAT,
                type=click.Choice(["repeat", "brackets"]),
                default="repeat",
                metavar="FORM",
            ),
        ]

    def checked(self) -> None:
        """Refuse what no client could be made with.

        Raises:
            ConfigurationError: a number is too large to be one of seconds or of requests.
        """
        from ..http.retry import RetryPolicy
        from ..options import DEFAULT_MAX_PAGE_BYTES, DEFAULT_MAX_PAGES, Options

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
    def target(self, surroundings: Surroundings) -> Generator[Target]:
        """What is asked; with `emulator`, one that runs meanwhile.

        Raises:
            MissingExtraError: the emulator is not installed.
        """
        if not self.emulator:
            yield Target(None, self.base_url)
            return
        try:
            from ..emulator import Emulator
        except ImportError:
            raise MissingExtraError.of("emulator", purpose="--emulator") from None
        with Emulator(now=surroundings.clock, lookback_days=LOOKBACK_DAYS) as emulator:
            yield Target(emulator.admin_key, emulator.base_url)

    @contextmanager
    def client(
        self,
        surroundings: Surroundings,
        messages: Messages,
        *,
        on_page: Callable[[PageEvent], object] | None = None,
    ) -> Generator[UsageClient]:
        """A client, closed in the end.

        Raises:
            ConfigurationError: there is no key, or it is of another kind; or the URL is unsafe.
            MissingExtraError: the emulator is not installed.
        """
        with (
            self.target(surroundings) as target,
            self.client_of(target, surroundings, messages, on_page=on_page) as client,
        ):
            yield client

    def client_of(
        self,
        target: Target,
        surroundings: Surroundings,
        messages: Messages,
        *,
        on_page: Callable[[PageEvent], object] | None = None,
    ) -> UsageClient:
        """As `client`, for a `target` that there is already."""
        from ..client import UsageClient
        from ..http.retry import RetryPolicy

        return UsageClient(
            admin_key=target.key,
            base_url=target.base_url,
            timeout=self.timeout,
            deadline=self.deadline,
            retry=RetryPolicy(max_retries=self.max_retries),
            concurrency=self.concurrency,
            array_format=self.array_format,
            on_page=on_page or messages.tell_page,
            on_retry=messages.tell_retry,
            transport=surroundings.transport,
            clock=surroundings.clock,
        )


def _option(name: str, shown: str | None, help_text: str, **settings: Unpack[OptionSettings]) -> Option:
    text = help_text if shown is None else f"{help_text}  [default: {shown}]"
    return Option([name], section=CONNECTION, help=text, **settings)


_EMULATOR = "Ask an emulator of the API on this machine, with a made-up organization; no key is needed."
_BASE_URL = "Where the API is; OPENAI_BASE_URL otherwise, and OpenAI's without it."
_TIMEOUT = "How long one attempt at a request may take."
_DEADLINE = "How long all may take together, retries and waits included."
_RETRIES = "How often a failed request is tried again."
_CONCURRENCY = "How many requests may be under way at once; 1 follows the cursors, page by page."
_ARRAY_FORMAT = "repeat sends lists as group_by=a&group_by=b, brackets as group_by[]=a&group_by[]=b."
