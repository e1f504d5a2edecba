"""Warnings as notes, and those of what the API has and this version does not know yet in few words.

The library warns programs; a command says the same in a line, and where to find what is new.
"""

from __future__ import annotations

import warnings
from collections.abc import Generator
from contextlib import contextmanager

from .._generated import UnknownFieldWarning, UnknownResultWarning
from ..tables.columns import OTHERS
from .click_base import dashed
from .console import Console


@contextmanager
def warnings_as_notes(
    console: Console, *, unknown_fields: bool = False, shown: str = f"the column {OTHERS}, or --raw"
) -> Generator[None]:
    """Say warnings as notes; of what is new in the answers only if `unknown_fields`, once of each endpoint.

    Only commands that show rows have to tell of that, and that it is to be seen where it is `shown`.
    """

    def show(message: Warning | str, *_: object, **__: object) -> None:
        console.note(_note(message, shown))

    with warnings.catch_warnings():
        for kind in (UnknownFieldWarning, UnknownResultWarning):
            warnings.simplefilter("always" if unknown_fields else "ignore", kind)
        warnings.showwarning = show
        yield


def _note(warning: Warning | str, shown: str) -> str:
    """The library's `warning` in few words, as far as it is one of those two."""
    if not isinstance(warning, (UnknownFieldWarning, UnknownResultWarning)):
        return str(warning)
    are_results, names = isinstance(warning, UnknownResultWarning), warning.names
    some = names[0] if len(names) == 1 else f"{names[0]}, …"
    one, several = ("kind of result", "kinds of results") if are_results else ("field", "fields")
    count = f"1 {one} is" if len(names) == 1 else f"{len(names)} {several} are"
    sums = ", and in no sum" if are_results else ""
    return f"{dashed(warning.operation)}: {count} new to this version ({some}){sums}; see {shown}"
