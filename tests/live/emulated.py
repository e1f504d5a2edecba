"""A client of an emulator with a fault in every answer, and what a plain program gets from one."""

from __future__ import annotations

import contextlib
import json
import urllib.error
import urllib.request
from collections.abc import Generator
from typing import Any

import pytest

from openai_org_usage import (
    RetryPolicy,
    UsageClient,
)
from openai_org_usage.emulator import Emulator, FaultPlan, faults

from ..conftest import NOW


@contextlib.contextmanager
def emulated(fault: faults.Fault | None = None, **options: Any) -> Generator[UsageClient]:
    """A client of an emulator that stands still at NOW and has `fault` in every answer."""
    with (
        Emulator(now=lambda: NOW, faults=FaultPlan(fault) if fault else None, **options) as api,
        UsageClient(
            admin_key=api.admin_key,
            base_url=api.base_url,
            clock=lambda: NOW,
            retry=RetryPolicy(max_retries=0),
        ) as client,
    ):
        yield client


def answer(emulator: Emulator, path: str, query: str) -> tuple[dict[str, Any], dict[str, str]]:
    """What a plain program gets: the JSON body and the headers."""
    request = urllib.request.Request(f"{emulator.base_url}/organization/{path}?{query}")
    request.add_header("Authorization", f"Bearer {emulator.admin_key}")
    with urllib.request.urlopen(request) as response:
        return json.load(response), {name.lower(): value for name, value in response.headers.items()}


def refusal(emulator: Emulator, path: str, query: str) -> tuple[int, dict[str, Any]]:
    """What a plain program is refused with: the status and the JSON body."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        answer(emulator, path, query)
    with caught.value as refused:
        return refused.code, json.load(refused)


def results(page: dict[str, Any]) -> list[dict[str, Any]]:
    """All results of a page."""
    return [result for bucket in page["data"] for result in bucket["results"]]
