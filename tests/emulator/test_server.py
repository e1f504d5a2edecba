"""The emulator as a thing to start and stop."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
from typing import Any

import httpx
import pytest
from openai import OpenAI

from openai_org_usage import ConfigurationError
from openai_org_usage._generated import OPERATIONS
from openai_org_usage.emulator import Emulator, RecordedRequest
from openai_org_usage.installation import install_command

from .asking import DAY, Api, api_of


def python(*arguments: str, **environment: str) -> list[str]:
    """The lines that a Python process prints."""
    done = subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_official_sdk_reads_every_endpoint(api: Api, now: int, name: str) -> None:
    """The official client gets typed results from each endpoint, grouped in its own wire form."""
    key = api.http.headers["authorization"].removeprefix("Bearer ")
    with OpenAI(admin_api_key=key, base_url=str(api.http.base_url), max_retries=0) as client:
        ask = getattr(client.admin.organization.usage, name)
        page = ask(start_time=now - 2 * DAY, limit=2, group_by=["project_id"])

    assert len(page.data) == 2
    for result in page.data[0].results:
        assert result.object == OPERATIONS[name].result_object
        assert result.project_id.startswith("proj_")


def test_a_stopped_emulator_leaves_nothing_behind() -> None:
    """After the with block its thread has ended and its port is free, even with clients open."""
    threads = set(threading.enumerate())
    with Emulator() as emulator, httpx.Client(trust_env=False) as client:
        url = httpx.URL(emulator.base_url)
        assert client.get(url).status_code == 404
        emulator.__exit__(None, None, None)

        assert set(threading.enumerate()) == threads
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((url.host, url.port or 0), timeout=5)
    with pytest.raises(RuntimeError, match="not running"):
        _ = emulator.base_url


def test_an_emulator_can_be_used_again() -> None:
    """One emulator can be started twice in a row, but not twice at once."""
    emulator = Emulator()
    for _ in range(2):
        with emulator:
            assert httpx.get(emulator.base_url, trust_env=False).status_code == 404
            with pytest.raises(RuntimeError, match="already running"):
                emulator.__enter__()


def test_a_taken_port_is_an_error() -> None:
    """A port that is in use is an OSError at once, and nothing is left running."""
    with Emulator() as first:
        taken = httpx.URL(first.base_url).port
        assert taken
        with pytest.raises(OSError, match="in use"), Emulator(port=taken):
            pass


def test_requests_are_recorded_without_the_key(now: int) -> None:
    """Tests can see what was asked, refused requests included, and never the key."""
    with Emulator(now=lambda: now) as emulator, api_of(emulator) as api:
        api.page("costs", start_time=now - DAY, group_by=["line_item", "project_id"])
        api.response("costs", colour=emulator.admin_key)
        requests = emulator.requests

    path = "/v1" + OPERATIONS["costs"].path
    grouped = (("group_by", "line_item"), ("group_by", "project_id"))
    assert requests == [
        RecordedRequest("GET", path, (("start_time", str(now - DAY)), *grouped)),
        RecordedRequest("GET", path, (("colour", "[admin key]"),)),
    ]
    assert emulator.admin_key not in repr(requests) + repr(emulator)


def test_answers_carry_openai_headers(api: Api) -> None:
    """Every answer has its own request id and a processing time, refusals too."""
    answers = [api.response("costs"), api.response("costs"), api.http.get("nowhere")]

    assert len({answer.headers["x-request-id"] for answer in answers}) == 3
    assert all(answer.headers["openai-processing-ms"].isdigit() for answer in answers)
    assert all(answer.headers["content-type"] == "application/json" for answer in answers)


def test_the_application_works_without_a_socket(now: int) -> None:
    """`app` answers as an ASGI application in the caller's own event loop."""
    emulator = Emulator(now=lambda: now, admin_key="sk-admin-of-my-own-choosing")

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=emulator.app)
        headers = {"authorization": f"Bearer {emulator.admin_key}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://emulator/v1") as client:
            params = {"start_time": now - DAY}
            return await client.get("organization/costs", params=params, headers=headers)

    assert asyncio.run(ask()).json()["data"]


def test_latency_delays_each_answer() -> None:
    """A latency beyond the client's timeout makes the client give up, and stopping still works."""
    with Emulator(latency=3600) as emulator, pytest.raises(httpx.ReadTimeout):
        httpx.get(emulator.base_url, trust_env=False, timeout=0.2)


def test_two_processes_give_the_same_bytes() -> None:
    """The same seed gives the same answers in processes that hash strings differently."""
    script = """if True:
        import hashlib, httpx
        from openai_org_usage._generated import OPERATIONS
        from openai_org_usage.emulator import Emulator
        with Emulator(seed=%d, now=lambda: 1795257020) as emulator:
            headers = {"authorization": f"Bearer {emulator.admin_key}"}
            for name, operation in OPERATIONS.items():
                groups = operation.parameter("group_by").allowed_values
                params = {"start_time": 1795000000, "limit": 2, "group_by": list(groups)}
                url = emulator.base_url + operation.path
                body = httpx.get(url, params=params, headers=headers, trust_env=False).content
                print(name, len(body), hashlib.sha256(body).hexdigest())
    """
    first = python("-c", script % 7, PYTHONHASHSEED="1")

    assert len(first) == len(OPERATIONS)
    assert first == python("-c", script % 7, PYTHONHASHSEED="2")
    assert first != python("-c", script % 8, PYTHONHASHSEED="1")


def test_without_the_extra_the_import_says_what_to_install() -> None:
    """Importing the emulator without its extra names the command that installs it."""
    script = """if True:
        import sys
        sys.modules["uvicorn"] = None
        try:
            from openai_org_usage.emulator import Emulator
        except ImportError as error:
            print(error)
    """
    (message,) = python("-c", script)

    assert install_command("emulator") in message


@pytest.mark.parametrize("value", [-1, 1.5, True, "3"])
@pytest.mark.parametrize("name", ["lookback_days", "restate_days"])
def test_days_are_whole_numbers_from_zero(name: str, value: Any) -> None:
    """Anything else is refused at once, not by each answer."""
    with pytest.raises(ConfigurationError, match=f"{name} is a whole number of days from 0, not {value!r}"):
        Emulator(**{name: value})


def test_gzip_is_for_those_who_accept_it(api: Api, now: int) -> None:
    """A page of some size is compressed on request, and has the same content."""
    ask = {"start_time": str(now - 9 * DAY), "group_by": "line_item"}
    sent: dict[str, httpx.Headers] = {}
    bodies: set[bytes] = set()
    for accepted in ("gzip, br", "identity", "br;q=1.0, gzip;q=0", "*;q=0.1"):
        answer = api.http.get("organization/costs", params=ask, headers={"accept-encoding": accepted})
        sent[accepted] = answer.headers
        bodies.add(answer.content)

    assert [accepted for accepted, headers in sent.items() if "content-encoding" in headers] == ["gzip, br"]
    assert len(bodies) == 1
    assert "content-encoding" not in api.response("costs").headers  # A refusal is too short for it.
    assert int(sent["gzip, br"]["content-length"]) < len(bodies.pop()) / 5


def test_gzip_can_be_switched_off(now: int) -> None:
    """For measurements, in which compressing would count."""
    with Emulator(now=lambda: now, gzip=False) as emulator, api_of(emulator) as api:
        answer = api.response("costs", start_time=now - 9 * DAY)

    assert "content-encoding" not in answer.headers
