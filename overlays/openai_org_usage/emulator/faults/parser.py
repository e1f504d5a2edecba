"""Faults and plans from text, for the command line: `3: Drop("mid-body")`."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches

from .. import faults
from .fault import Fault, FaultPlanError
from .plan import FaultPlan

_PLANTED = re.compile(
    r"\s*(?:(?P<operation>[a-z_]+)\s*:)?\s*(?:(?P<number>\d+)\s*:|(?P<percent>\d+(?:\.\d+)?)\s*%\s*:)?(?P<fault>.+)",
    re.DOTALL,
)

_NEAR, _ALIKE = 3, 0.5
"""How many faults are named that may have been meant, and how much they resemble what was written."""


def read_plan(texts: Iterable[str], *, seed: int = 0) -> FaultPlan:
    """The plan that plants each fault where its text says.

    `Status(503)` is for every request, `3: Status(503)` for the third, `10%: Status(503)` for one
    in ten, drawn with `seed`. `costs: Status(503)` and `costs: 3: Status(503)` are for requests of that
    operation alone; then all have to be.

    Raises:
        FaultPlanError: a text is none of these.
    """
    numbered: dict[int, Fault] = {}
    probability: dict[Fault, float] = {}
    every: list[Fault] = []
    operations: set[str | None] = set()
    for text in texts:
        found = _PLANTED.fullmatch(text)
        fault = read_fault(found["fault"] if found else text)
        operations.add(found["operation"] if found else None)
        if found and found["number"]:
            numbered[int(found["number"])] = fault
        elif found and found["percent"]:
            probability[fault] = float(found["percent"]) / 100
        else:
            every.append(fault)
    if every and len(every) + len(numbered) + len(probability) > 1:
        raise FaultPlanError(f"{every[0]!r} is for every request and leaves none for other faults")
    return FaultPlan(
        every[0] if every else numbered, probability=probability, seed=seed, operations=_only(operations)
    )


def _only(operations: Collection[str | None]) -> str | None:
    """The one operation that all faults are for; None for all."""
    if len(operations) > 1:
        named = ", ".join(sorted(name or "all" for name in operations))
        raise FaultPlanError(f"all faults have to be for the same operation, not for several: {named}")
    return next(iter(operations), None)


def read_fault(text: str) -> Fault:
    """The fault that a call such as `Status(429, retry_after="2")` makes; no code is run."""
    try:
        call = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        raise _unreadable(text) from None
    if isinstance(call, ast.Name):
        call = ast.Call(call, [], [])
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        raise _unreadable(text)
    return _called(call.func.id, call)


def _called(name: str, call: ast.Call) -> Fault:
    kind = _kinds().get(name)
    if kind is None:
        lower = {known.lower(): known for known in _kinds()}
        near = get_close_matches(name.lower(), lower, n=_NEAR, cutoff=_ALIKE)
        meant = f" (did you mean {' or '.join(lower[each] for each in near)}?)" if near else ""
        raise FaultPlanError(f"there is no fault {name!r}{meant}; --faults lists all {len(lower)}")
    try:
        values = [ast.literal_eval(argument) for argument in call.args]
        named = {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg}
        return kind(*values, **named)
    except (TypeError, ValueError) as error:
        raise FaultPlanError(f"{ast.unparse(call)}: {error}") from None


def _kinds() -> dict[str, type[Fault]]:
    offered = ((name, getattr(faults, name)) for name in faults.__all__)
    return {name: kind for name, kind in offered if issubclass(kind, Fault) and kind is not Fault}


def described_faults() -> dict[str, str]:
    """What each fault does, in a sentence, by its name and in the order of names."""
    return {
        name: (kind.__doc__ or "").partition("\n")[0].rstrip(":") for name, kind in sorted(_kinds().items())
    }


def _unreadable(text: str) -> FaultPlanError:
    return FaultPlanError(f"not a fault: {text!r}; write such as 'Status(429)' or '3: Drop(\"mid-body\")'")
