"""Reading a model organization through the client, in every way there is, and telling what came out."""

from __future__ import annotations

import asyncio
import pickle
from typing import Any, NamedTuple

import attrs

from openai_org_usage import AsyncUsageClient, RetryPolicy, UsageClient
from openai_org_usage.errors import OpenAIUsageError
from openai_org_usage.http.deadline import Timing
from openai_org_usage.pagination.rules import ResumePoint

from ..conftest import NOW
from ..scripted import KEY
from .model import Bucket, Server


async def no_wait(seconds: float) -> None:
    """A sleep that takes no time."""


class Outcome(NamedTuple):
    """What was handed out, and what ended it."""

    buckets: list[Bucket]
    error: OpenAIUsageError | None


def read_as(bucket: Any) -> Bucket:
    """A bucket of the client as the model has it."""
    usage = tuple((result.model, result.input_tokens) for result in bucket.results)
    return Bucket(bucket.start_time, bucket.end_time, usage)


@attrs.frozen(kw_only=True)
class Reader:
    """One way of reading: which client, how many windows at once."""

    concurrency: int
    asynchronous: bool

    def read(self, server: Server, **parameters: Any) -> Outcome:
        """Read the completions of a range."""
        return self._collect(server, None, parameters)

    def resume(self, server: Server, error: OpenAIUsageError) -> Outcome:
        """Read what an error left, from its pickled resume point."""
        return self._collect(server, pickle.loads(pickle.dumps(error.resume)), {})

    def _options(self, server: Server) -> dict[str, Any]:
        return {
            "admin_key": KEY,
            "base_url": "https://api.test/v1",
            "transport": server.transport(),
            "concurrency": self.concurrency,
            "clock": lambda: NOW,
            "timing": Timing(sleep=no_wait),
            "retry": RetryPolicy(max_retries=3),
        }

    def _collect(self, server: Server, point: ResumePoint[Any, Any, Any] | None, given: Any) -> Outcome:
        if self.asynchronous:
            return asyncio.run(self._collect_async(server, point, given))
        with UsageClient(**self._options(server)) as client:
            found: list[Bucket] = []
            try:
                for bucket in client.completions(**given) if point is None else client.resume(point):
                    found.append(read_as(bucket))
            except OpenAIUsageError as error:
                return Outcome(found, error)
            return Outcome(found, None)

    async def _collect_async(
        self, server: Server, point: ResumePoint[Any, Any, Any] | None, given: Any
    ) -> Outcome:
        async with AsyncUsageClient(**self._options(server)) as client:
            found: list[Bucket] = []
            try:
                async for bucket in client.completions(**given) if point is None else client.resume(point):
                    found.append(read_as(bucket))
            except OpenAIUsageError as error:
                return Outcome(found, error)
            return Outcome(found, None)
