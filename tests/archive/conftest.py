"""An object store on this machine, and storages of both kinds."""

from __future__ import annotations

import itertools
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from openai_org_usage.archive.storage.storage import Storage, open_storage
from openai_org_usage.emulator import Emulator

from .world import DAYS_SERVED, MovingClock, World, world_in

_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """The address of an S3 server with one bucket, `bucket`."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    request = urllib.request.Request(f"http://{host}:{port}/bucket", method="PUT")
    urllib.request.urlopen(request).close()
    yield f"{host}:{port}"
    server.stop()


@pytest.fixture
def s3_url(s3_endpoint: str) -> str:
    """A URL in the bucket where nothing is yet."""
    options = f"scheme=http&endpoint_override={s3_endpoint}&region=us-east-1"
    return f"s3://access:secret@bucket/archive-{next(_NUMBERS)}?{options}"


@pytest.fixture(params=["folder", "s3"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A place for an archive, of each kind."""
    if request.param == "folder":
        return str(tmp_path / "archive")
    url: str = request.getfixturevalue("s3_url")
    return url


@pytest.fixture
def storage(location: str) -> Storage:
    """The storage there."""
    return open_storage(location)


@pytest.fixture(scope="session")
def moving_clock() -> MovingClock:
    """The clock of the emulated world."""
    return MovingClock()


@pytest.fixture(scope="session")
def served_api(moving_clock: MovingClock) -> Iterator[Emulator]:
    """An emulator that serves some weeks, at the present of the test."""
    with Emulator(now=moving_clock, lookback_days=DAYS_SERVED) as api:
        yield api


@pytest.fixture
def world(tmp_path: Path, served_api: Emulator, moving_clock: MovingClock) -> Iterator[World]:
    """An organization, and a folder in which nothing is kept yet."""
    with world_in(tmp_path / "archive", served_api, moving_clock) as world:
        yield world
