"""The body of an answer, inflated as it arrives and refused as soon as it grows too large. Pure."""

from __future__ import annotations

import io
import zlib

_WINDOW_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 47}
_BARE = -15
"""For `deflate` without the frame that RFC 9110 asks for, as some servers send it."""
_PIECE = 1 << 20


class BodyTooLargeError(Exception):
    """The body is larger than the cap."""


class BrokenBodyError(ValueError):
    """The body is compressed in a way that cannot be read, or breaks off."""


class InflatedBody:
    """Collects the pieces of one body, decoded, up to `cap` bytes.

    `lenient` is for the body of an error: what is beyond the cap or cannot be read is left out.
    """

    def __init__(self, encoding: str, *, cap: int, lenient: bool = False) -> None:
        self._cap = cap
        self._lenient = lenient
        self._size = self._raw_size = 0
        self._kept = io.BytesIO()  # A list of pieces, joined, takes twice the memory.
        name = encoding.strip().lower()
        if name not in ("", "identity", *_WINDOW_BITS) and not lenient:
            raise BrokenBodyError(f"it is encoded as {encoding!r}, which was not asked for")
        self._bits = _WINDOW_BITS.get(name)
        self._start = b""
        """Of `deflate`, until its form can be told."""
        self._inflater = zlib.decompressobj(self._bits) if self._bits else None

    def add(self, raw: bytes) -> bool:
        """Take the next piece as it came from the network; False if no more is wanted.

        Raises:
            BodyTooLargeError: there is more than the cap.
            BrokenBodyError: it cannot be inflated.
        """
        try:
            self._add(raw)
        except (BodyTooLargeError, zlib.error) as error:
            if self._lenient:
                return False
            if isinstance(error, zlib.error):
                raise BrokenBodyError(f"it cannot be inflated: {error}") from None
            raise
        return True

    def finished(self) -> bytes:
        """The whole body.

        Raises:
            BrokenBodyError: its compressed form breaks off.
        """
        whole = self._inflater is None or self._inflater.eof or not self._raw_size
        if not (whole or self._lenient):
            raise BrokenBodyError("its compressed form breaks off")
        return self._kept.getvalue()

    def _add(self, raw: bytes) -> None:
        self._raw_size += len(raw)
        if self._raw_size > self._cap:  # Compressed nothing is endless, too.
            raise BodyTooLargeError
        if self._inflater is None:
            self._keep(raw)
        else:
            self._inflate(raw)

    def _inflate(self, raw: bytes) -> None:
        if self._bits == _WINDOW_BITS["deflate"] and len(self._start) < 2:
            raw = self._start = self._start + raw
            if len(raw) < 2:
                return
            if _is_bare(raw):
                self._bits = _BARE
                self._inflater = zlib.decompressobj(_BARE)
        inflater, more = self._inflater, bool(raw)
        while more and inflater is not None:
            if inflater.eof:  # A further member of the gzip file.
                inflater = self._inflater = zlib.decompressobj(self._bits or 0)
            piece = inflater.decompress(raw, _PIECE)
            self._keep(piece)
            raw = inflater.unconsumed_tail or inflater.unused_data
            more = bool(raw) or (len(piece) == _PIECE and not inflater.eof)

    def _keep(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._cap:
            raise BodyTooLargeError
        self._kept.write(piece)


def _is_bare(start: bytes) -> bool:
    """Whether `deflate` begins without a frame: with neither the head of zlib (RFC 1950) nor that of gzip."""
    is_zlib = start[0] & 0x0F == 8 and int.from_bytes(start[:2]) % 31 == 0
    return not is_zlib and start[:2] != b"\x1f\x8b"
