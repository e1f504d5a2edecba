"""What a fault is: a value that makes another answer out of a request, or leaves it alone."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable

import attrs

from ..._generated import ListOperation, Operation, redacted
from ..answer import ApiAnswer, Headers, answer_error, answer_json
from ..errors import ApiError
from ..paginator import PageJson, PageRequest
from ..request_context import RequestContext, UsageContext


class FaultPlanError(ValueError):
    """A fault or a plan of faults makes no sense; the message says what to write instead, without keys."""

    def __init__(self, message: str) -> None:
        super().__init__(redacted(message))


def require(good: bool, advice: str) -> None:
    """Raise FaultPlanError with `advice` unless `good`."""
    if not good:
        raise FaultPlanError(advice)


def require_type(name: str, value: object, kind: type[object]) -> None:
    """Raise FaultPlanError unless the argument `name` is a `kind`."""
    require(isinstance(value, kind), f"{name} is of type {kind.__name__}, not {value!r}")


def require_whole(name: str, value: object, *, least: int, most: int | None = None) -> None:
    """Raise FaultPlanError unless the argument `name` is a whole number in this range."""
    span = f"of {least} or more" if most is None else f"from {least} to {most}"
    whole = value if isinstance(value, int) and not isinstance(value, bool) else least - 1
    good = least <= whole and (most is None or whole <= most)
    require(good, f"{name} is a whole number {span}, not {value!r}")


def require_seconds(name: str, value: object) -> None:
    """Raise FaultPlanError unless the argument `name` is a time that ends."""
    if not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise FaultPlanError(f"{name} is a number of seconds from 0, not {value!r}")


def require_one_of(name: str, value: object, choices: Iterable[str]) -> None:
    """Raise FaultPlanError unless `value` is one of the choices for the argument `name`."""
    listed = list(choices)
    require(value in listed, f"{name} is one of {', '.join(map(repr, listed))}, not {value!r}")


@attrs.frozen(repr=False)
class Fault(ABC):
    """Something that goes wrong with one answer. Faults are values: immutable, hashable, comparable."""

    @abstractmethod
    def spoil(self, context: RequestContext) -> ApiAnswer | None:
        """What is answered instead; None where the true answer has nothing to spoil."""

    def suits(self, operation: Operation | ListOperation) -> bool:
        """Whether an answer of `operation` can ever have this fault."""
        del operation
        return True

    def __repr__(self) -> str:
        """Show the call that makes an equal fault, without what is left at its default."""
        shown: list[str] = []
        for field in attrs.fields(type(self)):
            value: object = getattr(self, field.name)
            if value != field.default:
                shown.append(f"{field.name}={value!r}" if field.kw_only else repr(value))
        return f"{type(self).__name__}({', '.join(shown)})"


@attrs.frozen(repr=False)
class RefusalFault(Fault):
    """A fault that refuses the request."""

    @abstractmethod
    def refusal(self, context: RequestContext) -> ApiError | None:
        """What the request is refused with; None to answer it."""

    def headers(self, context: RequestContext) -> Headers:
        """The headers that come with the refusal."""
        return ()

    def spoil(self, context: RequestContext) -> ApiAnswer | None:
        """The refusal as an answer."""
        error = self.refusal(context)
        return None if error is None else answer_error(error, headers=self.headers(context))


@attrs.frozen(repr=False)
class PageFault(Fault):
    """A fault inside of a page of usage or costs; refusals and lists are left alone."""

    @abstractmethod
    def alter(self, page: PageJson, request: PageRequest) -> object:
        """The content of the answer, to be written as JSON; None to leave the page alone."""

    def spoil(self, context: RequestContext) -> ApiAnswer | None:
        """The altered page."""
        if not isinstance(context, UsageContext) or context.page is None or context.page_request is None:
            return None
        altered = self.alter(context.page, context.page_request)
        return None if altered is None else answer_json(altered)

    def suits(self, operation: Operation | ListOperation) -> bool:
        """Whether the operation has such pages."""
        return not isinstance(operation, ListOperation)
