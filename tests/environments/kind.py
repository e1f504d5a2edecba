"""One kind of environment: what is set, whether that is broken, and what the doctor must say then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

EMULATOR = "http://127.0.0.1:{emulator}/v1"


@attrs.frozen(kw_only=True)
class Kind:
    """One kind.

    Attributes:
        environment: what is set; `{…}` stands for ports and the folder with certificates, None for unset.
        base_url: whom to ask.
        flags: of Python. With these, or `starts_anew`, it gets a process of its own, else a fork.
        preparation: a function of `program.py` that is called before.
        closed: which of the descriptors 0, 1 and 2 are closed.
        full: which are devices that are full.
        broken: what a problem that the doctor finds must say; None where all must be well.
        options: of the doctor and of each command.
        library: options of the client, by name.
        script: how the library is used: a function of `program.py`.
        spares_the_library: only the commands have a problem.
    """

    name: str
    environment: Mapping[str, str | None] = {}
    base_url: str = EMULATOR
    flags: tuple[str, ...] = ()
    starts_anew: bool = False
    preparation: str = ""
    closed: tuple[int, ...] = ()
    full: tuple[int, ...] = ()
    broken: str | None = None
    options: tuple[str, ...] = ()
    library: tuple[str, ...] = ()
    deadline: str = "20"
    script: str = "library"
    spares_the_library: bool = False


def with_variable(variable: str, values: Mapping[str, str | None], **what: Any) -> list[Kind]:
    """A kind for each of the values of one variable."""
    more: Mapping[str, str | None] = what.pop("more", {})
    return [
        Kind(name=f"{variable}: {name}", environment={**more, variable: value}, **what)
        for name, value in values.items()
    ]
