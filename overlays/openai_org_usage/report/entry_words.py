"""What breakdowns and their entries are called, the same in every form of the report. Pure."""

from __future__ import annotations

from typing import Protocol

from ..printable import clean
from . import formatting
from .breakdowns import Breakdown
from .entry_labels import EntryLabel
from .ledger import Key

DETAILS = ("Owner", "Project", "E-mail")
"""Heads of what stands beside names."""


class Called(Protocol):
    """What has a key and a label: an entry of a breakdown, or one that moved."""

    @property
    def key(self) -> Key: ...
    @property
    def label(self) -> EntryLabel: ...


class ByDimension(Protocol):
    """What is by one dimension: a breakdown, or what moved."""

    @property
    def dimension(self) -> str: ...
    @property
    def is_estimate(self) -> bool: ...


def title(breakdown: ByDimension) -> str:
    """Such as `By API key, estimated`."""
    estimated = ", estimated" if breakdown.is_estimate else ""
    return f"By {formatting.DIMENSIONS[breakdown.dimension]}{estimated}"


def nameless(breakdown: ByDimension) -> str:
    """What the amounts are called that are of no key, user or project."""
    noun = formatting.DIMENSIONS[breakdown.dimension]
    return f"no {noun}, or not counted by it" if breakdown.is_estimate else f"no {noun} given"


def short(entry: Called, breakdown: ByDimension) -> str:
    """The name, or the id where nothing is known; with the end of the id where names are the same."""
    if entry.key is None:
        return nameless(breakdown)
    name = clean(entry.label.shown_name or entry.key)
    apart = told_apart(entry)
    return f"{name} {apart}" if apart else name


def told_apart(entry: Called) -> str:
    """What tells a name from one that is the same, such as `(…f3Kx9Q, archived)`; empty if nothing has to."""
    label = entry.label
    aside = [*([clean(label.id_end)] if label.id_end else []), *label.marks]
    return f"({', '.join(aside)})" if aside else ""


def full(entry: Called, breakdown: ByDimension) -> str:
    """The name and the id."""
    if entry.key is None:
        return nameless(breakdown)
    name = entry.label.shown_name
    return f"{clean(name)} ({clean(entry.key)})" if name and name != entry.key else clean(entry.key)


def details(entry: Called) -> list[str]:
    """What is known besides: owner and project of a key, the address of a user."""
    return [clean(text) for text in entry.label.details if text]


def detail_columns(breakdown: Breakdown) -> list[tuple[str, list[str]]]:
    """The same as columns, each with its head; those in which something stands."""
    columns = zip(*(entry.label.details for entry in breakdown.entries), strict=True)
    return [
        (head, [clean(text) if text else "" for text in column])
        for head, column in zip(DETAILS, columns, strict=False)
        if any(column)
    ]
