"""Deterministic randomness: the same numbers for the same seed on every platform.

Python's `hash` changes from process to process and `random` promises no stable stream across
versions, so everything "random" in the emulator is drawn from BLAKE2b or from integer mixing.
"""

from hashlib import blake2b
from typing import Final

from .packed_ints import Column, Lanes

_MASK: Final = (1 << 64) - 1
_LOW: Final = (1 << 30) - 1
_STEP: Final = 0x9E3779B97F4A7C15
_FACTOR: Final = 0xBF58476D1CE4E5B9


def draw_bytes(seed: int, *labels: str | int, size: int) -> bytes:
    """Return `size` (at most 64) uniform bytes that depend on the seed and the labels alone."""
    text = "\x1f".join(str(label) for label in (seed, *labels))
    return blake2b(text.encode(), digest_size=size).digest()


def draw(seed: int, *labels: str | int) -> int:
    """Return a uniform integer in [0, 2**64) that depends on the seed and the labels alone."""
    return int.from_bytes(draw_bytes(seed, *labels, size=8), "big")


def scramble(key: int, counts: Column, lanes: Lanes) -> Column:
    """Return 30 well mixed bits for each count, below 2**60, of the stream `key`.

    One round of MurmurHash's mix: most of a page's time is spent on it.
    """
    ones = lanes.ones
    mixed = counts * _STEP + ones * key & ones * _MASK
    mixed ^= mixed >> 29 & ones * (_MASK >> 29)
    return mixed * _FACTOR >> 33 & ones * _LOW
