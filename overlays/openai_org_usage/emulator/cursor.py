"""Opaque page cursors, bound to the query that they continue.

Nothing is stored: a cursor holds where its page begins, signed together with everything of the
query but its page and limit. One that was changed, or taken to another query, is refused.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from hmac import compare_digest
from hmac import digest as hmac_digest
from struct import Struct
from typing import Final, NamedTuple

_PREFIX: Final = "page_"
_PLACE: Final = Struct(">QI")
_SEAL_BYTES: Final = 16


class Place(NamedTuple):
    """Where a page begins."""

    start: int
    """The start of its first bucket, Unix seconds."""
    skip: int = 0
    """How many results of that bucket were on the page before; only a planted fault leaves any."""


class Cursors:
    """Makes and reads the cursors of one emulator; the same seed makes the same cursors."""

    def __init__(self, *, seed: int) -> None:
        self._secret = f"emulator cursor {seed}".encode()

    def make(self, place: Place, *, query: str) -> str:
        """Return the cursor of the page of `query` that begins at `place`."""
        packed = _PLACE.pack(*place)
        sealed = urlsafe_b64encode(packed + self._seal(packed, query)).rstrip(b"=")
        return _PREFIX + sealed.decode()

    def read(self, cursor: str, *, query: str) -> Place:
        """Return the place that a cursor of `query` holds; ValueError for any other cursor."""
        if not cursor.isascii() or not cursor.startswith(_PREFIX):
            raise ValueError("not a cursor")
        text = cursor.removeprefix(_PREFIX)
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        packed, seal = raw[: _PLACE.size], raw[_PLACE.size :]
        if not compare_digest(seal, self._seal(packed, query)):
            raise ValueError("a cursor of another query")
        place = Place(*_PLACE.unpack(packed))
        if self.make(place, query=query) != cursor:
            raise ValueError("not a cursor as it was made")
        return place

    def _seal(self, packed: bytes, query: str) -> bytes:
        return hmac_digest(self._secret, packed + query.encode(), sha256)[:_SEAL_BYTES]
