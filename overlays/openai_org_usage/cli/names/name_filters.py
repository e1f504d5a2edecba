"""Filters by name: `--project "Search prod"` asks for the id of that name, as the API takes ids alone."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

import attrs

from ..._generated import Operation
from ..click_base import Option, dashed
from ..errors import CommandError, WrongUsageError
from ..exit_codes import Exit
from ..parameters import FILTERS
from .name_completion import names_of

if TYPE_CHECKING:
    from ..._generated import Request
    from ...directory.names import Kind, NamedKey, NamedProject, NamedUser, Names
    from ...pagination.rules import Bucket

_BEGINNINGS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "project": ("proj_",),
    "user": ("user-", "user_", "svc_acct_", "sa_"),
    "api_key": ("key_",),
}
"""What ids begin with: such a text is taken for one, and no list is needed."""
_HELP: Final[Mapping[Kind, str]] = {
    "project": "Only this project, by name or id.",
    "user": "Only this user or service account, by name, e-mail address or id.",
    "api_key": "Only this API key, by name or id; never the key itself.",
}
_LISTS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "project": ("projects",),
    "user": ("users", "service accounts"),
    "api_key": ("keys",),
}
"""What is in the lists that have names of a kind, as `Names.problems` call it."""
_NOUNS: Final[Mapping[Kind, str]] = {"project": "project", "user": "user", "api_key": "API key"}
_OF_PROJECTS: Final = re.compile(r" of \d+ projects?, as .*")
_CLOSE = 3
"""How many names are suggested."""


def name_filter_options(operation: Operation) -> list[Option]:
    """An option for each kind of id by which `operation` filters, beside that for ids."""
    return [
        _option(kind, f"{_HELP[kind]} Repeatable; adds to --{dashed(kind)}-ids.")
        for kind in _BEGINNINGS
        if _parameter(kind) in operation.parameter_names
    ]


def every_name_filter_option() -> list[Option]:
    """An option for each kind, where ids have none of their own."""
    return [_option(kind, f"{_HELP[kind]} Repeatable.") for kind in _BEGINNINGS]


def _option(kind: Kind, text: str) -> Option:
    names = [f"by_{kind}", f"--{dashed(kind)}"]
    return Option(
        names, section=FILTERS, help=text, multiple=True, metavar="NAME", shell_complete=names_of(f"{kind}s")
    )


@attrs.frozen(kw_only=True)
class NameFilters:
    """What rows are kept by, as it was typed."""

    by_project: tuple[str, ...] = ()
    by_user: tuple[str, ...] = ()
    by_api_key: tuple[str, ...] = ()

    @property
    def need_names(self) -> bool:
        """Whether there are others than ids among them."""
        return not all(_is_id(kind, text) for kind, texts in self._given() for text in texts)

    def applied(
        self, request: Request[object, Bucket, object], names: Names | None
    ) -> Request[object, Bucket, object]:
        """`request` for the ids that are meant, and those that it has already; ids need no `names`.

        Raises:
            WrongUsageError: a name is nobody's, or that of several.
            UnknownNameError: it is not known whose it is, as the key may not list names.
        """
        for kind, texts in self._given():
            ids = request.get(_parameter(kind))
            by_id = f" by --{dashed(_parameter(kind))}"
            meant = (_id_of(kind, text, names, by_id=by_id) for text in texts)
            asked = (*(ids if isinstance(ids, tuple) else ()), *meant)
            if texts:
                request = request.replace(**{_parameter(kind): tuple(dict.fromkeys(asked))})
        return request

    def ids(self, names: Names | None) -> dict[str, list[str]]:
        """The ids that are meant, as parameters of the API call them; ids need no `names`.

        Raises:
            WrongUsageError: a name is nobody's, or that of several.
            UnknownNameError: it is not known whose it is, as the key may not list names.
        """
        return {
            _parameter(kind): [_id_of(kind, text, names, by_id="") for text in texts]
            for kind, texts in self._given()
        }

    def nothing_found(self, request: Request[object, Bucket, object]) -> str:
        """What to say where the answer to `request` is empty: by what it was filtered, perhaps wrongly."""
        names = [name for name, _ in request.arguments if name.endswith("s")]
        filtered = f" for these {' and '.join(names)}" if names else ""
        taken_for_id = self._taken_for_id(request)
        more = f"; {taken_for_id}" if taken_for_id else ""
        return f"nothing in this range{filtered}, so there are no rows{more}"

    def _taken_for_id(self, request: Request[object, Bucket, object]) -> str | None:
        """What to say of a name that was typed as an id."""
        for kind, texts in self._given():
            ids = None if texts else request.get(_parameter(kind))  # Else some were found by name.
            for id in ids if isinstance(ids, tuple) else ():
                if not _is_id(kind, str(id)):
                    return f"{str(id)!r} does not look like an id: --{dashed(kind)} takes names"
        return None

    def _given(self) -> Iterator[tuple[Kind, tuple[str, ...]]]:
        yield "project", self.by_project
        yield "user", self.by_user
        yield "api_key", self.by_api_key


def unlisted_ids(request: Request[object, Bucket, object], names: Names | None) -> Iterator[str]:
    """What to say of ids in `request` that no list in `names` has: mistakes, or what has been deleted."""
    for kind in _BEGINNINGS:
        ids = request.get(_parameter(kind))
        yield from unlisted_notes(kind, map(str, ids if isinstance(ids, tuple) else ()), names)


def unlisted_notes(kind: Kind, ids: Iterable[str], names: Names | None) -> Iterator[str]:
    """The same of `ids` of one kind; nothing where its lists were not read, or not whole."""
    if names is None or any(_concerns(kind, problem) for problem in names.problems):
        return
    known = _listed(kind, names)
    for id in ids:
        if known and id not in known:
            near = get_close_matches(id, known, n=1)
            meant = f" (did you mean {near[0]!r}?)" if near else ""
            yield f"the organization lists no {_NOUNS[kind]} {id!r}{meant}; it may have been deleted"


class UnknownNameError(CommandError):
    """It is not known whose a name is, as the key may not list names."""

    exit_code = Exit.NOT_PERMITTED


def _parameter(kind: Kind) -> str:
    return f"{kind}_ids"


def _is_id(kind: Kind, text: str) -> bool:
    return text.startswith(_BEGINNINGS[kind])


def _id_of(kind: Kind, text: str, names: Names | None, *, by_id: str) -> str:
    """The id that is meant by `text`; `by_id` says how ids are given, where that is otherwise."""
    if names is None or _is_id(kind, text):
        return text
    ids = names.ids_of(kind, text)
    if len(ids) == 1:
        return ids[0]
    option = f"--{dashed(kind)}"
    if ids:
        raise WrongUsageError(
            f"{option}: {text!r} may be any of {', '.join(ids)}: say which, or take all of them{by_id}"
        )
    problems = [problem for problem in names.problems if _concerns(kind, problem)]
    if problems:
        why = "; ".join(problems)
        raise UnknownNameError(f"{option}: {text!r} is not known, as there are {why}: give the id")
    close = _suggestion(_called(kind, names), text)
    raise WrongUsageError(f"{option}: nothing is called {text!r}{close}: give another name, or the id{by_id}")


def _concerns(kind: Kind, problem: str) -> bool:
    """Whether a list that may have names of that `kind` is missing."""
    lists = _OF_PROJECTS.sub("", problem.partition(":")[0])
    return any(re.search(rf"\b{word}\b", lists) for word in _LISTS[kind])


def _listed(kind: Kind, names: Names) -> Mapping[str, NamedProject | NamedUser | NamedKey]:
    """All of a kind that have names, by their ids."""
    lists: Mapping[Kind, Mapping[str, NamedProject | NamedUser | NamedKey]] = {
        "project": names.projects,
        "user": names.users,
        "api_key": names.api_keys,
    }
    return lists[kind]


def _called(kind: Kind, names: Names) -> dict[str, list[str]]:
    """The ids by what they are called."""
    called: defaultdict[str, list[str]] = defaultdict(list)
    for item in _listed(kind, names).values():
        if item.name:
            called[item.name].append(item.id)
    return called


def _suggestion(ids: Mapping[str, Sequence[str]], text: str) -> str:
    """What may have been meant: by name on a terminal, but by id in a log, where no name is to be."""
    lower: defaultdict[str, list[str]] = defaultdict(list)
    for name in ids:
        lower[name.casefold()].append(name)
    near = [name for folded in get_close_matches(text.casefold(), lower, n=_CLOSE) for name in lower[folded]]
    if not near:
        return ""
    listed = {name: ", ".join(ids[name]) for name in near}
    shown = [f"{name!r} ({listed[name]})" if sys.stderr.isatty() else listed[name] for name in near]
    return f" (close: {', '.join(shown)})"


__all__ = ["NameFilters", "every_name_filter_option", "name_filter_options", "unlisted_ids", "unlisted_notes"]
