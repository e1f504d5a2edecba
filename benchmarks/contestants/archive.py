"""The contestants of `archive`: a turn brings what is kept in a folder up to the next day."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

from ..child import Reading
from ..pages import DAY

DIMENSIONS = ("project_id", "line_item")
LOOKBACK_DAYS = 10
_DATASET = "kept"
_LARGEST = 180


def archive(*, folder: str, base_url: str, key: str, start: int, now: int) -> Callable[[], Reading]:
    """This package's archive."""
    from openai_org_usage import UsageClient
    from openai_org_usage.archive.archive import Archive

    moments = count(now, DAY)

    def sync() -> None:
        moment = next(moments)
        with UsageClient(admin_key=key, base_url=base_url, clock=lambda: moment) as client:
            Archive(folder, clock=lambda: moment).sync(
                client, tables=["costs"], since=start, lookback=f"{LOOKBACK_DAYS}d", names=False
            )

    return _turn(sync)


def dlt_source(*, folder: str, base_url: str, key: str, start: int, now: int) -> Callable[[], Reading]:
    """This package's source for dlt, into DuckDB."""
    from openai_org_usage import UsageClient
    from openai_org_usage.connectors.dlt import openai_org_usage

    moments = count(now, DAY)
    pipeline = _pipeline(folder)

    def load() -> None:
        moment = next(moments)
        with UsageClient(admin_key=key, base_url=base_url, clock=lambda: moment) as client:
            organizations = {"default": client}
            since = time.strftime("%Y-%m-%d", time.gmtime(start))
            pipeline.run(
                openai_org_usage(
                    organizations, tables=["costs"], since=since, lookback=f"{LOOKBACK_DAYS}d", names=False
                )
            )

    return _turn(load)


def rest_api(
    *, folder: str, base_url: str, key: str, start: int, now: int, days_again: int
) -> Callable[[], Reading]:
    """A REST API source of dlt, declared by hand: from the last bucket on, and `days_again` before that."""
    from dlt.sources.rest_api import rest_api_source

    del now  # It asks without a clock.
    pipeline = _pipeline(folder)
    incremental: dict[str, Any] = {"cursor_path": "start_time", "initial_value": start}
    if days_again:
        incremental["lag"] = days_again * DAY
    parameters = {
        "start_time": "{incremental.start_value}",
        "bucket_width": "1d",
        "limit": _LARGEST,
        "group_by": list(DIMENSIONS),
    }
    config: Any = {
        "client": {
            "base_url": base_url,
            "auth": {"type": "bearer", "token": key},
            "paginator": {"type": "cursor", "cursor_path": "next_page", "cursor_param": "page"},
        },
        "resources": [
            {
                "name": "costs",
                "primary_key": "start_time",
                "write_disposition": "merge",
                "endpoint": {
                    "path": "organization/costs",
                    "params": parameters,
                    "data_selector": "data",
                    "incremental": incremental,
                },
            }
        ],
    }
    return _turn(lambda: pipeline.run(rest_api_source(config)))


def official(
    *, folder: str, base_url: str, key: str, start: int, now: int, days_again: int
) -> Callable[[], Reading]:
    """A loop over the official SDK into Parquet: from the last bucket on, and `days_again` before that.

    With days that are read again, it drops the older of two rows with the same key; else it appends.
    """
    from openai import OpenAI

    pd: Any = importlib.import_module("pandas")
    del now
    client = OpenAI(api_key="unused", admin_api_key=key, base_url=base_url)
    file = Path(folder) / "costs.parquet"

    def update() -> None:
        known = pd.read_parquet(file) if file.exists() else None
        begin = start if known is None else int(known["start_time"].max()) - days_again * DAY
        table = pd.DataFrame(list(_official_rows(client, begin)))
        if known is not None:
            table = pd.concat([known, table])
        if days_again:
            table = table.drop_duplicates(["start_time", *DIMENSIONS], keep="last")
        table.to_parquet(file)

    return _turn(update)


def _official_rows(client: Any, start: int) -> Iterator[dict[str, Any]]:
    from openai import omit

    cursor: str | None = None
    while True:
        page = client.admin.organization.usage.costs(
            start_time=start, group_by=list(DIMENSIONS), limit=_LARGEST, page=cursor or omit
        )
        for bucket in page.data:
            for result in bucket.results:
                yield {
                    "start_time": bucket.start_time,
                    "project_id": result.project_id,
                    "line_item": result.line_item,
                    "amount": float(result.amount.value),
                }
        if not page.has_more:
            return
        cursor = page.next_page


def _pipeline(folder: str) -> Any:
    os.environ.update(RUNTIME__DLTHUB_TELEMETRY="false", RUNTIME__LOG_LEVEL="CRITICAL", DLT_DATA_DIR=folder)
    import dlt

    return dlt.pipeline(
        "kept",
        destination=dlt.destinations.duckdb(str(Path(folder) / "warehouse.duckdb")),
        dataset_name=_DATASET,
        pipelines_dir=str(Path(folder) / "pipelines"),
    )


def _turn(update: Callable[[], object]) -> Callable[[], Reading]:
    """A turn that times one update."""

    def turn() -> Reading:
        began = time.perf_counter_ns()
        update()
        return Reading((time.perf_counter_ns() - began) / 1e9, [])

    return turn
