"""Opaque page cursors, bound to the query that they continue.

Nothing is stored: a cursor holds where its page begins, signed together with everything of the
query but its page and limit. One that was changed, or taken to another query, is refused.

Cursors look as in OpenAI's examples, which are padded base64 of the standard alphabet. Every one has
a `=`, a `+` and a `/`, so that a client which does not escape them fails at its second page.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from hashlib import sha256
from hmac import compare_digest
from hmac import digest as hmac_digest
from struct import Struct

import attrs

_PREFIX = "page_"
_POSITION = Struct(">QIIH")
_SALTS = 1 << 16
"""Ways to write one position; about one in twelve has all the characters that are wanted."""
_SEAL_BYTES = 16


@attrs.frozen
class CursorPosition:
    """Where a page begins."""

    start: int
    """The start of its first bucket, Unix seconds."""
    skip: int = 0
    """How many results of that bucket were on the page before; only a planted fault leaves any."""
    past: int = 0
    """How many pages past the last data it is, from 1; only a planted fault has any there."""


class Cursors:
    """Makes and reads the cursors of one emulator; the same seed makes the same cursors."""

    def __init__(self, *, seed: int) -> None:
        self._secret = f"emulator cursor {seed}".encode()

    def make(self, position: CursorPosition, *, query: str) -> str:
        """The cursor of the page of `query` that begins at `position`."""
        numbers = attrs.astuple(position)
        packed = (_POSITION.pack(*numbers, salt) for salt in range(_SALTS))
        texts = (b64encode(each + self._seal(each, query)).decode() for each in packed)
        return _PREFIX + next(text for text in texts if "+" in text and "/" in text)

    def read(self, cursor: str, *, query: str) -> CursorPosition:
        """The position that a cursor of `query` holds.

        Raises:
            ValueError: it is another cursor, or none.
        """
        if not cursor.isascii() or not cursor.startswith(_PREFIX):
            raise ValueError("not a cursor")
        raw = b64decode(cursor.removeprefix(_PREFIX), validate=True)
        packed, seal = raw[: _POSITION.size], raw[_POSITION.size :]
        if not compare_digest(seal, self._seal(packed, query)):
            raise ValueError("a cursor of another query")
        position = CursorPosition(*_POSITION.unpack(packed)[:3])
        if self.make(position, query=query) != cursor:
            raise ValueError("not a cursor as it was made")
        return position

    def _seal(self, packed: bytes, query: str) -> bytes:
        return hmac_digest(self._secret, packed + query.encode(), sha256)[:_SEAL_BYTES]
