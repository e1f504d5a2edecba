"""Reading `line_item`: a model and what of it was billed, where it says so; never a guess.

The API documents one form, `gpt-4o-mini-2024-07-18, input`, and categories such as `Image models`.
Seen besides: a modality after the model (`gpt-audio-mini-2025-12-15 audio, input`), a service tier
before it (`priority | gpt-5.4-2026-03-05, output`) and a class of prompts after the kind
(`…, input, long context`). What has none of these forms is a category and stays as it is.
"""

from __future__ import annotations

import re

import attrs

KINDS = (
    "input",
    "cached input",
    "cache write",
    "cache writes",
    "output",
    "audio",
    "audio duration",
    "characters",
)
"""What of a model is billed, as the API words it."""

# A model has a digit or a hyphen in its name; a lone word before the comma may be a category.
_FORM = re.compile(
    rf"(?:(?P<tier>[a-z]+) \| )?(?P<model>(?=\S*[-\d])\S+)(?: (?P<modality>text|audio|image))?, "
    rf"(?P<kind>{'|'.join(KINDS)})(?:, (?P<prompts>long context))?"
)


@attrs.frozen
class LineItem:
    """A line item of the costs endpoint, read."""

    text: str
    """As the API sent it."""
    model: str | None = None
    """None for a category."""
    kind: str | None = None
    """One of KINDS; None for a category."""
    modality: str | None = None
    """`text`, `audio` or `image`, if stated."""
    tier: str | None = None
    """The service tier, such as `priority`, if stated."""
    prompts: str | None = None
    """`long context`, if stated."""

    @property
    def model_or_category(self) -> str:
        """The model; the whole text of a category."""
        return self.model or self.text


def read_line_item(text: str) -> LineItem:
    """`text` in its parts, or as a category if it is not surely of a form with a model."""
    found = _FORM.fullmatch(text)
    if found is None:
        return LineItem(text)
    return LineItem(
        text,
        model=found["model"],
        kind=found["kind"],
        modality=found["modality"],
        tier=found["tier"],
        prompts=found["prompts"],
    )
