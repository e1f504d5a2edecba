"""What the doctor finds, and what it advises; the key is in none of it."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from ..conftest import DAY, NOW
from ..contract.wire import Wire, response
from ..scripted import error, page
from .conftest import Run
from .doctor_api import DATE, KEY, Organization, admin_key, findings


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
ENDS = datetime(2500, 6, 15, 12, tzinfo=UTC)
"""When a certificate expires: not yet, whatever the machine's clock, which judges it, says."""


def test_all_is_well(doctor: Run) -> None:
    """Exit code 0, and a line for each check."""
    lists: dict[str, list[dict[str, Any]]] = {name: [] for name in ("projects", "users")}
    organization = Organization(
        {"openai-organization": "org-1"}, usage=True, admin_api_keys=[admin_key()], **lists
    )
    said = doctor("doctor", transport=organization)
    assert (said.code, said.err) == (0, "")
    lines = [line.split() for line in said.out.splitlines() if not line.startswith(" ")]
    assert [words[1] for words in lines] == [
        "version", "pin", "extras", "key", "network", "clock", "usage", "costs", "organization", "lists",
        "own",
    ]  # fmt: skip
    assert {words[0] for words in lines} == {"ok"}


def test_every_extra_and_requirement_is_named(doctor: Run) -> None:
    """As the distribution declares them: a new one is not forgotten, and what is missing is said."""
    found = findings(doctor("doctor --format json", transport=Api(GOOD)).out)
    declared = metadata("openai-org-usage")
    extras = declared.get_all("Provides-Extra") or []
    needed = [line for line in declared.get_all("Requires-Dist") or [] if "extra ==" not in line]
    assert [extra for extra in extras if not re.search(rf"\b{extra}\b", found["extras"][1])] == []
    names = [re.split(r"[^\w-]", line)[0] for line in needed]
    assert [name for name in names if not re.search(rf"\b{name} \d", found["version"][1])] == []
    assert (len(extras) > 5, len(names) > 3) == (True, True)


def test_a_missing_extra_is_said(doctor: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one whose requirements are there in part; that is no problem."""

    def installed(name: str) -> str:
        if name == "polars":
            raise PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr("openai_org_usage.cli.doctor.installation.version", installed)
    said = doctor("doctor --format json", transport=Api(GOOD))
    present, missing = findings(said.out)["extras"][1].split("; ")
    assert "polars" not in present
    assert "polars" in missing


def test_the_emulator_is_healthy(command: Run) -> None:
    """Without a key, over a real connection."""
    said = command("doctor --emulator --format json")
    found = findings(said.out)
    assert [found[check][0] for check in ("key", "network", "usage", "costs")] == ["ok"] * 4


def test_results_of_an_unknown_kind_are_a_warning(doctor: Run) -> None:
    """The key may read them; but budget, which cannot judge them, is why somebody asks the doctor."""
    today = int(NOW) // DAY * DAY
    results = [{"object": "organization.costs.rebate"}]
    novel = {"object": "bucket", "start_time": today - DAY, "end_time": today, "results": results}
    said = doctor("doctor --format json", transport=Api(httpx.Response(200, json=page(novel))))
    state, text = findings(said.out)["costs"]
    assert (said.code, said.err, state) == (0, "", "warning")
    assert "but not every result: organization.costs.rebate" in text


def test_advice_is_broken_between_words(doctor: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`sk-admin-` stays whole, as does whatever one copies from there."""
    for key in ("sk-proj-canary-7731", "gateway-canary-7731"):
        monkeypatch.setenv("OPENAI_ADMIN_KEY", key)
        said = doctor("doctor", transport=Api(GOOD))
        assert not [line for line in said.out.splitlines() if line.endswith("sk-") or len(line) > 80]


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
        ("sk-proj-canary-7731", "problem", "is a project key (sk-proj-…) usage and costs need"),
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


def test_what_is_swapped_is_told_once(doctor: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the key, with what to do; the address, which is the same fault, is skipped."""
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "https://api.openai.com/v1")
    monkeypatch.setenv("OPENAI_BASE_URL", KEY)
    said = doctor("doctor --format json", transport=Api(GOOD))
    found = findings(said.out)
    assert (said.code, said.out.count("swapped")) == (40, 1)
    assert "the two are swapped" in found["key"][1]
    assert found["address"][0] == "skipped"
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
        ("Connection refused", "HTTPS_PROXY"),
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


@contextmanager
def secured(certificate: trustme.LeafCert, *, date: str = DATE) -> Generator[Wire]:
    """A server over TLS, which says that it is `date`; a request with the key gets a page."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    with certificate.private_key_and_cert_chain_pem.tempfile() as chain:
        context.load_cert_chain(chain)

    def answer(connection: socket.socket, head: bytes) -> None:
        status = "200 OK" if b"bearer " + KEY.encode() in head.lower() else "401 Unauthorized"
        connection.sendall(response(GOOD.content, status=status, headers=f"date: {date}\r\n"))

    with Wire(answer, tls=context) as wire:
        yield wire


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Who signs certificates: a company's proxy or gateway may have such a one."""
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The authority is the one that the environment names."""
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(("days", "state"), [(400, "ok"), (3, "warning")])
def test_a_trusted_certificate(days: int, state: str, authority: trustme.CA, doctor: Run) -> None:
    """Over a real connection: the version of TLS, until when the certificate is good, and all the rest."""
    now = ENDS.timestamp() - days * DAY
    date = format_datetime(datetime.fromtimestamp(now, UTC), usegmt=True)
    with secured(authority.issue_cert("127.0.0.1", not_after=ENDS), date=date) as server:
        said = doctor(f"doctor --format json --base-url {server.base_url}", now=now)
    found = findings(said.out)
    assert (said.code, said.err) == (0, "")
    assert [found[check][0] for check in ("network", "clock", "usage", "costs")] == ["ok"] * 4
    assert found["tls"][0] == state
    assert found["tls"][1].startswith("TLSv1.3, certificate valid until Jun 15 12:00:00 2500 GMT")
    assert ("expires soon" in found["tls"][1]) == (state == "warning")


def test_a_certificate_of_nobody_s(
    authority: trustme.CA, doctor: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same server, its authority not being named: what to set, and nothing is sent there."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with secured(authority.issue_cert("127.0.0.1")) as server:
        said = doctor(f"doctor --format json --base-url {server.base_url}")
        assert server.requests == 0
    found = findings(said.out)
    assert (said.code, found["network"][0]) == (40, "problem")
    assert "let SSL_CERT_FILE name the file" in found["network"][1]
    assert "tls" not in found


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
