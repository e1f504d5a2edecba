"""An answer as a value: what is said, before anything of it goes over a connection."""

import gzip
from collections.abc import Callable
from typing import Final, Literal

import attrs
import msgspec

from .errors import ApiError

JSON: Final = "application/json"

Headers = tuple[tuple[str, str], ...]
Framing = Literal["length", "chunked"]
"""How a client knows where a body ends: by a Content-Length, or by chunks and a last empty one."""

_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")
_WORTH_ZIPPING: Final = 1000
_ZIP_LEVEL: Final = 1


@attrs.frozen
class Script:
    """How the bytes of an answer go over a connection, where they do not go as they should."""

    pieces: Callable[[bytes, bytes], list[bytes]]
    """What is sent, piece by piece, of the head (up to its empty line) and of the framed body."""
    framing: Framing
    pause: float = 0.0
    """Seconds before each piece but the first."""
    ending: Literal["close", "reset", "hold"] = "close"
    """What becomes of the connection then; one that is held stays open until the client goes."""


@attrs.frozen
class Answer:
    """Status, body and headers; with a `script`, also how they are sent."""

    body: bytes = attrs.field(repr=False)
    status: int = 200
    content_type: str = JSON
    headers: Headers = ()
    script: Script | None = None
    delay: float = 0.0
    """Seconds before anything is sent."""

    def zipped(self) -> "Answer":
        """Return the answer for a client that accepts gzip: compressed, if that is worth it."""
        zipped_already = any(name == "content-encoding" for name, _ in self.headers)
        if zipped_already or len(self.body) < _WORTH_ZIPPING:
            return self
        body = gzip.compress(self.body, _ZIP_LEVEL, mtime=0)
        return attrs.evolve(self, body=body, headers=(*self.headers, ("content-encoding", "gzip")))


def answer_json(content: object, *, status: int = 200, headers: Headers = ()) -> Answer:
    """Return an answer with `content` as JSON."""
    return Answer(_ENCODER.encode(content), status=status, headers=headers)


def answer_error(error: ApiError, *, headers: Headers = ()) -> Answer:
    """Return the refusal with the documented error body."""
    return answer_json(error.body(), status=error.status, headers=headers)
