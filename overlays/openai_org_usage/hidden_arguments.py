"""Calls whose arguments are seen in no traceback, should a key have been among them by mistake."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from .errors import ArchiveError, ConfigurationError, InvalidParameterError

P = ParamSpec("P")
ResultT = TypeVar("ResultT")

REFUSALS = (ArchiveError, ConfigurationError, InvalidParameterError, TypeError)
"""Of arguments. Whatever goes wrong later keeps its frames."""


def hides_arguments(function: Callable[P, ResultT]) -> Callable[P, ResultT]:
    """`function`, whose refusals come without the frames in which a debugger would show its arguments."""

    @functools.wraps(function)
    def hidden(*args: P.args, **kwargs: P.kwargs) -> ResultT:
        try:
            return function(*args, **kwargs)
        except REFUSALS as error:
            raise error.with_traceback(None) from error.__cause__
        finally:
            del args, kwargs

    return hidden


def hides_awaited_arguments(function: Callable[P, Awaitable[ResultT]]) -> Callable[P, Awaitable[ResultT]]:
    """As `hides_arguments`, of what is awaited."""

    @functools.wraps(function)
    async def hidden(*args: P.args, **kwargs: P.kwargs) -> ResultT:
        try:
            return await function(*args, **kwargs)
        except REFUSALS as error:
            raise error.with_traceback(None) from error.__cause__
        finally:
            del args, kwargs

    return hidden
