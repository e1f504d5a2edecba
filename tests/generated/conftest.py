"""One test run for each operation of the document."""

from __future__ import annotations

import pytest

from .contract import Endpoint, endpoints


@pytest.fixture(params=endpoints(), ids=lambda endpoint: endpoint.name)
def endpoint(request: pytest.FixtureRequest) -> Endpoint:
    """Each operation of the document in turn."""
    found: Endpoint = request.param
    return found
