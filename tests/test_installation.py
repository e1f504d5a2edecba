"""What is said of adding an extra works as this was installed: from a checkout, a wheel or an index."""

from __future__ import annotations

import importlib.metadata

import attrs
import pytest

from openai_org_usage.installation import DISTRIBUTION, install_command


@attrs.frozen
class InstalledFiles:
    """What an installer has left beside the package."""

    files: dict[str, str]

    def read_text(self, name: str) -> str | None:
        return self.files.get(name)


CHECKOUT = '{"url": "file:///home/ann/my%20repo", "dir_info": {"editable": true}}'
WHEEL = '{"url": "file:///home/ann/openai_org_usage-1.0-py3-none-any.whl", "archive_info": {}}'


@pytest.mark.parametrize(
    ("files", "prefix", "command"),
    [
        ({}, "/usr", "pip install 'openai-org-usage[cli]'"),
        ({"direct_url.json": CHECKOUT}, "/usr", "pip install -e '/home/ann/my repo[cli]'"),
        (
            {"direct_url.json": WHEEL},
            "/v",
            "pip install '/home/ann/openai_org_usage-1.0-py3-none-any.whl[cli]'",
        ),
        ({"INSTALLER": "uv\n"}, "/home/ann/repo/.venv", "uv pip install 'openai-org-usage[cli]'"),
        (
            {"direct_url.json": WHEEL, "INSTALLER": "uv"},
            "/home/ann/.local/share/uv/tools/openai-org-usage",
            "uv tool install --force '/home/ann/openai_org_usage-1.0-py3-none-any.whl[cli]'",
        ),
        (
            {"INSTALLER": "pip"},
            "/home/ann/.local/share/pipx/venvs/openai-org-usage",
            "pipx install --force 'openai-org-usage[cli]'",
        ),
        ({"direct_url.json": "not JSON"}, "/usr", "pip install 'openai-org-usage[cli]'"),
    ],
    ids=["an index", "a checkout", "a wheel", "by uv", "as a tool of uv", "by pipx", "a damaged file"],
)
def test_the_command_fits_the_installation(
    files: dict[str, str], prefix: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what put it here, from where it came."""

    def found(_: str) -> InstalledFiles:
        return InstalledFiles(files)

    def required(_: str) -> list[str]:
        return []

    monkeypatch.setattr(importlib.metadata, "distribution", found)
    monkeypatch.setattr(importlib.metadata, "requires", required)
    assert install_command("cli", prefix=prefix) == command


def version(library: str) -> str:
    """The version of every library but one."""
    if library == "not-here":
        raise importlib.metadata.PackageNotFoundError
    return "1.0"


@pytest.mark.parametrize(
    ("prefix", "command"),
    [
        ("/usr", "pip install 'openai-org-usage[xlsx]'"),
        ("/home/ann/pipx/venvs/it", "pipx install --force 'openai-org-usage[arrow,cli,emulator,xlsx]'"),
    ],
    ids=["adding to it", "replacing it"],
)
def test_a_command_that_replaces_what_is_there_keeps_its_extras(
    prefix: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that bring something, and are whole: `archive` is not, and `demo` is `cli` and `emulator`."""
    required = [
        "httpx<1",
        "click>=8.3; extra == 'cli'",
        "rich; extra == 'cli'",
        "uvicorn; extra == 'emulator'",
    ]
    required += [f"{name}; extra == 'demo'" for name in ("click", "rich", "uvicorn")]
    required += ["pyarrow; extra == 'arrow'", "pyarrow; extra == 'archive'", "not-here; extra == 'archive'"]
    monkeypatch.setattr(importlib.metadata, "requires", {DISTRIBUTION: required}.get)
    monkeypatch.setattr(importlib.metadata, "distribution", {DISTRIBUTION: InstalledFiles({})}.get)
    monkeypatch.setattr(importlib.metadata, "version", version)
    assert install_command("xlsx", prefix=prefix) == command
