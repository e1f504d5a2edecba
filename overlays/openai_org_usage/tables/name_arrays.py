"""Arrow arrays of names, made from those of ids: each id is looked up once, whatever the number of rows."""

from __future__ import annotations

from types import ModuleType

from ..named_rows import NameSource
from .optional_imports import ArrowArray


class NameArrays:
    """Makes the arrays of a column of names.

    Their dictionaries grow from one to the next, as those of ids do: a code means the same in all.
    """

    def __init__(self, source: NameSource, pa: ModuleType) -> None:
        self._source, self._pa = source, pa
        self._codes: dict[str, int] = {}
        self._of_ids: list[int | None] = []
        self._of_own: list[int | None] = []
        self._names: ArrowArray = pa.array([], pa.string())

    def array(self, ids: ArrowArray, own: ArrowArray | None) -> ArrowArray:
        """The names of `ids`; where nobody knows one, what the rows have as their `own`."""
        pa, look_up = self._pa, self._source.look_up
        for id in ids.dictionary[len(self._of_ids) :].to_pylist():
            self._of_ids.append(self._code(look_up(id) or None))
        codes = _taken(pa, self._of_ids, ids)
        if own is not None and codes.null_count and own.null_count < len(own):
            for name in own.dictionary[len(self._of_own) :].to_pylist():
                self._of_own.append(self._code(name))
            codes = pa.compute.coalesce(codes, _taken(pa, self._of_own, own))
        if len(self._names) < len(self._codes):
            self._names = pa.array(self._codes, pa.string())
        return pa.DictionaryArray.from_arrays(codes, self._names)

    def _code(self, name: str | None) -> int | None:
        return None if name is None else self._codes.setdefault(name, len(self._codes))


def _taken(pa: ModuleType, codes: list[int | None], texts: ArrowArray) -> ArrowArray:
    """The code for each of `texts`, from that for each text of their dictionary."""
    return pa.array(codes, pa.int32()).take(texts.indices)


__all__ = ["NameArrays"]
