"""Calls whose arguments are seen by no traceback, should a key have been among them by mistake."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from ._generated import OpenAIUsageError

P = ParamSpec("P")
ResultT = TypeVar("ResultT")


def hides_arguments(function: Callable[P, ResultT]) -> Callable[P, ResultT]:
    """`function`, whose refusals come without the frames in which a debugger would show its arguments."""

    @functools.wraps(function)
    def hidden(*args: P.args, **kwargs: P.kwargs) -> ResultT:
        try:
            return function(*args, **kwargs)
        except (OpenAIUsageError, TypeError) as error:
            refusal = error.with_traceback(None)
        finally:
            del args, kwargs
        try:
            raise refusal
        finally:
            del refusal  # It holds this frame.

    return hidden
