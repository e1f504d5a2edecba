"""What a check has found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

import attrs

from ..._generated import OpenAIUsageError, redacted
from ..console import in_words_of_the_command


class State(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    SKIPPED = "skipped"
    """Not checked, because of another problem."""


@attrs.frozen
class Finding:
    """What one check has found. The key is in no finding."""

    check: str
    state: State
    said: str = attrs.field(converter=redacted)
    advice: str | None = attrs.field(default=None, converter=attrs.converters.optional(redacted))
    """What to do; None if nothing is wrong."""


def guarded(check: str, made: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """The findings that are `made`; what stops them, whatever it is, is a finding, too."""
    try:
        yield from made()
    except Exception as error:
        yield of_error(check, error)


def of_error(check: str, error: Exception, *, advice: str | None = None) -> Finding:
    """A problem: what `error` says, and what to do about it."""
    from ...http.network_errors import FOREIGN, cause_of, reason_and_advice

    if isinstance(error, OpenAIUsageError):
        text = in_words_of_the_command(str(error))
        said, own = (text, advice) if advice else reason_and_advice(text)
        return Finding(check, State.PROBLEM, said, own)
    if isinstance(error, FOREIGN):
        cause = cause_of(error)
        return Finding(check, State.PROBLEM, cause.reason, cause.advice)
    fault = "report it, with what `python -X dev` says"
    return Finding(check, State.PROBLEM, f"the check itself failed ({type(error).__name__})", fault)
