"""The contestants of `named`: one query, answered from memory, with the names of its ids or without."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from functools import partial
from operator import attrgetter
from pathlib import Path
from time import process_time_ns
from typing import Any

from ..child import KEY, Reading, timed
from ..pages import HOUR, NOW
from .rows import LARGEST

_RANGE: dict[str, Any] = {"start_time": NOW, "end_time": NOW + LARGEST * HOUR, "bucket_width": "1h"}
_timed = partial(timed, seconds=0.5, clock=process_time_ns)


def arrow(*, body: str, named: int) -> Callable[[], Reading]:
    """An Arrow table."""
    query, names = _query(body), _names(body) if named else None
    return _timed(lambda: query().to_arrow(names=names), lambda table: [table.num_rows])


def rows(*, body: str, named: int) -> Callable[[], Reading]:
    """A loop over the rows."""
    query, names = _query(body), _names(body) if named else None
    return _timed(lambda: _count(query().rows(names=names)), lambda count: [count])


def projects(*, body: str, named: int) -> Callable[[], Reading]:
    """A loop that reads the project of each row: its id, or its name."""
    query, names = _query(body), _names(body) if named else None
    field = attrgetter("project_name" if named else "project_id")
    return _timed(lambda: _count(map(field, query().rows(names=names))), lambda count: [count])


def csv(*, body: str, named: int) -> Callable[[], Reading]:
    """CSV, in memory."""
    query, names = _query(body), _names(body) if named else None

    def write() -> int:
        rows: int = query().write(io.BytesIO(), format="csv", names=names)
        return rows

    return _timed(write, lambda count: [count])


def _count(rows: Iterable[object]) -> int:
    return sum(1 for _ in rows)


def _query(body: str) -> Callable[[], Any]:
    import httpx

    from openai_org_usage import UsageClient

    content = Path(body).read_bytes()
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=content))
    client = UsageClient(admin_key=KEY, transport=transport, concurrency=1)
    return lambda: client.completions(**_RANGE)


def _names(body: str) -> object:
    """Names of all ids in `body`."""
    from openai_org_usage import NamedKey, NamedProject, NamedUser, Names

    table = _query(body)().to_arrow(columns=["project_id", "user_id", "api_key_id"])
    projects, users, keys = (filter(None, table[name].unique().to_pylist()) for name in table.column_names)
    return Names(
        projects={id: NamedProject(id=id, name=f"Project {id}") for id in projects},
        users={id: NamedUser(id=id, name=f"User {id}", email=f"{id}@example.org") for id in users},
        api_keys={id: NamedKey(id=id, name=f"Key {id}") for id in keys},
    )
