"""What is taken out of texts that are shown, what is left in them, and that answers are never touched."""

from __future__ import annotations

import base64
import gc
import html
import json
import weakref
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_org_usage import UsageClient
from openai_org_usage._generated import holds_key, redacted
from openai_org_usage.credentials import AdminKey
from openai_org_usage.emulator import Emulator

from .conftest import DAY, MIDNIGHT, NOW
from .contract.profiles import examples
from .scripted import error, scripted

ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
SECRETS = st.text(ALPHABET, min_size=20, max_size=60)
BEGINNINGS = st.sampled_from(["sk-admin-", "sk-proj-", "sk-svcacct-"])
OTHERS = st.sampled_from(["sk-", "sk-ant-", "sk-or-v1-", "sess-", "AIza", "gsk_", "hf_", "xai-"])
OTHER_SECRETS = st.from_regex(r"[A-Za-z0-9_-]{0,9}[a-z]{1,8}[0-9][A-Za-z0-9]{16,40}", fullmatch=True)
"""A random text of that length has a digit in it, as names of files seldom have."""
KEYS = st.tuples(BEGINNINGS, SECRETS) | st.tuples(OTHERS, OTHER_SECRETS)
ESCAPES: dict[str, Callable[[str], str]] = {
    "none": str,
    "percent": quote,
    "every character": lambda text: "".join(f"%{ord(char):02X}" for char in text),
    "json": json.dumps,
    "json codes": lambda text: "".join(f"\\u{ord(char):04x}" for char in text),
    "entities": lambda text: "".join(f"&#x{ord(char):x};" for char in text),
    "python": lambda text: "".join(f"\\x{ord(char):02x}" for char in text),
    "capitals": str.upper,
    "bytes": lambda text: repr(text.encode()),
}


@given(KEYS, st.lists(st.sampled_from(sorted(ESCAPES)), max_size=3), st.text(max_size=20))
@examples(200, 5_000)
def test_a_key_is_known_by_its_form(parts: tuple[str, str], layers: list[str], around: str) -> None:
    """In any text, under layers of escapes; what is around it stays."""
    key, secret = "".join(parts), parts[1]
    for layer in layers:
        key = ESCAPES[layer](key)
    assert holds_key(f"{around} {key} ")
    shown = redacted(f"before {key} after")
    assert secret.lower() not in shown.lower()
    assert shown.startswith("before ")
    assert shown.endswith(" after")


@given(SECRETS, st.integers(0, 3), st.text(ALPHABET, max_size=5))
@examples(100, 2_000)
def test_a_key_in_base64_is_known(secret: str, shift: int, user: str) -> None:
    """As Basic auth has it, and wherever in a longer word it begins."""
    inner = base64.b64encode(f"{user}:sk-admin-{secret}".encode()).decode()
    shown = redacted(f"Basic {'x' * shift}{inner}")
    assert inner not in shown
    assert "[admin key]" in shown


@given(st.text(max_size=60))
@examples(200, 5_000)
def test_other_texts_stay_as_they_are(text: str) -> None:
    """Escapes included."""
    assert redacted(text) == text or holds_key(text) or "@" in text


@pytest.mark.parametrize(
    "text",
    [
        "usage and costs need an admin key of the organization (it begins sk-admin-), sk-admin-…, sk-proj-…",
        "task-force-and-risk-management, desk-research-2026-11, sk-learn-report.csv, sk-bratislava-office-2",
        "sk-service-reports.csv, sk-ant-hill, sk-none-such, sk-or-not",
        "sk-admin-costs.csv, ./sk-proj-usage.parquet",
        "/home/sk-learn-project-2024-with-long-name.csv, sk-slovakia-2024-usage-report-q1-final",
        "sess-planning-2024-q3-retrospective, gsk_pharmaceuticalsinternational, xai-grokgrokgrokgrokgrok",
        "gpt-4o-mini-2024-07-18, input",
        "https://api.openai.com/v1/organization/costs?start_time=1795132800",
        "someone@example.test wrote https://api.test/v1, and sess-ion",
        "C:\\users\\new\\x.csv: 100%25 of %s",
    ],
)
def test_ordinary_texts_stay_as_they_are(text: str) -> None:
    """Nothing is blotted out that only resembles a key."""
    assert redacted(text) == text


@pytest.mark.parametrize(
    "piece",
    ["sk-", "sk-admin-", "sess-", "a-", "%", "%25", "\\\\", "&#", "://", "://@", "A", "aA0+", "sk-a_"],
)
def test_no_text_makes_the_search_slow(piece: str) -> None:
    """A hostile server may send thousands of beginnings; a search that went wrong would take hours."""
    redacted(piece * (200_000 // len(piece)), echoed=True)


def test_user_and_password_of_urls_are_not_shown() -> None:
    """As proxies have them."""
    shown = redacted("http://user:pass@proxy.test:3128 refused")
    assert shown == "http://[credentials]@proxy.test:3128 refused"


def test_a_key_in_use_is_known_by_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a client has it, or the environment; nothing else keeps it alive."""
    value = "gateway.0123456789.abc"
    assert redacted(f"<{value}>") == f"<{value}>"
    key = AdminKey(value)
    assert redacted(f"<{value}> <{value.upper()}> <{quote(quote(value, safe=''))}>") == (
        "<[admin key]> <[admin key]> <[admin key]>"
    )
    alive = weakref.ref(key)
    del key
    gc.collect()
    assert alive() is None
    assert redacted(f"<{value}>") == f"<{value}>"
    monkeypatch.setenv("OPENAI_API_KEY", value)
    assert redacted(f"<{value}>") == "<[admin key]>"


def test_the_entities_of_html_hide_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that have names, as an error page of a proxy may quote a key with such characters."""
    key = 'a gateway\'s <key> & "more" of it'
    monkeypatch.setenv("OPENAI_ADMIN_KEY", key)
    assert redacted(f"no: {html.escape(key)}!") == "no: [admin key]!"
    assert redacted(f"no: {html.escape(html.escape(key))}!") == "no: [admin key]!"


@pytest.mark.parametrize("key", ["test", "a", "gpt", "costs", "2026"])
def test_a_short_key_leaves_sentences_alone(key: str) -> None:
    """It may be an everyday word. A server may have it from us: out of that text it is taken, as a word."""
    client, _ = scripted(error(401, f"Incorrect key: {key}, in {key}ing"), admin_key=key)
    with pytest.raises(Exception, match="401") as caught:
        list(client.costs(start_time=MIDNIGHT - DAY))
    assert str(caught.value).startswith(
        f"costs: status 401: Incorrect key: [admin key], in {key}ing (usage and costs need an admin key"
    )
    assert redacted(f"the key {key} in costs of test") == f"the key {key} in costs of test"


@pytest.mark.parametrize("key", ["test", "a", "gpt", "0123456789abcdefghij"])
def test_answers_are_never_rewritten(key: str, tmp_path: Path) -> None:
    """Pages, rows, CSV and JSON are what the server sent, whatever the key."""
    with Emulator(now=lambda: NOW) as plain, Emulator(now=lambda: NOW, admin_key=key) as odd:
        whole, other = (_everything(each, tmp_path / str(number)) for number, each in enumerate((plain, odd)))
    assert other == whole
    assert "gpt-" in whole[0]


def _everything(emulator: Emulator, folder: Path) -> tuple[str, ...]:
    folder.mkdir()
    with UsageClient(admin_key=emulator.admin_key, base_url=emulator.base_url, clock=lambda: NOW) as client:
        query = client.costs(start_time="9d", group_by=["line_item", "project_id"])
        for suffix in ("csv", "json", "ndjson"):
            query.write(folder / f"rows.{suffix}")
        files = [path.read_text("utf-8") for path in sorted(folder.iterdir())]
        pages = repr([page.to_dict() for page in query.pages()])
        return (*files, pages, repr([row.to_record() for row in query.rows()]))
