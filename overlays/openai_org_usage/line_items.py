"""Reading `line_item`: a model and what of it was billed, where it says so; never a guess. Pure.

The API documents one form, `gpt-4o-mini-2024-07-18, input`, and categories such as `Image models`.
Seen besides: a blank before the comma (`chat-latest , input`), kinds in words (`…, cached input tokens`), a
modality after the model (`gpt-audio-mini-2025-12-15 audio, input`), a service tier or a product before it
(`priority | gpt-5.4-2026-03-05, output`, `evals | …`) and a class of prompts after the kind
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
"""What of a model is billed, as the API words it; `tokens` may follow."""
TIERS = ("batch", "default", "flex", "priority", "scale", "standard")
"""What is before the bar where it is a service tier."""

# A model has a digit or a hyphen in its name; a lone word before the comma may be a category.
_FORM = re.compile(
    rf"(?:(?:(?P<tier>{'|'.join(TIERS)})|(?P<product>[a-z]+)) \| )?"
    r"(?P<model>(?=\S*[-\d])[^\s,]+)(?: (?P<modality>text|audio|image))? ?, "
    rf"(?P<kind>{'|'.join(KINDS)})(?: tokens)?(?:, (?P<prompts>long context))?"
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
    product: str | None = None
    """What used the model, such as `evals`, if stated."""
    prompts: str | None = None
    """`long context`, if stated."""

    @property
    def model_or_category(self) -> str:
        """The model; the whole text of a category."""
        return self.model or self.text


def read_line_item(text: str) -> LineItem:
    """`text` in its parts, or as a category if it is not surely of a form with a model."""
    found = _FORM.fullmatch(text)
    return LineItem(text) if found is None else LineItem(text, **found.groupdict())
