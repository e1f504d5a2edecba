"""Asking our two clients, and keeping what came of it: buckets or an error, and the wire."""

from __future__ import annotations

import asyncio
import contextlib
import warnings
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Literal, Protocol

import attrs

from codegen.tree import Object, objects_in
from openai_org_usage import (
    AsyncUsageClient,
    AsyncUsageQuery,
    OpenAIUsageError,
    RetryPolicy,
    UnknownFieldWarning,
    UnknownResultWarning,
    UsageClient,
    UsageQuery,
)

from .fidelity import ReadBucket
from .questions import NOW, Question
from .wire import Exchange, Forwarding, Rewrite

ArrayFormat = Literal["repeat", "brackets"]
FORMATS: tuple[ArrayFormat, ...] = ("repeat", "brackets")


@attrs.frozen
class ServerAddress:
    """Where the clients' requests go."""

    base_url: str
    admin_key: str = "sk-admin-of-the-referees-0123456789"


@attrs.frozen
class Errand:
    """A question with what the transport adds to it."""

    question: Question
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    rewrite: Rewrite | None = None


@attrs.frozen
class ErrandOutcome:
    """What came of an errand."""

    errand: Errand
    client: str
    buckets: Sequence[ReadBucket]
    error: Exception | None
    """What the client raised; the buckets are those handed out before."""
    exchanges: Sequence[Exchange]

    @property
    def sent(self) -> list[Object]:
        """The buckets of all answers with status 200, in the order of time."""
        pages = [exchange.json for exchange in self.exchanges if exchange.status == 200]
        return sorted((b for page in pages for b in objects_in(page, "data")), key=_start)

    @property
    def detail(self) -> str:
        """How to see it again."""
        said = [f"{type(self.error).__name__}: {self.error}"] if self.error else []
        wire = [exchange.reproduction for exchange in self.exchanges[-2:]]
        return "\n".join([f"{self.client}: {self.errand.question}", *said, *wire])


class Ask(Protocol):
    """Asks all errands of one of the clients."""

    def __call__(
        self, server: ServerAddress, errands: Sequence[Errand], *, array_format: ArrayFormat
    ) -> list[ErrandOutcome]:
        """What the client makes of them."""
        ...


def send(
    server: ServerAddress, errands: Sequence[Errand], *, array_format: ArrayFormat
) -> list[ErrandOutcome]:
    """What the synchronous client makes of all `errands`."""
    transport, outcomes = Forwarding(), list[ErrandOutcome]()
    with (
        _warnings_ignored(),
        UsageClient(
            admin_key=server.admin_key,
            base_url=server.base_url,
            array_format=array_format,
            retry=RetryPolicy(max_retries=0),
            transport=transport,
            clock=lambda: NOW,
        ) as client,
    ):
        for errand in errands:
            transport.headers, transport.rewrite = errand.headers, errand.rewrite
            buckets, error = _read(client, errand.question)
            name = f"UsageClient({array_format})"
            outcomes.append(ErrandOutcome(errand, name, buckets, error, transport.take()))
    return outcomes


def send_async(
    server: ServerAddress, errands: Sequence[Errand], *, array_format: ArrayFormat
) -> list[ErrandOutcome]:
    """What the asynchronous client makes of all `errands`."""
    with _warnings_ignored():
        return asyncio.run(_send_async(server, errands, array_format))


async def _send_async(
    server: ServerAddress, errands: Sequence[Errand], array_format: ArrayFormat
) -> list[ErrandOutcome]:
    transport, outcomes = Forwarding(), list[ErrandOutcome]()
    async with AsyncUsageClient(
        admin_key=server.admin_key,
        base_url=server.base_url,
        array_format=array_format,
        retry=RetryPolicy(max_retries=0),
        transport=transport,
        clock=lambda: NOW,
    ) as client:
        for errand in errands:
            transport.headers, transport.rewrite = errand.headers, errand.rewrite
            buckets, error = await _read_async(client, errand.question)
            name = f"AsyncUsageClient({array_format})"
            outcomes.append(ErrandOutcome(errand, name, buckets, error, transport.take()))
    return outcomes


def _read(client: UsageClient, question: Question) -> tuple[list[ReadBucket], Exception | None]:
    method: Callable[..., UsageQuery[object, ReadBucket, object]] = getattr(client, question.operation)
    buckets: list[ReadBucket] = []
    try:
        buckets.extend(method(**question.arguments))
    except Exception as error:
        return buckets, error
    return buckets, None


async def _read_async(
    client: AsyncUsageClient, question: Question
) -> tuple[list[ReadBucket], Exception | None]:
    method: Callable[..., AsyncUsageQuery[object, ReadBucket, object]] = getattr(client, question.operation)
    buckets: list[ReadBucket] = []
    try:
        async for bucket in method(**question.arguments):
            buckets.append(bucket)
    except Exception as error:
        return buckets, error
    return buckets, None


def is_ours(error: Exception) -> bool:
    """Whether an error is of our tree and not a foreign one that leaked."""
    return isinstance(error, OpenAIUsageError)


@contextlib.contextmanager
def _warnings_ignored() -> Generator[None]:
    """Mock servers fill in fields that no document has; that these are kept is checked."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownFieldWarning)
        warnings.simplefilter("ignore", UnknownResultWarning)
        yield


def _start(bucket: Object) -> int:
    start = bucket.get("start_time")
    return start if isinstance(start, int) else 0
