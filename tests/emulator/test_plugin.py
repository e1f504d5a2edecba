"""The pytest plugin, in folders of their own, as its users have it; and the examples of docs/testing.md."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from openai_org_usage.emulator import faults

DOCUMENT = Path(__file__).parents[2] / "docs" / "testing.md"


def run_pytest(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run pytest on a folder, warnings being errors; return its exit code and what it printed."""
    command = [sys.executable, "-m", "pytest", "-W", "error", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def documented_files() -> dict[str, str]:
    """The Python blocks of the document, by the file name in their first line."""
    text = DOCUMENT.read_text() if DOCUMENT.is_file() else ""
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    return {block.partition("\n")[0].removeprefix("# "): block for block in blocks}


@pytest.mark.skipif(not DOCUMENT.is_file(), reason="the document is not shipped")
def test_the_documented_examples_pass(tmp_path: Path) -> None:
    """Every Python block is a file; in one folder, all of their tests pass."""
    files = documented_files()
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    tests = sum(len(re.findall(r"^ *def test_", content, flags=re.MULTILINE)) for content in files.values())

    code, output = run_pytest(tmp_path)

    assert code == 0, output
    assert f"{tests} passed" in output
    assert set(files) >= {"billing.py", "test_billing.py", "conftest.py", "test_without_pytest.py"}


@pytest.mark.skipif(not DOCUMENT.is_file(), reason="the document is not shipped")
def test_every_fault_is_documented() -> None:
    """By an example call."""
    text = DOCUMENT.read_text()

    assert [name for name in faults.__all__ if f"{name}(" not in text] == ["Fault", "FaultPlanError"]


FOLDER = {
    "test_a_light.py": """
        import sys

        LOADED = set(sys.modules)  # before the other files here are collected
        HEAVY = {"httpx", "starlette", "uvicorn", "attrs", "msgspec", "openai_org_usage.client"}

        def test_nothing_is_imported_without_a_fixture():
            assert "openai_org_usage.pytest_plugin" in LOADED
            assert not HEAVY & LOADED
    """,
    "test_plugin.py": """
        import asyncio
        import os

        import pytest

        from openai_org_usage import RateLimitError, UsageClient
        from openai_org_usage.emulator import FaultPlan
        from openai_org_usage.emulator.faults import QuotaExceeded, Status

        @pytest.mark.usage_faults(QuotaExceeded())
        def test_a_marker_plants_faults(usage_client):
            with pytest.raises(RateLimitError):
                list(usage_client.images(start_time="2d"))

        def test_the_next_test_has_none(usage_client, usage_emulator):
            assert len(list(usage_client.images(start_time="2d"))) == 2
            assert usage_emulator.dealt == []
            assert len(usage_emulator.requests) == 1

        @pytest.mark.usage_faults(FaultPlan({1: QuotaExceeded()}))
        @pytest.mark.usefixtures("usage_emulator")
        class TestMany:
            def test_a_plan_is_good_for_a_class(self):
                with UsageClient() as client, pytest.raises(RateLimitError):
                    list(client.images(start_time="2d"))

            def test_and_is_planted_anew_for_each_test(self):
                with UsageClient() as client, pytest.raises(RateLimitError):
                    list(client.images(start_time="2d"))

        def test_the_asynchronous_client(async_usage_client):
            async def count():
                async with async_usage_client as client:
                    return len([bucket async for bucket in client.images(start_time="2d")])

            assert asyncio.run(count()) == 2

        def test_the_environment_is_restored():
            assert "OPENAI_BASE_URL" not in os.environ
    """,
    "test_wrong.py": """
        import pytest

        from openai_org_usage.emulator.faults import Drop, Field

        @pytest.mark.usage_faults(Drop())
        def test_forgotten():
            pass

        @pytest.mark.usage_faults({0: Drop()})
        def test_bad_plan(usage_emulator):
            pass

        @pytest.mark.usage_faults(Field("batch", 1), operations="costs")
        def test_impossible_plan(usage_client):
            pass
    """,
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of tests, outside of this project and its settings."""
    for name in ("OPENAI_BASE_URL", "OPENAI_ADMIN_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name, content in FOLDER.items():
        lines = [line.removeprefix(" " * 8) for line in content.strip("\n").splitlines()]
        (tmp_path / name).write_text("\n".join(lines) + "\n")
    return tmp_path


def test_fixtures_and_marker_work_together(folder: Path) -> None:
    """Faults last for one test, nothing is imported before a fixture is used, wrong use is explained."""
    code, output = run_pytest(folder, "--strict-markers")

    assert "7 passed, 3 errors" in output, output
    assert code == 1
    assert "@pytest.mark.usefixtures('usage_emulator')" in output
    assert "requests are numbered 1, 2, 3, and so on; 0 is no such number" in output
    assert "it can happen to completions" in output


def test_pytest_lists_the_fixtures(folder: Path) -> None:
    """With a sentence on each."""
    _, listed = run_pytest(folder, "--fixtures", "test_a_light.py")

    for name in ("usage_emulator", "usage_client", "async_usage_client", "usage_emulator_options"):
        assert re.search(rf"^{name}\b.*\n    \w+", listed, flags=re.MULTILINE), name
