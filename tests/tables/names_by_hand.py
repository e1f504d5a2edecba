"""Names of the ids in random pages, and what the columns beside the ids should have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openai_org_usage import NamedKey, NamedProject, NamedUser, Names

from .bodies import WORDS

IDS = WORDS[1:-3]
"""Of those in `WORDS`; three, and an empty one, are of nobody."""
NAMES = Names(
    projects={
        id: NamedProject(id=id, name=f"=Project {n // 2}" if n % 3 else None) for n, id in enumerate(IDS)
    },
    users={
        id: NamedUser(id=id, name=f"User, {n // 2}", email=f"{n}@example.org") for n, id in enumerate(IDS)
    },
    api_keys={id: NamedKey(id=id, name=id) for id in IDS},
)
"""Two have the same name, and some have none."""

BESIDE: Mapping[str, tuple[str, ...]] = {
    "project_id": ("project_name",),
    "user_id": ("user_name", "user_email"),
    "api_key_id": ("api_key_name",),
}


def columns_with_names(plain: list[str]) -> list[str]:
    """The columns of a table with names, made of those without."""
    moved = {name for id, names in BESIDE.items() if id in plain for name in names}
    return [one for name in plain if name not in moved for one in (name, *BESIDE.get(name, ()))]


def with_names(record: Mapping[str, Any], names: Names = NAMES) -> dict[str, Any]:
    """`record` as it should be with `names`."""
    ids = {name: id for id, beside in BESIDE.items() if id in record for name in beside}
    return {
        name: getattr(names, name)(record[ids[name]]) or record.get(name) if name in ids else record[name]
        for name in columns_with_names(list(record))
    }
