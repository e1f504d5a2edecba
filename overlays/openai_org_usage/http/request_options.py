"""What can be set for the sending of requests, checked when it is set."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from ..errors import ConfigurationError
from .retry import RetryPolicy, shown

if TYPE_CHECKING:
    from ..hooks import RetryEvent

Attribute: TypeAlias = "attrs.Attribute[Any]"


def seconds(_: object, attribute: Attribute, value: float | None) -> None:
    """A check for times; None is one for the deadline alone."""
    if value is None and attribute.name == "deadline":
        return
    if not isinstance(value, (int, float)) or not 0 < value <= sys.float_info.max:
        raise ConfigurationError(f"{attribute.name} is a number of seconds above 0, not {shown(value)}")


def count(_: object, attribute: Attribute, value: object) -> None:
    """A check for whole numbers from 1."""
    if not isinstance(value, int) or not 1 <= value <= sys.maxsize:
        raise ConfigurationError(f"{attribute.name} is a whole number, at least 1, not {shown(value)}")


def _policy(_: object, attribute: Attribute, value: object) -> None:
    if not isinstance(value, RetryPolicy):
        raise ConfigurationError(f"{attribute.name} is a RetryPolicy, such as RetryPolicy(max_retries=2)")


def able_to(*abilities: str) -> Callable[[object, Attribute, object], None]:
    """A check for what is given to be called: its kind is told, and never what it is."""

    def check(_: object, attribute: Attribute, value: object) -> None:
        if value is not None and not any(callable(getattr(value, name, None)) for name in abilities):
            raise ConfigurationError(
                f"{attribute.name} cannot be of type {type(value).__name__}, which has no {abilities[0]}"
            )

    return check


is_callable = able_to("__call__")


@attrs.frozen(kw_only=True)
class RequestOptions:
    """Each is described at UsageClient."""

    timeout: float = attrs.field(validator=seconds)
    deadline: float | None = attrs.field(validator=seconds)
    retry: RetryPolicy = attrs.field(validator=_policy)
    concurrency: int = attrs.field(validator=count)
    max_page_bytes: int = attrs.field(validator=count)
    on_retry: Callable[[RetryEvent], object] | None = attrs.field(validator=is_callable)
