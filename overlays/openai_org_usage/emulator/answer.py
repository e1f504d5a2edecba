"""An answer as a value: what is said, before anything of it goes over a connection."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Literal

import attrs
import msgspec

from .errors import ApiError

JSON = "application/json"

Headers = tuple[tuple[str, str], ...]
Framing = Literal["length", "chunked"]
"""How a client knows where a body ends: by a Content-Length, or by chunks and a last empty one."""

Ending = Literal["close", "reset", "hold"]
"""What becomes of a connection then; one that is held stays open until the client goes."""

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_WORTH_ZIPPING = 1000
_ZIP_LEVEL = 1


@attrs.frozen
class Transmission:
    """How the bytes of an answer go over a connection, where they do not go as they should."""

    pieces: Callable[[bytes, bytes], list[bytes]]
    """What is sent, piece by piece, of the head (up to its empty line) and of the framed body."""
    framing: Framing
    pause: float = 0.0
    """Seconds before each piece but the first."""
    ending: Ending = "close"


@attrs.frozen
class ApiAnswer:
    """Status, body and headers; with a `transmission`, also how they are sent."""

    body: bytes = attrs.field(repr=False)
    status: int = 200
    content_type: str = JSON
    headers: Headers = ()
    transmission: Transmission | None = None
    delay: float = 0.0
    """Seconds before anything is sent."""

    def zipped(self) -> ApiAnswer:
        """The answer for a client that accepts gzip: compressed, if that is worth it."""
        zipped_already = any(name == "content-encoding" for name, _ in self.headers)
        if zipped_already or len(self.body) < _WORTH_ZIPPING:
            return self
        body = gzip.compress(self.body, _ZIP_LEVEL, mtime=0)
        return attrs.evolve(self, body=body, headers=(*self.headers, ("content-encoding", "gzip")))


def answer_json(content: object, *, status: int = 200, headers: Headers = ()) -> ApiAnswer:
    """An answer with `content` as JSON."""
    return ApiAnswer(_ENCODER.encode(content), status=status, headers=headers)


def answer_error(error: ApiError, *, headers: Headers = ()) -> ApiAnswer:
    """The refusal with the documented error body."""
    return answer_json(error.body(), status=error.status, headers=headers)
