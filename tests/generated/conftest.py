"""One test run for each operation of the document, and a memory of new names for each test."""

from __future__ import annotations

import pytest

from openai_org_usage_generated import page_decoder

from .contract import Endpoint, endpoints


@pytest.fixture(params=endpoints(), ids=lambda endpoint: endpoint.name)
def endpoint(request: pytest.FixtureRequest) -> Endpoint:
    """Each operation of the document in turn."""
    found: Endpoint = request.param
    return found


@pytest.fixture(autouse=True)
def own_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered for the process is that of one test: others send names of their own."""
    for name in ("_announced", "_struct_decoders"):
        monkeypatch.setattr(page_decoder, name, {})
