"""Clients that are shared, and how a test sees that nothing of them is left open."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from typing import Any

import httpx

from openai_org_usage import UsageClient

from .echo_server import open_files


def answered_by(answer: Callable[[httpx.Request], Any]) -> UsageClient:
    return UsageClient(**options_for("https://api.test/v1"), transport=httpx.MockTransport(answer))


def empty(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"object": "page", "data": [], "has_more": False, "next_page": None})


def settles(most: int) -> bool:
    """Whether no more than `most` descriptors are open, once the server has closed its ends."""
    for _ in range(300):
        if open_files() <= most:
            return True
        gc.collect()
        threading.Event().wait(0.01)
    return False


def options_for(base_url: str, **more: Any) -> dict[str, Any]:
    return {"admin_key": "sk-admin-x", "base_url": base_url, "deadline": 60, **more}


async def all_of(query: Any) -> list[Any]:
    return [item async for item in query]
