"""Line items are read where they surely name a model, and left alone where not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_org_usage.report import LineItem, read_line_item


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gpt-4o-mini-2024-07-18, input", {"model": "gpt-4o-mini-2024-07-18", "kind": "input"}),
        ("gpt-5.5-2026-04-23, cached input", {"model": "gpt-5.5-2026-04-23", "kind": "cached input"}),
        ("gpt-6-sol, cache write", {"model": "gpt-6-sol", "kind": "cache write"}),
        ("gpt-6-sol, cache writes", {"model": "gpt-6-sol", "kind": "cache writes"}),
        ("ft:gpt-4o:acme::a1, output", {"model": "ft:gpt-4o:acme::a1", "kind": "output"}),
        ("whisper-1, audio duration", {"model": "whisper-1", "kind": "audio duration"}),
        ("tts-1, characters", {"model": "tts-1", "kind": "characters"}),
        ("chat-latest , input", {"model": "chat-latest", "kind": "input"}),
        ("gpt-4.1, cached input tokens", {"model": "gpt-4.1", "kind": "cached input"}),
        ("gpt-4.1 , output tokens", {"model": "gpt-4.1", "kind": "output"}),
        (
            "evals | gpt-4o-mini-2024-07-18, output",
            {"model": "gpt-4o-mini-2024-07-18", "kind": "output", "product": "evals"},
        ),
        ("batch | o4-mini, input tokens", {"model": "o4-mini", "kind": "input", "tier": "batch"}),
        ("gpt-audio-mini audio, input", {"model": "gpt-audio-mini", "kind": "input", "modality": "audio"}),
        (
            "priority | gpt-5.6-sol, output, long context",
            {"model": "gpt-5.6-sol", "kind": "output", "tier": "priority", "prompts": "long context"},
        ),
    ],
)
def test_models_are_read(text: str, expected: dict[str, str]) -> None:
    """With the kind, and modality, tier, product and prompts if stated."""
    assert read_line_item(text) == LineItem(text, **expected)


@pytest.mark.parametrize(
    "text",
    [
        "Image models",
        "Web search tool calls",
        "Storage, files",
        "Vector store storage, output of nothing",
        "Fine tuning, input",
        "Storage, input",
        "gpt-4o, something new",
        "gpt-4o,input",
        "gpt-4o",
        "gpt-4o  , input",
        "evals | Image models",
        "Web search, gpt-4o, input",
        ", input",
        "",
    ],
)
def test_categories_are_left_alone(text: str) -> None:
    """Even one with a comma; what is not surely a model is none."""
    assert read_line_item(text) == LineItem(text)
    assert read_line_item(text).model_or_category == text


@given(st.text())
def test_anything_can_be_read(text: str) -> None:
    """No text fails, none is changed, and a model is always part of it."""
    item = read_line_item(text)
    assert item.text == text
    assert item.model_or_category in text
