"""What the generated code raises and warns of. `openai_org_usage.errors` draws the whole tree."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeGuard

from .redaction import redacted


class OpenAIUsageError(Exception):
    """Base of everything that this library raises on purpose.

    No text that it is given shows a key, and its message no control character, whoever wrote them.

    Attributes:
        partial: what had been read and not handed out when a walk over pages was interrupted.
        resume: where to go on from, for the client's `resume`; None outside such a walk.
    """

    partial: Sequence[Any] = ()
    resume: Any = None

    def __init__(self, *args: object, **named: Any) -> None:
        super().__init__(*map(_fit_to_print, args), **named)

    if not TYPE_CHECKING:  # With it, every attribute would count as known.

        def __setattr__(self, name: str, value: object) -> None:
            super().__setattr__(name, _keyless(value))

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle it so that `__init__` is not called again, which may require keywords."""
        return _unpickled, (type(self), self.args), *super().__reduce__()[2:]

    def add_note(self, note: str) -> None:
        """Add `note`, without a key."""
        super().add_note(redacted(note))


class InvalidParameterError(OpenAIUsageError, ValueError):
    """An argument does not fit the documented parameter. Nothing was sent; correct the call.

    Attributes:
        parameter: name of the parameter.
    """

    def __init__(self, message: str, *, parameter: str) -> None:
        super().__init__(message)
        self.parameter = parameter

    @classmethod
    def unknown_value(
        cls, parameter: str, value: object, allowed: Sequence[str], *, operation: str
    ) -> InvalidParameterError:
        """For a value that is none of the allowed ones, with the nearest of them."""
        near = difflib.get_close_matches(str(value), allowed, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        return cls(
            f"{operation}: {parameter} cannot be {value!r}{hint} It takes {', '.join(allowed)}.",
            parameter=parameter,
        )


class ResponseDecodeError(OpenAIUsageError, ValueError):
    """A body with status 200 is not what the document promises; nothing of it was used.

    Attributes:
        operation: name of the operation, such as `completions`.
        json_path: where the body is wrong, such as `$.data[0].start_time`; `$` for all of it.
    """

    def __init__(self, message: str, *, operation: str, json_path: str) -> None:
        super().__init__(message)
        self.operation = operation
        self.json_path = json_path


class UnexpectedStatusError(OpenAIUsageError):
    """The endpoint functions' error for a status other than 200, where the client asks for one.

    Attributes:
        status_code: the HTTP status.
        content: the body.
    """

    def __init__(self, status_code: int, content: bytes) -> None:
        super().__init__(f"the API answered with status {status_code}")
        self.status_code = status_code
        self.content = content


class _UnknownWarning(OpenAIUsageError, UserWarning):  # noqa: N818
    """The API sent what the pinned document lacks.

    It stops nothing. Where warnings are made errors (`python -W error`), it is raised once, as an error
    of this library with `resume`.

    Attributes:
        operation: name of the operation, such as `completions`.
        names: what is unknown, in alphabetical order.
    """

    def __init__(self, message: str, *, operation: str = "", names: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.operation = operation
        self.names = tuple(names)


class UnknownFieldWarning(_UnknownWarning):
    """The API sent fields that the pinned document lacks; they are in `additional_properties`.

    Attributes:
        operation: name of the operation, such as `completions`.
        names: of the fields, in alphabetical order.
    """


class UnknownResultWarning(_UnknownWarning):
    """The API sent results of a type that the pinned document lacks; see `unknown_results`.

    Attributes:
        operation: name of the operation, such as `completions`.
        names: of the types, in alphabetical order.
    """


def _fit_to_print(value: object) -> object:
    """`value`, without keys; in a text, what cannot be seen or steers a terminal is spelled as in Python."""
    if not isinstance(value, str):
        return _keyless(value)
    text = redacted(value)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def _keyless(value: object) -> object:
    """`value`; texts, and the texts in a list or tuple, without keys."""
    if isinstance(value, str):
        return redacted(value)
    if _is_series(value):
        return type(value)(map(_keyless, value))
    return value


def _is_series(value: object) -> TypeGuard[list[object] | tuple[object, ...]]:
    return type(value) in (list, tuple)


def _unpickled(kind: type[Exception], args: tuple[object, ...]) -> Exception:
    error = kind.__new__(kind)
    error.args = args
    return error


__all__ = [
    "InvalidParameterError",
    "OpenAIUsageError",
    "ResponseDecodeError",
    "UnexpectedStatusError",
    "UnknownFieldWarning",
    "UnknownResultWarning",
]
