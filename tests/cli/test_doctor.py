"""What the doctor finds, and what it advises; the key is in none of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime

import httpx
import pytest

from ..conftest import NOW
from ..scripted import error, page
from .conftest import Run

KEY = "sk-admin-canary-7731"
DATE = format_datetime(datetime.fromtimestamp(NOW, UTC), usegmt=True)


class Api(httpx.MockTransport):
    """Refuses a request without a key, and answers one with it as it is told."""

    def __init__(self, answer: httpx.Response, *, date: str = DATE, status: int = 401) -> None:
        self._answer, self._date, self._status = answer, date, status
        super().__init__(self._respond)

    def _respond(self, request: httpx.Request) -> httpx.Response:
        if "authorization" not in request.headers:
            return httpx.Response(self._status, headers={"date": self._date})
        return httpx.Response(self._answer.status_code, content=self._answer.content)


@pytest.fixture
def doctor(command: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, with a key and OpenAI's own address."""
    monkeypatch.setenv("OPENAI_ADMIN_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL")
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return command


GOOD = httpx.Response(200, json=page())


def findings(said: str) -> dict[str, tuple[str, str]]:
    """State and text of each finding, by check."""
    found: list[dict[str, str]] = json.loads(said)["findings"]
    return {f["check"]: (f["state"], f"{f['said']} {f['advice'] or ''}") for f in found}


def test_all_is_well(doctor: Run) -> None:
    """Exit code 0, and a line for each check."""
    said = doctor("doctor", transport=Api(GOOD))
    assert (said.code, said.err) == (0, "")
    lines = [line.split() for line in said.out.splitlines() if not line.startswith(" ")]
    assert [words[1] for words in lines] == [
        "version", "pin", "extras", "key", "network", "clock", "usage", "costs"
    ]  # fmt: skip
    assert {words[0] for words in lines} == {"ok"}


def test_the_emulator_is_healthy(command: Run) -> None:
    """Without a key, over a real connection."""
    said = command("doctor --emulator --format json")
    found = findings(said.out)
    assert [found[check][0] for check in ("key", "network", "usage", "costs")] == ["ok"] * 4


@pytest.mark.parametrize(
    ("answer", "check", "advice"),
    [
        (error(401, "Incorrect", code="invalid_api_key"), "usage", "make an admin key under API keys"),
        (error(403, "Missing scopes: api.usage.read"), "costs", "may read usage (scope api.usage.read)"),
        (error(429, "Slow"), "usage", "wait a minute"),
        (error(429, "Spent", code="insufficient_quota"), "costs", "plan and billing"),
        (error(500, "Oops"), "usage", "request ids"),
    ],
)
def test_what_the_key_may_not_read(answer: httpx.Response, check: str, advice: str, doctor: Run) -> None:
    """Exit code 40, and what to do."""
    said = doctor("doctor --format json --max-retries 0", transport=Api(answer))
    assert said.code == 40
    assert findings(said.out)[check][0] == "problem"
    assert advice in findings(said.out)[check][1]


@pytest.mark.parametrize(
    ("key", "state", "text"),
    [
        ("", "problem", "there is no key in OPENAI_ADMIN_KEY set OPENAI_ADMIN_KEY"),
        ("sk-proj-canary-7731", "problem", "is a project key"),
        ("gateway-canary-7731", "warning", "does not begin with sk-admin-"),
    ],
)
def test_keys_of_another_kind(
    key: str, state: str, text: str, doctor: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What kind it is, and never the key; nothing is asked with one that cannot do."""
    monkeypatch.setenv("OPENAI_ADMIN_KEY", key)
    said = doctor("doctor --format json", transport=Api(GOOD))
    found = findings(said.out)
    assert found["key"][0] == state
    assert text in found["key"][1]
    assert ("permissions" in found) == (state == "problem")
    assert "canary" not in said.out + said.err


@pytest.mark.parametrize(
    ("seconds", "state", "text"),
    [(1, "ok", "agrees"), (30, "warning", "30 s ahead of"), (-900, "problem", "900 s behind")],
)
def test_a_clock_that_is_off(seconds: int, state: str, text: str, doctor: Run) -> None:
    """By seconds is a warning, by minutes a problem; permissions are checked all the same."""
    there = format_datetime(datetime.fromtimestamp(NOW - seconds, UTC), usegmt=True)
    found = findings(doctor("doctor --format json", transport=Api(GOOD, date=there)).out)
    assert found["clock"][0] == state
    assert text in found["clock"][1]
    assert found["usage"][0] == "ok"


@pytest.mark.parametrize(
    ("status", "text"), [(404, "is OPENAI_BASE_URL right, path included?"), (503, "the API is failing")]
)
def test_somebody_else_answers(status: int, text: str, doctor: Run) -> None:
    """The key is not sent there."""
    found = findings(doctor("doctor --format json", transport=Api(GOOD, status=status)).out)
    assert found["network"][0] == "problem"
    assert text in found["network"][1]
    assert "usage" not in found


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "SSL_CERT_FILE"),
        ("[Errno -2] Name or service not known", "DNS"),
        ("All connection attempts failed", "HTTPS_PROXY"),
    ],
)
def test_nobody_answers(reason: str, advice: str, doctor: Run) -> None:
    """Why, as far as the system says, and what that means."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(reason, request=request)

    said = doctor("doctor --format json", transport=httpx.MockTransport(refuse))
    assert said.code == 40
    assert findings(said.out)["network"][0] == "problem"
    assert reason in findings(said.out)["network"][1]
    assert advice in findings(said.out)["network"][1]


def test_an_unsafe_address_is_not_asked(doctor: Run) -> None:
    """As every command refuses it."""
    found = findings(doctor("doctor --format json --base-url http://example.com/v1").out)
    assert found["address"][0] == "problem"
    assert "network" not in found


def test_an_old_pin_is_noticed(doctor: Run) -> None:
    """After nine months."""
    said = doctor("doctor --format json", transport=Api(GOOD), now=NOW + 300 * 86_400)
    assert findings(said.out)["pin"][0] == "warning"
    assert "pip install --upgrade" in findings(said.out)["pin"][1]
