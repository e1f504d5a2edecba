"""What stands in the templates: code that varies with the document, and little else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from codegen.generate import TEMPLATES

AT_MOST = 40
"""Lines of a template that are the same for every document; more of them belong into overlays/runtime."""

LOOP = re.compile(r"{%-?\s*(end)?for\b")
VARIES = re.compile(r"{[{%]")


def constant_lines(text: str) -> list[str]:
    """The lines of a template that nothing of the document stands in and that no loop repeats."""
    depth, found = 0, list[str]()
    for line in text.splitlines():
        if not depth and line.strip() and not VARIES.search(line):
            found.append(line)
        depth += sum(-1 if end else 1 for end in LOOP.findall(line))
    return found


@pytest.mark.parametrize("path", sorted(TEMPLATES.iterdir()), ids=lambda path: path.name)
def test_templates_hold_what_varies_with_the_document(path: Path) -> None:
    """A module that is the same for every document is plain Python in overlays/runtime."""
    assert path.suffix == ".jinja"
    assert len(constant_lines(path.read_text(encoding="utf-8"))) <= AT_MOST


def test_lines_in_loops_are_not_constant() -> None:
    """The measure itself: two lines of this text are the same for every document."""
    loop = "{% for a in b %}\nf(\n    {{ a | name }}\n)\n{% endfor %}\n"
    text = f"import x\n{loop}\ny = {{{{ c | literal }}}}\nz = 1\n"

    assert constant_lines(text) == ["import x", "z = 1"]
