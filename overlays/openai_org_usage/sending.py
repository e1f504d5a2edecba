"""Sending one request until it is answered: attempts, waits, budget and deadline around the transport."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

import attrs

from ._generated import AnyRequest, OpenAIUsageError
from .deadlines import Deadline, Timing
from .errors import APIConnectionError, APIStatusError, APITimeoutError, RateLimitError
from .events import RetryEvent
from .retrying import RetryBudget, RetryPolicy
from .throttling import Slots
from .transport import Answer, Connections


@attrs.frozen
class Reply:
    """A page as bytes, and how it came."""

    request: AnyRequest
    """What was sent."""
    body: bytes = attrs.field(repr=False)
    attempts: int
    request_id: str | None


@attrs.frozen(kw_only=True)
class Sender:
    """What all requests of a client go through."""

    connections: Connections
    slots: Slots
    budget: RetryBudget
    policy: RetryPolicy
    timing: Timing
    timeout: float
    """Seconds that one attempt may take."""
    max_page_bytes: int
    deadline: float | None
    """Seconds that one query may take, all pages and waits included; None for no end."""
    on_retry: Callable[[RetryEvent], object] | None

    def begin(self) -> Deadline:
        """The deadline of a query that begins now."""
        return Deadline(self.deadline, monotonic=self.timing.monotonic)

    async def send(self, request: AnyRequest, deadline: Deadline) -> Reply:
        """The answer to `request`, after as many attempts as policy, budget and `deadline` allow.

        Raises:
            OpenAIUsageError: why the last attempt failed.
        """
        self.budget.add_call()
        attempt = 1
        while True:
            outcome = await self._attempt(request, deadline)
            failure = _failure_of(outcome, request)
            if failure is None:
                self.budget.give_back(attempt - 1)
            delay = self._delay(failure, attempt, deadline) if failure else None
            if failure is None or delay is None:
                return _concluded(outcome, request, attempt, deadline)
            if self.on_retry is not None:
                self.on_retry(_event(request, failure, attempt, delay))
            await self.timing.sleep(delay)
            attempt += 1

    async def _attempt(self, request: AnyRequest, deadline: Deadline) -> Answer | OpenAIUsageError:
        try:
            async with asyncio.timeout(_finite(deadline.remaining)):
                permit = await self.slots.acquire()
        except TimeoutError:
            return APITimeoutError(f"{request.operation.name}: no time was left to send the request")
        try:
            self.connections.open()  # Before the time is taken: the first one loads certificates.
            answer = await self.connections.ask(
                request, seconds=deadline.capped(self.timeout), max_bytes=self.max_page_bytes
            )
        except OpenAIUsageError as error:
            if isinstance(error, RateLimitError):
                self.slots.adaptive.throttled(permit)
            return error
        else:
            self.slots.adaptive.succeeded()
            return answer
        finally:
            self.slots.release()

    def _delay(self, failure: OpenAIUsageError, attempt: int, deadline: Deadline) -> float | None:
        delay = self.policy.delay(
            failure, attempt=attempt, remaining=deadline.remaining, share=self.timing.share()
        )
        return delay if delay is not None and self.budget.spend() else None


def _failure_of(outcome: Answer | OpenAIUsageError, request: AnyRequest) -> OpenAIUsageError | None:
    if isinstance(outcome, OpenAIUsageError):
        return outcome
    if outcome.breaks_off:
        return APIConnectionError(f"{request.operation.name}: the body breaks off")
    return None


def _concluded(
    outcome: Answer | OpenAIUsageError, request: AnyRequest, attempts: int, deadline: Deadline
) -> Reply:
    """The reply, which may break off: decoding it says where. Or the error, with all that is known."""
    if isinstance(outcome, Answer):
        return Reply(request, outcome.body, attempts, outcome.request_id)
    if isinstance(outcome, (APIConnectionError, APIStatusError)):
        outcome.attempts = attempts
    notes = [f"{attempts} attempts"] if attempts > 1 else []
    if isinstance(outcome, APITimeoutError) and not deadline.remaining:
        notes.append(f"the deadline of {deadline.seconds:g} s has passed")
    if notes:
        outcome.args = (f"{outcome} ({', '.join(notes)})",)
    raise outcome


def _event(request: AnyRequest, failure: OpenAIUsageError, attempt: int, delay: float) -> RetryEvent:
    return RetryEvent(
        operation=request.operation.name,
        request=request,
        attempt=attempt,
        delay=delay,
        error=failure,
        request_id=failure.request_id if isinstance(failure, APIStatusError) else None,
    )


def _finite(seconds: float) -> float | None:
    return seconds if math.isfinite(seconds) else None
