"""Changes as people read them: what several endpoints or fields share is told once."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

import attrs

from .change import ApiChange
from .compare import DocumentComparison

T = TypeVar("T")


@attrs.frozen
class ReportEntry:
    """One change with all the endpoints, and all the fields or parameters, that it is the same for."""

    first: ApiChange
    endpoints: tuple[str, ...]
    subjects: tuple[str, ...]

    @property
    def words(self) -> str:
        """What changed, in words."""
        return attrs.evolve(self.first, subject=", ".join(self.subjects)).words

    @property
    def python(self) -> str:
        """What it means in Python, with `*` for names where there are several."""
        python = self.first.python_anywhere if len(self.endpoints) > 1 else self.first.python
        return _without_subject(python, self.first) if len(self.subjects) > 1 else python

    def where(self, comparison: DocumentComparison) -> str:
        """The endpoints in words: all that both documents have, all but a few, or these."""
        missing = [name for name in comparison.endpoints if name not in self.endpoints]
        if len(self.endpoints) < 4 or len(missing) > 3:
            return ", ".join(self.endpoints) or "everywhere"
        exceptions = f" but {', '.join(missing)}" if missing else ""
        return f"all {len(comparison.endpoints)} endpoints{exceptions}"


def entries(changes: Iterable[ApiChange]) -> list[ReportEntry]:
    """`changes` in their order, each once for all endpoints and subjects that share it."""
    shared = [
        ReportEntry(same[0], tuple(c.endpoint for c in same if c.endpoint), (same[0].subject,))
        for same in _grouped(changes, _but_for_endpoints)
    ]
    return [
        ReportEntry(same[0].first, same[0].endpoints, tuple(entry.first.subject for entry in same))
        for same in _grouped(shared, _but_for_subjects)
    ]


def _but_for_endpoints(change: ApiChange) -> Hashable:
    return change.kind, change.subject, change.before, change.after, change.python_anywhere


def _but_for_subjects(entry: ReportEntry) -> Hashable:
    first = entry.first
    return first.kind, entry.endpoints, first.before, first.after, _without_subject(first.python, first)


def _without_subject(python: str, change: ApiChange) -> str:
    return re.sub(rf"\b{re.escape(change.subject.rsplit('.', 1)[-1])}\b", "*", python)


def _grouped(items: Iterable[T], key: Callable[[T], Hashable]) -> list[list[T]]:
    """`items` in lists of equal `key`, in the order of their first ones."""
    found: dict[Hashable, list[T]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return list(found.values())
