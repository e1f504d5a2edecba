"""A key or address that is nearly right: the error says what it is and what is missing."""

from __future__ import annotations

import pytest

from openai_org_usage import UsageClient
from openai_org_usage.errors import ConfigurationError

USER_KEY = "sk-" + "Aa1" * 6 + "T3BlbkFJ" + "b2C" * 6 + "Zz99"


def test_a_key_of_the_old_kind_is_refused() -> None:
    """It belongs to a user, and no such key reads usage; it is not shown."""
    with pytest.raises(ConfigurationError, match="is a user's key") as caught:
        UsageClient(admin_key=USER_KEY)
    assert USER_KEY not in str(caught.value)


@pytest.mark.parametrize("key", ["sk-admin-x", "sk-next-kind-of-key", "gateway_7f3a", USER_KEY + "0"])
def test_a_key_of_a_kind_that_is_not_known_is_let_through(key: str) -> None:
    """A gateway may have its own keys, and OpenAI new kinds: the server decides."""
    UsageClient(admin_key=key).close()


@pytest.mark.parametrize(
    ("other", "hint"),
    [
        ("sk-proj-canary", "OPENAI_API_KEY is set, but the key of a project or user cannot read usage"),
        ("sk-admin-canary", "OPENAI_API_KEY holds an admin key, but is not read: move it"),
    ],
)
def test_a_key_in_the_other_variable_is_noticed(
    other: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where only OPENAI_API_KEY is set, the error says why that is not enough, and shows no key."""
    monkeypatch.delenv("OPENAI_ADMIN_KEY", raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", other)
    with pytest.raises(ConfigurationError, match=hint) as caught:
        UsageClient()
    assert "canary" not in str(caught.value)
    assert "set OPENAI_ADMIN_KEY" in str(caught.value)


@pytest.mark.parametrize(
    ("url", "better"),
    [
        ("https://api.openai.com", "https://api.openai.com/v1"),
        ("https://api.openai.com/", "https://api.openai.com/v1"),
        ("https://eu.api.openai.com", "https://eu.api.openai.com/v1"),
    ],
)
def test_an_official_address_without_its_path_is_refused(url: str, better: str) -> None:
    """It would answer every request with a bare 404."""
    with pytest.raises(ConfigurationError, match=f"lacks the path /v1.* write {better}$"):
        UsageClient(admin_key="sk-admin-x", base_url=url)


@pytest.mark.parametrize(
    "url", ["https://api.openai.com/v1/", "https://gateway.test", "https://notapi.openai.com"]
)
def test_other_addresses_need_no_path(url: str) -> None:
    """What a gateway serves at its root is its own affair."""
    with UsageClient(admin_key="sk-admin-x", base_url=url) as client:
        assert client.base_url == url.rstrip("/")
