"""The Python of the pages that no other test runs, and what the pages say of the tree."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from openai_org_usage.emulator import Emulator

DOCS = Path(__file__).parent.parent / "docs"
PAGES = ("quickstart", "recipes", "errors")

pytestmark = pytest.mark.skipif(not DOCS.is_dir(), reason="the documentation is not shipped")

_RUN_EACH = """
import json, sys
for number, block in enumerate(json.load(sys.stdin), 1):
    print(f"# block {number}", flush=True)
    exec(compile(block, f"block {number}", "exec"), {"__name__": "__main__"})
"""


@pytest.mark.parametrize("page", PAGES)
def test_every_python_block_runs(page: str, emulator: Emulator, tmp_path: Path) -> None:
    """One after the other, each in a namespace of its own, with key and address in the environment."""
    blocks = re.findall(r"```python\n(.*?)```", (DOCS / f"{page}.md").read_text(), flags=re.DOTALL)
    keys = {"OPENAI_ADMIN_KEY": emulator.admin_key, "OPENAI_BASE_URL": emulator.base_url}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _RUN_EACH],
        input=json.dumps(blocks),
        env={**os.environ, **keys},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-500:] + done.stderr
    assert done.stdout.count("# block") == len(blocks) > 0


def test_every_page_is_in_the_contents() -> None:
    """A page that nobody finds is not written."""
    contents = (DOCS / "index.md").read_text()
    pages = {path.stem for path in DOCS.glob("*.md")} - {"index"}
    assert {page for page in pages if not re.search(rf"^{page}$", contents, flags=re.MULTILINE)} == set()
