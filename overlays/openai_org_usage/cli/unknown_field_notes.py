"""Notes of what the API has and this version does not know yet, for people who look at rows.

The library warns programs; a command says the same in one short line, and where to find it.
"""

from __future__ import annotations

import warnings
from collections.abc import Generator
from contextlib import contextmanager

from .._generated import UnknownFieldWarning, UnknownResultWarning
from ..tables.columns import OTHERS
from .click_base import dashed
from .console import Messages


@contextmanager
def noted(messages: Messages) -> Generator[None]:
    """Note while this lasts what is new in the answers, once of each endpoint."""

    def show(message: Warning | str, *_: object, **__: object) -> None:
        messages.note(_note(message))

    with warnings.catch_warnings():
        for kind in (UnknownFieldWarning, UnknownResultWarning):
            warnings.simplefilter("always", kind)
        warnings.showwarning = show
        yield


def _note(warning: Warning | str) -> str:
    """The library's `warning` in few words, as far as it is one of those two."""
    if not isinstance(warning, (UnknownFieldWarning, UnknownResultWarning)):
        return str(warning)
    are_results, names = isinstance(warning, UnknownResultWarning), warning.names
    some = names[0] if len(names) == 1 else f"{names[0]}, …"
    one, several = ("kind of result", "kinds of results") if are_results else ("field", "fields")
    count = f"1 {one} is" if len(names) == 1 else f"{len(names)} {several} are"
    sums = ", and in no sum" if are_results else ""
    return (
        f"{dashed(warning.operation)}: {count} new to this version ({some}){sums}; "
        f"see the column {OTHERS}, or --raw"
    )
