"""From the changes to an exit status and the next version."""

from __future__ import annotations

import pytest

from codegen.diff.release import EXIT_STATUS, heaviest, next_version
from codegen.diff.rules import Effect
from codegen.errors import CodegenError

from .pins import changes_by, fields, operation


@pytest.mark.parametrize(
    ("current", "effect", "following"),
    [
        ("0.1.0", "breaking", "0.2.0"),
        ("0.1.3", "additive", "0.1.4"),
        ("0.1.3", "neutral", "0.1.4"),
        ("0.1.3", None, "0.1.3"),
        ("1.2.3", "breaking", "2.0.0"),
        ("1.2.3", "additive", "1.3.0"),
        ("1.2.3", "neutral", "1.2.4"),
        ("0.9.9.dev1", "breaking", "0.10.0"),
    ],
)
def test_the_next_version_follows_from_the_class(current: str, effect: Effect | None, following: str) -> None:
    """By Semantic Versioning; before 1.0.0 the minor number stands for what breaks."""
    assert next_version(current, effect) == following


def test_what_is_no_version_is_refused() -> None:
    """Rather than followed by a guess."""
    with pytest.raises(CodegenError, match=r"'next' is no version of the form X\.Y\.Z"):
        next_version("next", "additive")


def test_the_heaviest_change_decides() -> None:
    """One breaking change among many others makes it all breaking."""
    added = changes_by(lambda d: fields(d, "CostsResult").update(tax={"type": "integer"}))
    removed = changes_by(lambda d: fields(d, "CostsResult").pop("quantity"))
    deprecated = changes_by(lambda d: operation(d, "costs").update(deprecated=True))

    found: list[Effect | None] = [
        heaviest(changes) for changes in ([], deprecated, deprecated + added, added + removed)
    ]

    assert found == [None, "neutral", "additive", "breaking"]
    assert [EXIT_STATUS[effect] for effect in found] == [0, 0, 3, 4]
