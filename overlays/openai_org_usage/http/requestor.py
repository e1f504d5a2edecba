"""Sending one request until it is answered: attempts, waits, budget and deadline around the transport."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Generic, TypeVar

import attrs

from .._generated import AnyRequest, OpenAIUsageError, ResponseDecodeError
from ..errors import APIConnectionError, APIStatusError, APITimeoutError, RateLimitError
from ..hooks import RetryEvent
from .concurrency_limit import Slots
from .deadline import Deadline, Timing
from .page_source import Answer, PageSource
from .request_options import RequestOptions
from .retry import RetryBudget

PageT = TypeVar("PageT")
PageT_co = TypeVar("PageT_co", covariant=True)


@attrs.frozen(kw_only=True)
class Reply(Generic[PageT_co]):
    """A page, and how it came."""

    request: AnyRequest
    """What was sent."""
    body: bytes = attrs.field(repr=False)
    page: PageT_co = attrs.field(repr=False)
    """What `body` was decoded to."""
    attempts: int
    request_id: str | None
    organization: str | None
    """Whose key it is, as the answer says."""


@attrs.frozen(kw_only=True)
class Requestor:
    """What the requests of a client go through."""

    source: PageSource
    slots: Slots
    budget: RetryBudget
    timing: Timing
    options: RequestOptions
    _one_deadline: Deadline | None = None

    def with_one_deadline(self) -> Requestor:
        """This one for several queries, all of which have the deadline that begins now."""
        return attrs.evolve(self, one_deadline=self.deadline())

    def deadline(self) -> Deadline | None:
        """The deadline of a query that begins now; None for no end."""
        if self._one_deadline is not None:
            return self._one_deadline
        seconds = self.options.deadline
        return None if seconds is None else Deadline(seconds, monotonic=self.timing.monotonic)

    async def send(
        self,
        request: AnyRequest,
        deadline: Deadline | None,
        decode: Callable[[AnyRequest, bytes], PageT],
    ) -> Reply[PageT]:
        """The answer to `request`, after as many attempts as policy, budget and `deadline` allow.

        Raises:
            OpenAIUsageError: why the last attempt failed.
        """
        attempt = 1
        while True:
            answer = await self._attempt(request, deadline)
            if attempt == 1:
                self.budget.add_call()
            outcome = _decoded(answer, request, attempt, decode) if isinstance(answer, Answer) else answer
            if isinstance(outcome, Reply):
                if attempt > 1:
                    self.budget.give_back(attempt - 1)
                return outcome
            failure = _broken_off(request) if isinstance(outcome, ResponseDecodeError) else outcome
            delay = self._delay(failure, attempt, deadline)
            if delay is None:
                raise _concluded(outcome, attempt, deadline)
            if self.options.on_retry is not None:
                self.options.on_retry(_event(request, failure, attempt, delay))
            await self.timing.sleep(delay)
            attempt += 1

    async def _attempt(self, request: AnyRequest, deadline: Deadline | None) -> Answer | OpenAIUsageError:
        try:
            self.source.open()  # Before any time is taken: the first one loads certificates.
            async with asyncio.timeout(None if deadline is None else deadline.remaining):
                permit = await self.slots.acquire()
        except TimeoutError:
            return APITimeoutError(f"{request.operation.name}: no time was left to send the request")
        except OpenAIUsageError as error:
            return error
        try:
            seconds = self.options.timeout
            answer = await self.source.ask(
                request,
                seconds=seconds if deadline is None else deadline.capped(seconds),
                max_bytes=self.options.max_page_bytes,
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

    def _delay(self, failure: OpenAIUsageError, attempt: int, deadline: Deadline | None) -> float | None:
        delay = self.options.retry.delay(
            failure,
            attempt=attempt,
            remaining=math.inf if deadline is None else deadline.remaining,
            share=self.timing.share(),
        )
        return delay if delay is not None and self.budget.spend() else None


def _decoded(
    answer: Answer, request: AnyRequest, attempts: int, decode: Callable[[AnyRequest, bytes], PageT]
) -> Reply[PageT] | ResponseDecodeError:
    """The reply, or what is wrong with a body that breaks off; any other that is wrong raises that."""
    try:
        page = decode(request, answer.body)
    except OpenAIUsageError as error:
        failure = error.with_traceback(None)  # Its frames hold the body, in which the key may come back.
        if isinstance(failure, ResponseDecodeError) and _breaks_off(answer.body):
            return failure
        raise failure from failure.__cause__
    return Reply(
        request=request,
        body=answer.body,
        page=page,
        attempts=attempts,
        request_id=answer.request_id,
        organization=answer.organization,
    )


def _breaks_off(body: bytes) -> bool:
    """Whether a body that is no page is the beginning of an object: it was cut off on its way."""
    return body[:1] == b"{" and (
        not body[-80:].rstrip().endswith(b"}") or body.count(b"{") > body.count(b"}")
    )


def _broken_off(request: AnyRequest) -> APIConnectionError:
    return APIConnectionError(f"{request.operation.name}: the body breaks off")


def _concluded(error: OpenAIUsageError, attempts: int, deadline: Deadline | None) -> OpenAIUsageError:
    """`error` with all that is known."""
    if isinstance(error, (APIConnectionError, APIStatusError)):
        error.attempts = attempts
    notes = [f"{attempts} attempts"] if attempts > 1 else []
    if isinstance(error, APITimeoutError) and deadline is not None and not deadline.remaining:
        notes.append(f"the deadline of {deadline.seconds:g} s has passed")
    if notes and not isinstance(error, ResponseDecodeError):
        error.args = (f"{error} ({', '.join(notes)})",)
    return error


def _event(request: AnyRequest, failure: OpenAIUsageError, attempt: int, delay: float) -> RetryEvent:
    return RetryEvent(
        operation=request.operation.name,
        request=request,
        attempt=attempt,
        delay=delay,
        error=failure,
        request_id=failure.request_id if isinstance(failure, APIStatusError) else None,
    )
