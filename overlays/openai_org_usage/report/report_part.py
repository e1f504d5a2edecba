"""The part of an organization that a report is of, as people say it: model gpt-5 in project Search. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from ..printable import clean
from . import formatting
from .entry_labels import EntryLabel
from .explanation.causes import Subject
from .filters import ReportFilters, UnmatchedFilter
from .ledger import Ledger

if TYPE_CHECKING:
    from ..directory.names import Names

_SAID: Mapping[str, str] = {
    "line_item": "of",
    "model": "of",
    "api_key_id": "with",
    "user_id": "by",
    "project_id": "in",
}
"""The dimensions in the order in which they are said, and the word before all but the first."""
_LISTED = 3
"""How many values of a dimension are said."""


@attrs.frozen
class ReportPart:
    """What a report is of; nothing in it stands for the whole organization."""

    subjects: tuple[Subject, ...] = ()
    """Of several in one dimension any will do, while every dimension must hold."""
    unmatched: tuple[UnmatchedFilter, ...] = ()
    """What was asked for, and no line item that was read is of."""

    @classmethod
    def of(
        cls,
        filters: ReportFilters,
        unmatched: tuple[UnmatchedFilter, ...],
        ledgers: Mapping[str, Ledger],
    ) -> ReportPart:
        """What `filters` name, called as the rows in `ledgers`, which are by dimension, call it."""
        subjects = (
            Subject(dimension, key, _label(key, ledgers.get(dimension)))
            for dimension, keys in filters.given()
            for key in keys
        )
        return cls(tuple(subjects), unmatched)

    def labelled(self, names: Names | None, *, emails: bool) -> ReportPart:
        """The same, called as `names` know it; without `emails`, by no address."""
        found = (_labelled(subject, names, emails=emails) for subject in self.subjects)
        return attrs.evolve(self, subjects=tuple(found))

    def has(self, dimension: str) -> bool:
        """Whether it is filtered by `dimension`."""
        return any(subject.dimension == dimension for subject in self.subjects)

    def notes(self) -> Iterator[str]:
        """What a reader must know of it, as sentences; none of them has a name in it."""
        if self.subjects:
            yield (
                "Every figure, forecast and comparison is of the part of the organization that the title "
                "names; all else is in none of them."
            )
        if self.has("line_item"):
            yield "There are no tokens, as usage is not counted by line item."
        yield from self.unmatched_notes()

    def unmatched_notes(self) -> Iterator[str]:
        """What of the filters no costs are of, likely as they were written wrongly, as sentences."""
        for each in self.unmatched:
            noun, text = formatting.DIMENSIONS[each.dimension], clean(each.text)
            near = f"; there is {', '.join(map(clean, each.close))}" if each.close else ""
            yield f"No costs that were read are of a {noun} called {text}{near}."

    def __bool__(self) -> bool:
        return bool(self.subjects)

    def __str__(self) -> str:
        """Such as `model gpt-5 in project Search`; empty for the whole organization."""
        by = {name: [one for one in self.subjects if one.dimension == name] for name in _SAID}
        said = [(name, _several(name, subjects)) for name, subjects in by.items() if subjects]
        return " ".join(f"{_SAID[name]} {text}" if place else text for place, (name, text) in enumerate(said))


WHOLE = ReportPart()
"""The whole organization."""


def _label(key: str, ledger: Ledger | None) -> EntryLabel:
    if ledger is None:
        return EntryLabel()
    name, email = ledger.names.get(key), ledger.emails.get(key)
    return EntryLabel(name=None if name == email else name, email=email)


def _labelled(subject: Subject, names: Names | None, *, emails: bool) -> Subject:
    label = subject.label
    if names is not None:
        label = label.named_by(names, subject.key, dimension=subject.dimension)
    return attrs.evolve(subject, label=label if emails else label.without_emails())


def _several(dimension: str, subjects: Sequence[Subject]) -> str:
    """Such as `projects Search and Docs`."""
    texts = [clean(subject.label.shown_name or subject.key) for subject in subjects]
    if len(texts) > _LISTED:
        texts = [*texts[: _LISTED - 1], f"{len(texts) - _LISTED + 1} more"]
    *first, last = texts
    noun = formatting.DIMENSIONS[dimension]
    return f"{noun}s {', '.join(first)} and {last}" if first else f"{noun} {last}"
