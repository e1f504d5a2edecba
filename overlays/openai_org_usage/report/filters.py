"""What a report is of, where it is not of the whole organization: some projects, users, keys, models. Pure.

The API filters costs by project and by key alone. For users, models and line items, rows are grouped by them
and kept here, so that every figure is of the same part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import attrs

from ..line_items import read_line_item
from .errors import ReportError
from .ledger import Key

if TYPE_CHECKING:
    from .._generated import UsageCostsGroupByItem

_VERSION = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{4})$")
"""The date that the name of one version of a model ends with."""
_CLOSE, _ALIKE = 3, 0.5
"""How many texts are named that may have been meant, and how much they resemble what was written."""


def _texts(given: Iterable[str]) -> tuple[str, ...]:
    if isinstance(given, str):
        raise ReportError(f"a filter is a list of texts, such as [{given!r}], not one text")
    texts = tuple(dict.fromkeys(text.strip() for text in given))
    if not all(texts):
        raise ReportError(
            "a filter is empty: leave it out, or say which project, user, key, model or line item it is for"
        )
    return texts


class OwnedRow(Protocol):
    """What is needed of a row of costs to tell whose it is, and what it is for."""

    @property
    def user_id(self) -> str | None: ...
    @property
    def line_item(self) -> str | None: ...


@attrs.frozen(kw_only=True)
class ReportFilters:
    """The part of an organization that a report is of: what is named, or all where nothing is.

    Of several texts in one field any will do, while every field that has some must hold.

    Raises:
        ReportError: a field is one text and no list of them, or one of them is empty.
    """

    project_ids: Sequence[str] = attrs.field(default=(), converter=_texts)
    user_ids: Sequence[str] = attrs.field(default=(), converter=_texts)
    api_key_ids: Sequence[str] = attrs.field(default=(), converter=_texts)
    models: Sequence[str] = attrs.field(default=(), converter=_texts)
    """Such as `gpt-5`, which stands for its dated versions, too, or a category such as `Image models`. Upper
    and lower case are the same."""
    line_items: Sequence[str] = attrs.field(default=(), converter=_texts)
    """Whole line items, such as `gpt-5-2025-08-07, output`. Upper and lower case are the same."""

    def __bool__(self) -> bool:
        return any(texts for _, texts in self.given())

    def given(self) -> Iterator[tuple[str, Sequence[str]]]:
        """The dimensions that are filtered by, each with what is kept of it."""
        fields = {
            "project_id": self.project_ids,
            "user_id": self.user_ids,
            "api_key_id": self.api_key_ids,
            "model": self.models,
            "line_item": self.line_items,
        }
        yield from ((dimension, texts) for dimension, texts in fields.items() if texts)

    @property
    def costs_arguments(self) -> Mapping[str, Sequence[str] | None]:
        """What the costs endpoint filters by itself."""
        return {"project_ids": self.project_ids or None, "api_key_ids": self.api_key_ids or None}

    @property
    def usage_arguments(self) -> Mapping[str, Sequence[str] | None]:
        """What usage endpoints filter by themselves."""
        return {**self.costs_arguments, "user_ids": self.user_ids or None}

    @property
    def groups(self) -> tuple[UsageCostsGroupByItem, ...]:
        """What costs must be grouped by, so that `keeps` can tell."""
        by_user: tuple[UsageCostsGroupByItem, ...] = ("user_id",) if self.user_ids else ()
        return (*by_user, "line_item") if self.models or self.line_items else by_user

    def keeps(self, row: OwnedRow) -> bool:
        """Whether a row of costs, which the API has filtered by project and key, is of this part."""
        if self.user_ids and row.user_id not in self.user_ids:
            return False
        return self.keeps_line_item(row.line_item)

    def keeps_line_item(self, line_item: Key) -> bool:
        """Whether costs of `line_item` are of this part."""
        if not (self.models or self.line_items):
            return True
        return line_item is not None and _keeps(self, line_item)

    def keeps_model(self, model: Key) -> bool:
        """Whether usage of `model` is of this part."""
        return not self.models or (model is not None and _is_one_of(model, self.models))

    def unmatched(self, line_items: Iterable[Key]) -> tuple[UnmatchedFilter, ...]:
        """The models and line items that none of all `line_items` is of: likely written wrongly."""
        known = {text for text in line_items if text is not None}
        models = {read_line_item(text).model_or_category for text in known}
        return (
            *_unmatched("model", self.models, models),
            *_unmatched("line_item", self.line_items, known),
        )


WHOLE_ORGANIZATION = ReportFilters()
"""Nothing is left out."""


@attrs.frozen
class UnmatchedFilter:
    """What a report was to be of, and nothing is."""

    dimension: str
    """`model` or `line_item`."""
    text: str
    close: tuple[str, ...]
    """What there is of that kind, and reads like it."""


@lru_cache(maxsize=4096)
def _keeps(filters: ReportFilters, line_item: str) -> bool:
    if filters.line_items and line_item.casefold() not in map(str.casefold, filters.line_items):
        return False
    return not filters.models or _is_one_of(read_line_item(line_item).model_or_category, filters.models)


def _is_one_of(model: str, asked: Iterable[str]) -> bool:
    name = model.casefold()
    family = _VERSION.sub("", name)
    return any(text.casefold() in (name, family) for text in asked)


def _unmatched(dimension: str, asked: Iterable[str], known: Iterable[str]) -> Iterator[UnmatchedFilter]:
    there = {text.casefold(): text for text in sorted(known)}
    families = {_VERSION.sub("", name) for name in there} if dimension == "model" else set[str]()
    for text in asked:
        if text.casefold() not in {*there, *families}:
            near = get_close_matches(text.casefold(), there, n=_CLOSE, cutoff=_ALIKE)
            yield UnmatchedFilter(dimension, text, tuple(there[name] for name in near))
