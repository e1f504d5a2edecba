"""What tokens were used for: input, cached input, output, by modality; none counted twice. Pure.

Token counts nest (`input_tokens` has `input_cached_tokens` in it, and so on), so each part below is a
leaf, and what an answer does not divide further stands as a part of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Protocol

import attrs

from .changes import ratio
from .ledger import Key
from .periods import Period
from .token_days import UTC_DAYS, TokenDays

INPUT = "input"
CACHED = "cached input"
CACHE_WRITE = "cache write"
OUTPUT = "output"


class TokenRow(Protocol):
    """What is needed of a row of completions usage."""

    @property
    def start_time(self) -> int: ...
    @property
    def model(self) -> str | None: ...
    @property
    def num_model_requests(self) -> int: ...
    @property
    def input_tokens(self) -> int: ...
    @property
    def input_uncached_tokens(self) -> int | None: ...
    @property
    def input_cached_tokens(self) -> int | None: ...
    @property
    def input_cache_write_tokens(self) -> int | None: ...
    @property
    def output_tokens(self) -> int: ...
    @property
    def input_text_tokens(self) -> int | None: ...
    @property
    def input_audio_tokens(self) -> int | None: ...
    @property
    def input_image_tokens(self) -> int | None: ...
    @property
    def input_cached_text_tokens(self) -> int | None: ...
    @property
    def input_cached_audio_tokens(self) -> int | None: ...
    @property
    def input_cached_image_tokens(self) -> int | None: ...
    @property
    def output_text_tokens(self) -> int | None: ...
    @property
    def output_audio_tokens(self) -> int | None: ...
    @property
    def output_image_tokens(self) -> int | None: ...


@attrs.frozen
class TokenPart:
    """Tokens of one kind and modality; parts do not overlap."""

    kind: str
    """`input` (neither read from nor written to the cache), `cached input`, `cache write` or `output`."""
    modality: str | None
    """`text`, `audio` or `image`; None where the API does not say."""
    tokens: int
    share: Decimal | None
    """Of all tokens, to six places."""


@attrs.frozen
class TokenSums:
    """Totals over rows."""

    requests: int = 0
    input: int = 0
    """All input tokens, cached ones included."""
    cached: int = 0
    """Part of `input`."""
    output: int = 0
    unstated: int = 0
    """Part of `input`: of rows that do not say how much was cached."""

    @property
    def total(self) -> int:
        """Input and output."""
        return self.input + self.output

    @property
    def cached_share(self) -> Decimal | None:
        """The part of the input that was read from the cache, to six places; None if nothing says."""
        return ratio(Decimal(self.cached), Decimal(self.input - self.unstated))

    def plus(self, row: TokenRow) -> TokenSums:
        """With `row` added."""
        return TokenSums(
            self.requests + row.num_model_requests,
            self.input + row.input_tokens,
            self.cached + (row.input_cached_tokens or 0),
            self.output + row.output_tokens,
            self.unstated + (row.input_tokens if row.input_cached_tokens is None else 0),
        )


@attrs.frozen
class ModelTokens:
    """One model's tokens."""

    model: Key
    sums: TokenSums


@attrs.frozen
class TokenMix:
    """Tokens of chat completions and responses (`usage/completions`); other endpoints are not counted."""

    sums: TokenSums
    before: TokenSums | None
    parts: tuple[TokenPart, ...]
    """They add up to `sums.total`; those without tokens are left out."""
    models: tuple[ModelTokens, ...]
    """Most tokens first; all of them."""


def token_mix(
    rows: Iterable[TokenRow], *, period: Period, before: Period | None, days: TokenDays = UTC_DAYS
) -> TokenMix:
    """Add up `rows` of completions usage that are grouped by model, in buckets that `days` are made of."""
    sums, earlier = TokenSums(), TokenSums()
    models: defaultdict[Key, TokenSums] = defaultdict(TokenSums)
    parts: defaultdict[tuple[str, str | None], int] = defaultdict(int)
    for row in rows:
        day = days.day_of(row.start_time)
        if day in period:
            sums = sums.plus(row)
            models[row.model] = models[row.model].plus(row)
            for kind, modality, tokens in _leaves(row):
                parts[kind, modality] += tokens
        elif before is not None and day in before:
            earlier = earlier.plus(row)
    ranked = sorted(models.items(), key=lambda pair: (-pair[1].total, pair[0] or ""))
    return TokenMix(
        sums,
        None if before is None else earlier,
        _parts(parts, total=sums.total),
        tuple(ModelTokens(model, own) for model, own in ranked),
    )


def _parts(found: dict[tuple[str, str | None], int], *, total: int) -> tuple[TokenPart, ...]:
    order = [(kind, modality) for kind in _ORDER for modality in ("text", "audio", "image", None)]
    return tuple(
        TokenPart(
            kind, modality, found[kind, modality], ratio(Decimal(found[kind, modality]), Decimal(total))
        )
        for kind, modality in order
        if found.get((kind, modality))
    )


_ORDER = (INPUT, CACHED, CACHE_WRITE, OUTPUT)


def _leaves(row: TokenRow) -> Iterator[tuple[str, str | None, int]]:
    """The parts that `row` divides its totals into, and what it leaves undivided."""
    cached, written = row.input_cached_tokens or 0, row.input_cache_write_tokens or 0
    # Where the uncached part is not stated it is what the others leave of the total.
    uncached = row.input_tokens - cached - written
    by_text = (row.input_text_tokens, row.input_audio_tokens, row.input_image_tokens)
    stated = row.input_uncached_tokens is not None
    yield from _divided(INPUT, uncached, by_text if stated else (None, None, None))
    yield from _divided(
        CACHED,
        cached,
        (row.input_cached_text_tokens, row.input_cached_audio_tokens, row.input_cached_image_tokens),
    )
    yield CACHE_WRITE, None, written
    yield from _divided(
        OUTPUT, row.output_tokens, (row.output_text_tokens, row.output_audio_tokens, row.output_image_tokens)
    )


def _divided(
    kind: str, total: int, parts: tuple[int | None, int | None, int | None]
) -> Iterator[tuple[str, str | None, int]]:
    """`total` by text, audio and image; undivided if they claim more than there is."""
    known = [(name, part) for name, part in zip(("text", "audio", "image"), parts, strict=True) if part]
    left = total - sum(part for _, part in known)
    if left < 0:
        yield kind, None, total
        return
    yield from ((kind, name, part) for name, part in known)
    yield kind, None, left
