"""One change, and what the comparisons of parameters and models share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

import attrs

from . import meaning
from .rules import RULES, Effect, Side

T = TypeVar("T")


@attrs.frozen
class ApiChange:
    """One change at one endpoint."""

    kind: str
    """A key of RULES."""
    endpoint: str | None
    """The name of its client method; None for what belongs to no one endpoint."""
    subject: str
    """The parameter or field, or whatever else changed."""
    before: str | None
    after: str | None
    meaning: str
    """What it means in Python, with `{method}` and `{stem}` for the endpoint's names."""
    stem: str
    """What the names of the endpoint's models begin with."""

    @property
    def side(self) -> Side:
        """Whether requests or responses are concerned."""
        return RULES[self.kind].side

    @property
    def effect(self) -> Effect:
        """Its class."""
        return RULES[self.kind].effect

    @property
    def words(self) -> str:
        """What changed, in words."""
        values = {"subject": self.subject, "before": self.before or "none", "after": self.after or "none"}
        return RULES[self.kind].words.format(**values)

    @property
    def python(self) -> str:
        """What it means in Python."""
        return self._python(f"UsageClient.{self.endpoint}", self.stem)

    @property
    def python_anywhere(self) -> str:
        """The same with `*` for the endpoint's names: equal for a change that many endpoints share."""
        return self._python("UsageClient.*", "*")

    def _python(self, method: str, stem: str) -> str:
        return self.meaning.replace("{method}", method).replace("{stem}", stem)


@attrs.frozen
class At:
    """Where changes are made, so that they need not say it each time."""

    endpoint: str | None = None
    stem: str = ""

    def change(self, kind: str, subject: str, before: object, after: object, meaning: str) -> ApiChange:
        """A change here; empty values are none."""
        texts = [None if value is None or value == "" else str(value) for value in (before, after)]
        return ApiChange(kind, self.endpoint, subject, texts[0], texts[1], meaning, self.stem)

    def toggle(
        self, kinds: tuple[str, str, str], subject: str, old: T, new: T, says: str, *, changed: str = ""
    ) -> Iterator[ApiChange]:
        """A value that is stated, withdrawn or changed, the `kinds` in this order; None is none."""
        if old != new:
            index = 0 if old is None else 1 if new is None else 2
            yield self.change(kinds[index], subject, old, new, (changed if index == 2 else "") or says)


def deprecation(at: At, kind: str, subject: str, old: bool, new: bool) -> Iterator[ApiChange]:
    """A mark that it will go."""
    if old != new:
        yield at.change(kind, subject, old, new, meaning.ONLY_DOCUMENTED)


def other(at: At, side: Side, subject: str, old: str, new: str) -> Iterator[ApiChange]:
    """Something that no fact covers."""
    if old != new:
        yield at.change(f"other-in-{side}", subject, old, new, meaning.UNKNOWN)


def pairs(old: Mapping[str, T], new: Mapping[str, T]) -> Iterator[tuple[str, T | None, T | None]]:
    """Members of both, by name: those of `old` first, in its order."""
    for name in [*old, *(name for name in new if name not in old)]:
        yield name, old.get(name), new.get(name)


def typed(kind: str, form: str) -> str:
    """A type with its format."""
    return f"{kind} ({form})" if form else kind
