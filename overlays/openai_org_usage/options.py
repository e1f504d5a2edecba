"""What can be set on a client, checked when it is made; most of it also for a single call."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict

import attrs

from .errors import ConfigurationError
from .http.retry import RetryPolicy, shown

if TYPE_CHECKING:
    from .hooks import PageEvent, RetryEvent

ArrayFormat = Literal["repeat", "brackets"]
"""How lists go on the wire: `group_by=a&group_by=b`, as documented, or `group_by[]=a&group_by[]=b`."""

DEFAULT_TIMEOUT = 60.0
DEFAULT_CONCURRENCY = 8
DEFAULT_MAX_PAGES = 10_000
DEFAULT_MAX_PAGE_BYTES = 64 * 2**20


class Changes(TypedDict, total=False):
    """The options that `with_options` takes; each is described at UsageClient."""

    timeout: float
    deadline: float | None
    retry: RetryPolicy
    concurrency: int
    max_pages: int
    max_page_bytes: int
    on_page: Callable[[PageEvent], object] | None
    on_retry: Callable[[RetryEvent], object] | None


Attribute: TypeAlias = "attrs.Attribute[Any]"


def _seconds(_: object, attribute: Attribute, value: float | None) -> None:
    if value is None and attribute.name == "deadline":
        return
    if not isinstance(value, (int, float)) or not 0 < value <= sys.float_info.max:
        raise ConfigurationError(f"{attribute.name} is a number of seconds above 0, not {shown(value)}")


def _count(_: object, attribute: Attribute, value: object) -> None:
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
class Options:
    """The options of a client, checked."""

    timeout: float = attrs.field(validator=_seconds)
    deadline: float | None = attrs.field(validator=_seconds)
    retry: RetryPolicy = attrs.field(validator=_policy)
    concurrency: int = attrs.field(validator=_count)
    max_pages: int = attrs.field(validator=_count)
    max_page_bytes: int = attrs.field(validator=_count)
    on_page: Callable[[PageEvent], object] | None = attrs.field(validator=is_callable)
    on_retry: Callable[[RetryEvent], object] | None = attrs.field(validator=is_callable)
