"""The contestants of `frames`: one query, answered from memory, becomes a table of all its columns."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from ..child import KEY, Reading, timed
from ..pages import HOUR, NOW
from .rows import LARGEST

RANGE: dict[str, Any] = {"start_time": NOW, "end_time": NOW + LARGEST * HOUR, "bucket_width": "1h"}
_HEADERS = {"Content-Type": "application/json"}
_turn = functools.partial(timed, seconds=0.5, clock=time.process_time_ns)


def arrow(*, body: str) -> Callable[[], Reading]:
    """This package, by columns."""
    query = _query(body)
    return _turn(lambda: query().to_arrow(), _sums_of_arrow)


def pandas(*, body: str) -> Callable[[], Reading]:
    """This package, by columns, into pandas."""
    query = _query(body)
    return _turn(lambda: query().to_pandas(), _sums_of_pandas)


def pandas_of_rows(*, body: str) -> Callable[[], Reading]:
    """This package, by rows, into pandas."""
    query = _query(body)
    return _turn(lambda: _frame([row.to_record() for row in query().rows()]), _sums_of_pandas)


def official(*, body: str) -> Callable[[], Reading]:
    """The official SDK, into pandas by `to_dict()`, as it documents."""
    return _official(body, lambda result: result.to_dict())


def official_by_pydantic(*, body: str) -> Callable[[], Reading]:
    """The official SDK, into pandas by what its results can as models of pydantic."""
    return _official(body, dict)


def _official(body: str, members: Callable[[Any], dict[str, Any]]) -> Callable[[], Reading]:
    import httpx2
    from openai import OpenAI

    content = Path(body).read_bytes()
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, headers=_HEADERS, content=content))
    client = OpenAI(api_key="unused", admin_api_key=KEY, http_client=httpx2.Client(transport=transport))

    def frame() -> Any:
        page = client.admin.organization.usage.completions(**RANGE, limit=LARGEST)
        rows = [
            {"start_time": bucket.start_time, "end_time": bucket.end_time, **members(result)}
            for bucket in page.data
            for result in bucket.results
        ]
        return _frame(rows)

    return _turn(frame, _sums_of_pandas)


def _frame(rows: list[dict[str, Any]]) -> Any:
    return import_module("pandas").DataFrame(rows)


def _query(body: str) -> Callable[[], Any]:
    import httpx

    from openai_org_usage import UsageClient

    content = Path(body).read_bytes()
    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers=_HEADERS, content=content))
    client = UsageClient(admin_key=KEY, transport=transport, concurrency=1)
    return lambda: client.completions(**RANGE)


def _sums_of_arrow(table: Any) -> list[float]:
    return [table.num_rows, sum(table.column("input_tokens").to_pylist())]


def _sums_of_pandas(frame: Any) -> list[float]:
    return [len(frame), int(frame["input_tokens"].sum())]
