"""--dry-run: the requests as commands for a shell, the key left to the shell."""

from __future__ import annotations

import shlex
import subprocess
from urllib.parse import parse_qsl, urlsplit

import pytest

from openai_org_usage.emulator import Emulator

from .conftest import Run

KEY = "sk-admin-canary-2209"


def test_it_needs_no_key_and_shows_none(command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key is the shell's affair."""
    monkeypatch.setenv("OPENAI_ADMIN_KEY", KEY)
    with_key = command("costs --last 3d --dry-run")
    monkeypatch.delenv("OPENAI_ADMIN_KEY")
    assert command("costs --last 3d --dry-run") == with_key
    assert with_key.code == 0
    assert KEY not in with_key.out + with_key.err
    assert '--header "Authorization: Bearer $OPENAI_ADMIN_KEY"' in with_key.out


def test_a_shell_gives_curl_what_the_client_sends(
    command: Run, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is in the values: quotes, blanks, dollars, what is no ASCII; nothing of it is executed."""
    values = ["it's", 'a "b"', "$(exit 9)", "`x`", "a&b=c", "naïve;"]
    words = " ".join(f"--models {shlex.quote(value)}" for value in values)
    said = command(f"completions --last 2d {words} --dry-run")
    curl = "curl() { printf '%s\\n' \"$@\"; }\n"

    done = subprocess.run(
        ["sh", "-eu", "-c", curl + said.out],
        env={"OPENAI_ADMIN_KEY": KEY},
        capture_output=True,
        text=True,
        check=True,
    )

    *_, header, url = done.stdout.splitlines()
    assert header == f"Authorization: Bearer {KEY}"
    assert [value for name, value in parse_qsl(urlsplit(url).query) if name == "models"] == values
    emulator.reset()
    assert command(f"completions --last 2d {words}").code == 0
    assert url == f"{emulator.base_url}/organization/usage/completions?" + urlsplit(url).query
    assert list(emulator.requests[0].query) == parse_qsl(urlsplit(url).query)


def test_all_windows_that_are_known_beforehand(command: Run, emulator: Emulator) -> None:
    """The same requests in number and content as a pull sends."""
    line = "images --start-time 2026-08-01 --end-time 2026-11-01 --group-by size"
    planned = command(f"{line} --dry-run").requests
    emulator.reset()

    assert command(line).code == 0

    sent = sorted(sorted(request.query) for request in emulator.requests)
    assert sent == sorted(map(sorted, planned))
    assert len(planned) == 3


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--array-format brackets", [("group_by[]", "size"), ("group_by[]", "model"), ("limit", "31")]),
        ("--limit 5", [("group_by", "size"), ("group_by", "model"), ("limit", "5")]),
        ("--concurrency 1", [("group_by", "size"), ("group_by", "model"), ("limit", "31")]),
    ],
)
def test_options_show(options: str, expected: list[tuple[str, str]], command: Run) -> None:
    """As they change what is sent."""
    said = command(f"images --start-time 1795046400 --group-by size,model {options} --dry-run")
    assert said.requests == [[("start_time", "1795046400"), *expected]]


def test_the_base_url_is_checked(command: Run) -> None:
    """As for a real request: a key must not be sent there."""
    said = command("images --last 1d --dry-run --base-url http://example.com/v1")
    assert (said.code, said.out) == (20, "")
    assert "would send the admin key unencrypted" in said.err
    good = command("images --last 1d --dry-run --base-url https://gateway.example/openai/v1/")
    assert "'https://gateway.example/openai/v1/organization/usage/images?" in good.out
