"""The functions that all shown texts go through, for any text there is."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from openai_org_usage.printable import clean, escaped_json, escaped_lines, shell_command, visible

from ..contract.profiles import examples
from .strings import FLOOD, HOSTILE, is_forbidden

TEXTS = st.text(st.characters(), max_size=30) | st.sampled_from(HOSTILE).flatmap(
    lambda text: st.text(st.characters(exclude_categories=["Cs"]), max_size=5).map(text.__add__)
)
EVERY_CHARACTER = "".join(map(chr, range(0x110000)))


def is_harmless(text: str) -> bool:
    """Whether `text` has nothing that may not be shown; newlines are allowed."""
    return not any(map(is_forbidden, text)) and not FLOOD.search(text)


@pytest.mark.parametrize("shown", [clean, visible, escaped_json])
def test_no_character_of_unicode_comes_through_that_may_not(shown: Callable[[str], str]) -> None:
    """All 1,114,112 of them, and one on the other."""
    assert is_harmless(shown(EVERY_CHARACTER))


@examples(300, 10_000)
@given(TEXTS)
@example("")
def test_clean_is_one_line_and_does_not_change_any_more(text: str) -> None:
    """And never nothing at all."""
    shown = clean(text)
    assert is_harmless(shown)
    assert "\n" not in shown
    assert shown.strip()
    assert clean(shown) == shown


@examples(300, 10_000)
@given(TEXTS)
def test_visible_tells_what_was_there(text: str) -> None:
    """In the lines of the text, and in Python's words."""
    shown = visible(text)
    assert is_harmless(shown)
    assert shown.count("\n") == text.count("\n")
    if "\\" not in text:
        assert shown.encode("ascii", "backslashreplace").decode("unicode_escape") == text


@examples(300, 10_000)
@given(st.lists(TEXTS, max_size=3))
def test_escaped_json_says_the_same(texts: list[str]) -> None:
    """Half characters included, which only Python's reader takes."""
    shown = escaped_json(json.dumps(texts, ensure_ascii=False))
    assert is_harmless(shown)
    assert json.loads(shown) == texts


@examples(100, 5_000)
@given(st.text(st.characters(codec="utf-8"), max_size=20))
def test_lines_of_json_are_escaped_in_bytes(text: str) -> None:
    """What is plain is not touched."""
    data = json.dumps(text, ensure_ascii=False).encode() + b"\n"
    shown = escaped_lines(data)
    assert is_harmless(shown.decode())
    assert json.loads(shown) == text
    assert is_harmless(data.decode()) == (shown == data)


@pytest.mark.parametrize(
    "text",
    [
        "gpt-6-2026-08-07, input",
        "日本語のモデル",
        "Ünïcödé",
        "e\u0301 и\u0306 한국어",
        "हिन्दी",
        "ภาษาไทย",
        "עִבְרִית",
        "Tiếng Việt",
        "👍🏽 ❤\ufe0f",
        "a\\x1bb",
    ],
)
def test_names_that_people_give_are_shown_as_they_are(text: str) -> None:
    """Scripts with marks and emoji, too."""
    assert clean(text) == visible(text) == text
    assert escaped_json(json.dumps(text, ensure_ascii=False)) == json.dumps(text, ensure_ascii=False)


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_commands_to_copy_are_safe_and_right() -> None:
    """A shell makes of them the words that they were made of."""
    words = ["printf", r"%s\0", *(text for text in HOSTILE if "\0" not in text), "caf\udce9", "a'\\b", ""]

    command = shell_command(words)

    assert is_harmless(command)
    assert "\n" not in command
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=True)
    assert done.stdout.decode("utf-8", "surrogateescape").split("\0") == [*words[2:], ""]


def test_plain_commands_look_as_ever() -> None:
    """Quotes only where they are needed."""
    words = ["costs", "--models", "gpt 6", "--page", "", "a'b", "ü"]
    assert shell_command(words) == shlex.join(words)
