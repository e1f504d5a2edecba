"""What a check has found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

import attrs

from ..._generated import OpenAIUsageError, redacted
from ..console import in_command_words

NOT_CHECKED = "not checked, because of what is said above"


class Severity(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    SKIPPED = "skipped"
    """Not checked, because of another problem."""


@attrs.frozen
class CheckResult:
    """What one check has found. The key is in none."""

    check: str
    state: Severity
    said: str = attrs.field(converter=redacted)
    advice: str | None = attrs.field(default=None, converter=attrs.converters.optional(redacted))
    """What to do; None if nothing is wrong."""


def run_check(name: str, check: Callable[[], Iterable[CheckResult]]) -> Iterator[CheckResult]:
    """The results of `check`; what stops it, whatever it is, is one, too."""
    try:
        yield from check()
    except Exception as error:
        yield result_of_error(name, error)


def result_of_error(check: str, error: Exception, *, advice: str | None = None) -> CheckResult:
    """A problem: what `error` says, and what to do about it."""
    from ...http.network_errors import NETWORK_ERRORS, cause_of, reason_and_advice

    if isinstance(error, OpenAIUsageError):
        text = in_command_words(str(error))
        said, own = (text, advice) if advice else reason_and_advice(text)
        return CheckResult(check, Severity.PROBLEM, said, own)
    if isinstance(error, NETWORK_ERRORS):
        cause = cause_of(error)
        return CheckResult(check, Severity.PROBLEM, cause.reason, cause.advice)
    fault = "report it, with what `python -X dev` says"
    return CheckResult(check, Severity.PROBLEM, f"the check itself failed ({type(error).__name__})", fault)
