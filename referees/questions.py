"""What is asked: for each operation every parameter, every documented value, and all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import attrs

from .documents import DocumentedOperation, DocumentedParameter

DAY = 86_400
MIDNIGHT = 1_795_132_800
"""2026-11-20 00:00 UTC: where most questions end."""
NOW = MIDNIGHT + 15 * 3600 + 30 * 60
"""The present of the emulator and of the clients."""
WIDTH_SECONDS = {"1m": 60, "1h": 3600, "1d": DAY}
SPANS = {"1m": 2 * 3600, "1h": 2 * DAY, "1d": 20 * DAY}
"""How long a question is, by the width of its buckets: several small pages, or one large one."""
PAGES_OF = 5
"""Buckets on a page where a question asks for small pages."""

Argument = int | str | bool | list[str]
Samples = Callable[[str], Sequence[str]]
"""Values for a parameter whose values are open, such as `models`."""

_ODD = ("plain-1", "a b+c&d=e/f?g#h%i,j[k]é€")


@attrs.frozen
class Question:
    """One call of a method."""

    operation: str
    label: str
    """What is special about it, the same in every run."""
    arguments: dict[str, Argument]

    def __str__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        return f"{self.operation}({given})"


def odd_samples(_: str) -> Sequence[str]:
    """Values that nothing knows, with characters that need care in a URL."""
    return _ODD


def as_text(value: int | str | bool) -> str:
    """A value as it goes on the wire."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def questions(operation: DocumentedOperation, *, samples: Samples = odd_samples) -> Iterator[Question]:
    """All that is asked of `operation`: each alternative of each parameter alone, then all at once."""
    yield Question(operation.name, "open end", {"start_time": MIDNIGHT - 5 * DAY})
    everything: dict[str, Argument] = {}
    for parameter in operation.parameters:
        for value in _alternatives(parameter, samples):
            yield _question(
                operation, f"{parameter.name}={_label(parameter, value)}", {parameter.name: value}
            )
            if parameter.name != "bucket_width":
                everything[parameter.name] = value
    yield _question(operation, "everything", everything)


def _question(operation: DocumentedOperation, label: str, arguments: dict[str, Argument]) -> Question:
    width = arguments.get("bucket_width", "1d")
    span: dict[str, Argument] = {"start_time": MIDNIGHT - SPANS[str(width)], "end_time": MIDNIGHT}
    return Question(operation.name, label, {**span, **arguments})


def _alternatives(parameter: DocumentedParameter, samples: Samples) -> list[Argument]:
    """The last one is the fullest: it is what stands in the question that asks for everything."""
    match parameter.kind:
        case "array" if parameter.values:
            return [*([value] for value in parameter.values), list(parameter.values)]
        case "array":
            return [list(samples(parameter.name))]
        case "boolean":
            return [True, False]
        case "integer" if parameter.name == "limit":
            return [PAGES_OF]
        case "string" if parameter.values:
            return list(parameter.values)
        case _:
            return []  # Times are in every question; cursors come from answers.


def _label(parameter: DocumentedParameter, value: Argument) -> str:
    if isinstance(value, list):
        return ",".join(value) if parameter.values else "[...]"
    return str(value)
