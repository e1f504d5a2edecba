"""Comparing what is documented with what is here, and both with the differences that are declared."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from .facts import Description, Endpoint, Statements, Value, group_of, kind_of

TABLE = Path(__file__).parent / "declared.yaml"
_NOBODY = Statements({}, frozenset())


@dataclass(frozen=True)
class Difference:
    """One fact that a source documents otherwise than a level shows it; None: not there."""

    source: str
    level: str
    endpoint: str
    subject: str
    fact: str
    documented: Value
    found: Value
    declared: bool = False
    """Whether the complaint is that this was declared, and is not so."""

    @property
    def place(self) -> tuple[str, str, str]:
        """Endpoint, parameter or field, and fact."""
        return (self.endpoint, self.subject, self.fact)

    def __str__(self) -> str:
        what = f"{self.endpoint} {self.subject or 'endpoint'}: {self.fact!r}"
        if self.declared:
            return (
                f"{what} at {self.level}: declared to be {self.found!r} instead of {self.source}'s "
                f"{self.documented!r}, but that is no longer the difference; correct declared.yaml"
            )
        return f"{what} is {self.documented!r} in {self.source}, but {self.found!r} at {self.level}"


@dataclass(frozen=True)
class Declaration:
    """One row of the table of differences that are meant to be, for one place in one source."""

    source: str
    endpoint: str
    subject: str
    fact: str
    documented: Value
    here: Value
    date: str
    reason: str
    levels: tuple[str, ...] | None
    """The only levels where it shows; None for all that show the fact."""

    @property
    def place(self) -> tuple[str, str, str]:
        """Endpoint, parameter or field, and fact."""
        return (self.endpoint, self.subject, self.fact)


@functools.cache
def declarations() -> tuple[Declaration, ...]:
    """The table in `declared.yaml`, each row spread out over its sources, endpoints and subjects."""
    rows: list[dict[str, Any]] = yaml.load(TABLE.read_bytes(), Loader=yaml.CSafeLoader)["differences"]
    return tuple(declaration for row in rows for declaration in _spread(row))


@functools.cache
def _declared(source: str, at: str | None) -> Mapping[tuple[str, str, str], Declaration]:
    return {d.place: d for d in declarations() if d.source == source and at in (None, d.endpoint)}


def _spread(row: dict[str, Any]) -> Iterator[Declaration]:
    for source, endpoint, subject, fact in product(
        row["sources"], row["endpoints"], row.get("subjects", [""]), row["facts"]
    ):
        yield Declaration(
            source=source,
            endpoint=endpoint,
            subject=subject,
            fact=fact,
            documented=row["documented"],
            here=row["here"],
            date=row["date"],
            reason=row["reason"],
            levels=tuple(row["levels"]) if "levels" in row else None,
        )


def differences(source: Description, level: Description, *, at: str | None = None) -> list[Difference]:
    """All that `source` documents otherwise than `level` shows it, declared or not; `at` one endpoint."""
    found: list[Difference] = []
    for path in {at} if at else source.endpoints.keys() | level.endpoints.keys():
        if group_of(path) not in source.groups & level.groups:
            continue
        documented, here = source.endpoints.get(path), level.endpoints.get(path)
        if documented and here:
            found += _of_endpoint(source, level.name, documented, here)
        elif documented or (here and source.complete):
            present = bool(documented) or None, bool(here) or None
            found.append(Difference(source.name, level.name, path, "", "exists", *present))
    return sorted(found, key=lambda difference: difference.place)


def undeclared(source: Description, level: Description, *, at: str | None = None) -> list[Difference]:
    """The differences that the table does not declare, and what it declares though it is not so."""
    found = differences(source, level, at=at)
    table = _declared(source.name, at)
    unknown = [difference for difference in found if not _covers(table.get(difference.place), difference)]
    places = {difference.place for difference in found}
    gone = {place[:2] for place in places if place[2] == "exists"}
    return unknown + [
        Difference(source.name, level.name, *d.place, d.documented, d.here, declared=True)
        for d in table.values()
        if (d.levels is None or level.name in d.levels)
        and d.place not in places
        and d.place[:2] not in gone
        and (d.endpoint, "") not in gone
        and shown(source, level, d.place)
    ]


def compared(source: Description, level: Description) -> int:
    """How many facts of `source` the level `level` can be held against."""
    count = 0
    for path, endpoint in source.endpoints.items():
        here = level.endpoints.get(path)
        for subject, statements in endpoint.subjects.items():
            known = here.subjects.get(subject) if here else None
            section = subject.partition(" ")[0]
            if here is None or (section and section not in here.sections):
                continue
            kinds = known.kinds if known else {"exists"}
            count += sum(kind_of(fact) in kinds for fact in statements.facts)
    return count


def shown(source: Description, level: Description, place: tuple[str, str, str]) -> bool:
    """Whether both have a statement about the fact at `place`, be it that it is not so."""
    path, subject, fact = place
    if group_of(path) not in source.groups & level.groups:
        return False
    section = subject.partition(" ")[0]
    for description in (source, level):
        endpoint = description.endpoints.get(path)
        if endpoint is None:
            if fact != "exists":
                return False
            continue
        if section and section not in endpoint.sections:
            return False
        statements = endpoint.subjects.get(subject)
        if statements is not None and kind_of(fact) not in statements.kinds:
            return False
    return True


def _covers(declaration: Declaration | None, difference: Difference) -> bool:
    return (
        declaration is not None
        and declaration.documented == difference.documented
        and declaration.here == difference.found
        and (declaration.levels is None or difference.level in declaration.levels)
    )


def _of_endpoint(
    source: Description, level: str, documented: Endpoint, here: Endpoint
) -> Iterator[Difference]:
    theirs, ours = documented.subjects, here.subjects
    common = {"", *(documented.sections.keys() & here.sections.keys())}
    for subject in theirs.keys() if source.partial else theirs.keys() | ours.keys():
        if subject.partition(" ")[0] in common:
            a, b = theirs.get(subject, _NOBODY), ours.get(subject, _NOBODY)
            for fact in _facts_to_compare(a, b):
                if a.facts.get(fact) != b.facts.get(fact):
                    values = a.facts.get(fact), b.facts.get(fact)
                    yield Difference(source.name, level, documented.path, subject, fact, *values)


def _facts_to_compare(theirs: Statements, ours: Statements) -> set[str]:
    if theirs is _NOBODY or ours is _NOBODY:
        return {"exists"}
    both = theirs.kinds & ours.kinds
    return {fact for fact in theirs.facts.keys() | ours.facts.keys() if kind_of(fact) in both}


def news(committed: Description, installed: Description) -> list[str]:
    """What `installed` has new, what is gone from it and what it says otherwise, one a line."""
    lines: list[str] = []
    for d in differences(committed, installed):
        where = f"{d.endpoint} {d.subject}".strip()
        if d.documented is None:
            lines.append(f"new: {where}, {d.fact}" + ("" if d.found is True else f" {d.found!r}"))
        elif d.found is None:
            lines.append(f"gone: {where}, {d.fact}" + ("" if d.documented is True else f" {d.documented!r}"))
        else:
            lines.append(f"changed: {where}, {d.fact} was {d.documented!r}, is {d.found!r}")
    return lines
