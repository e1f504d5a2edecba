"""What `organizations.toml` may say, and what is refused; no key is ever shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from openai_org_usage import ConfigurationError
from openai_org_usage.archive.organizations_file import (
    ArchiveOrganization,
    read_organizations,
)

SECRET = "q7Zr2Lw9Kx4Vb8Nm"
KEY = f"sk-admin-{SECRET}{SECRET}"


def written(folder: Path, text: str) -> Path:
    path = folder / "organizations.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_organizations_are_read_in_their_order(tmp_path: Path) -> None:
    """The variable of the key is named, not read; an address is optional."""
    path = written(
        tmp_path,
        """
        [organizations.zoo]
        key_env = "ZOO_KEY"

        [organizations.acme-eu]
        key_env = "ACME_EU_KEY"
        base_url = "https://eu.api.openai.com/v1/"
        """,
    )
    assert read_organizations(path) == (
        ArchiveOrganization(name="zoo", key_env="ZOO_KEY"),
        ArchiveOrganization(name="acme-eu", key_env="ACME_EU_KEY", base_url="https://eu.api.openai.com/v1"),
    )


def table(body: str, *, name: str = "acme") -> str:
    return f"[organizations.{name}]\n{body}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no list of organizations: write [organizations.NAME]"),
        ("organizations = 3", "is no list of organizations"),
        ("[organizations]", "is no list of organizations"),
        ('[[organization]]\nname = "acme"', "is no list of organizations"),
        (table('key_env = "A"') + "[other]", "is no list of organizations"),
        ("[organizations.", "is no TOML"),
        ("a = " + "[" * 100_000, "is no TOML"),
        (table('key_env = "A"') * 2, "has a name twice"),
        (table('key_env = "A"') + table('key_env = "B"', name="ACME"), "acme and ACME, which are one folder"),
        (table('key_env = "A"') + table('key_env = "A"', name="b"), "the same key_env for acme and b"),
        (table(""), "does not say where the key of acme is"),
        (table("key_env = 3"), "does not say where the key of acme is"),
        ("[organizations]\nacme = 3", "does not say where the key of acme is"),
        (table('key_env = "A"\nbase_url = 3'), "has a base_url of acme that is no text"),
        (table('key_env = "A"\nbase_url = "http://api.test/v1"'), "would send the admin key unencrypted"),
        (table('key_env = "A"\nconcurrency = 3'), "something else than key_env and base_url for acme"),
        (table('key_env = "A"', name='"../up"'), "'../up' cannot be part of a path"),
    ],
)
@pytest.mark.usefixtures("without_collection")
def test_what_is_wrong_is_said(text: str, said: str, tmp_path: Path) -> None:
    """With the name of the file; nothing is sent."""
    path = written(tmp_path, text)
    with pytest.raises(ConfigurationError) as caught:
        read_organizations(path)
    assert str(caught.value).startswith(str(path))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        table(f'key_env = "{KEY}"'),
        table(f'key_env = "{SECRET}"'),
        table(f'admin_key = "{KEY}"'),
        table(f'key_env = "A"\nkey = "{SECRET}"'),
        table(f'key_env = "A"\nbase_url = "https://{KEY}@api.test/v1"'),
        table('key_env = "A"', name=KEY),
        table('key_env = "A"') + f"# {KEY}",
        table(f'key_env = "{KEY}'),
    ],
)
def test_a_key_in_the_file_is_refused_and_not_shown(text: str, tmp_path: Path) -> None:
    """Wherever it stands: whoever reads the file has it."""
    path = written(tmp_path, text)
    with pytest.raises(ConfigurationError) as caught:
        read_organizations(path)
    assert SECRET not in str(caught.value)


def odd_bytes(path: Path) -> None:
    path.write_bytes(b"\xff\xfe")


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (Path.mkdir, "Is a directory"),
        (Path.exists, "No such file"),
        (odd_bytes, "is no text in UTF-8"),
        (endless, "is too large"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    make: Callable[[Path], object], said: str, tmp_path: Path
) -> None:
    """With what the system says of it."""
    make(path := tmp_path / "organizations.toml")
    with pytest.raises(ConfigurationError, match=said) as caught:
        read_organizations(path)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize("name", ["acme", "acme-eu", "Acme_2.1", "0", "a" * 100])
def test_names_that_are_folders_everywhere(name: str, tmp_path: Path) -> None:
    """Also in an address, and in a glob."""
    assert read_organizations(written(tmp_path, table('key_env = "A"', name=f'"{name}"')))[0].name == name


@pytest.mark.parametrize("name", ["", ".", "..", ".a", "a.", "a/b", "a b", "a=b", "ä", "a*", "a" * 101])
def test_names_that_are_not(name: str, tmp_path: Path) -> None:
    """They are refused before anything is sent."""
    with pytest.raises(ConfigurationError, match="cannot be part of a path"):
        read_organizations(written(tmp_path, table('key_env = "A"', name=f'"{name}"')))


def test_a_missing_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that holds something else."""
    monkeypatch.delenv("ACME_KEY", raising=False)
    acme = ArchiveOrganization(name="acme", key_env="ACME_KEY")
    with pytest.raises(ConfigurationError, match="no key in ACME_KEY: set that variable; usage and costs"):
        acme.admin_key()
    monkeypatch.setenv("ACME_KEY", f"sk-proj-{SECRET}")
    with pytest.raises(ConfigurationError, match="the key in ACME_KEY is a project key") as caught:
        acme.admin_key()
    assert SECRET not in str(caught.value)
    monkeypatch.setenv("ACME_KEY", KEY)
    assert acme.admin_key() == KEY
