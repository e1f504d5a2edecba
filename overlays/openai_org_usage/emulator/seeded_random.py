"""Deterministic randomness: the same numbers for the same seed on every platform.

Python's `hash` changes from process to process and `random` promises no stable stream across
versions, so everything "random" in the emulator is drawn from BLAKE2b or from integer mixing.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

_MASK = (1 << 64) - 1
_LOW = (1 << 30) - 1
_STEP = 0x9E3779B97F4A7C15
_FACTOR = 0xBF58476D1CE4E5B9


def draw_bytes(seed: int, *labels: str | int, size: int) -> bytes:
    """`size` (at most 64) uniform bytes that depend on the seed and the labels alone."""
    text = "\x1f".join(str(label) for label in (seed, *labels))
    return blake2b(text.encode(), digest_size=size).digest()


def draw(seed: int, *labels: str | int) -> int:
    """A uniform integer in [0, 2**64) that depends on the seed and the labels alone."""
    return int.from_bytes(draw_bytes(seed, *labels, size=8), "big")


def scramble(key: int, counts: Iterable[int]) -> list[int]:
    """30 well mixed bits for each count of the stream `key`, by one round of MurmurHash's mix."""
    return [((mixed := count * _STEP + key & _MASK) ^ mixed >> 29) * _FACTOR >> 33 & _LOW for count in counts]
