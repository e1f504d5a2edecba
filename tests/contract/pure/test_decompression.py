"""Bodies, inflated as they come."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest

from openai_org_usage.http.decompression import BodyTooLargeError, BrokenBodyError, InflatedBody

TEXT = b'{"object": "page"}' * 50
ZIPPED = gzip.compress(TEXT, mtime=0)
LARGE = b"x" * 3_000_000
_SIZE = len(TEXT).to_bytes(2, "little") + (len(TEXT) ^ 0xFFFF).to_bytes(2, "little")
STORED = b"\x08" + _SIZE + TEXT + b"\x01\x00\x00\xff\xff"
"""Without a frame, although it begins with a byte that a frame of zlib may begin with."""


def bare(data: bytes, *, level: int = -1) -> bytes:
    """`data` as some servers send `deflate`: without the frame of zlib."""
    deflater = zlib.compressobj(level, wbits=-15)
    return deflater.compress(data) + deflater.flush()


def whole(encoding: str, raw: bytes, *, cap: int = 10**7, size: int = 10**9, lenient: bool = False) -> bytes:
    """The body of `raw`, added in pieces of `size`."""
    body = InflatedBody(encoding, cap=cap, lenient=lenient)
    for at in range(0, len(raw), size):
        assert body.add(raw[at : at + size])
    return body.finished()


@pytest.mark.parametrize("size", [1, 7, 100, 10**6])
@pytest.mark.parametrize(
    ("encoding", "raw"),
    [
        ("", TEXT),
        ("identity", TEXT),
        (" Identity ", TEXT),
        ("gzip", ZIPPED),
        ("GZIP", ZIPPED),
        ("x-gzip", ZIPPED),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", zlib.compress(TEXT, 9)),
        ("deflate", ZIPPED),
        ("deflate", bare(TEXT)),
        ("deflate", bare(TEXT, level=0)),
        ("Deflate", bare(TEXT, level=1)),
        ("deflate", bare(TEXT[:100]) + bare(TEXT[100:])),
        ("deflate", STORED),
        ("gzip", gzip.compress(TEXT[:100], mtime=0) + gzip.compress(TEXT[100:], mtime=0)),
        ("gzip", gzip.compress(b"", mtime=0) + ZIPPED + gzip.compress(b"", mtime=0)),
    ],
)
def test_every_encoding_in_pieces_of_any_size(encoding: str, raw: bytes, size: int) -> None:
    """The same bytes come out, also of a gzip file of several members."""
    assert whole(encoding, raw, size=size) == TEXT


def test_a_body_much_larger_than_a_piece() -> None:
    """What one step of inflating does not take is taken by the next."""
    assert whole("gzip", gzip.compress(LARGE)) == LARGE
    assert whole("gzip", gzip.compress(LARGE) * 2) == LARGE * 2
    exact = b"y" * (1 << 20)
    assert whole("gzip", gzip.compress(exact)) == exact
    assert whole("gzip", gzip.compress(exact), size=50) == exact


def test_nothing_is_nothing() -> None:
    """An empty body is empty in any encoding; an empty piece changes nothing, even after the end."""
    assert whole("", b"") == whole("gzip", b"") == b""
    body = InflatedBody("gzip", cap=10**6)
    assert body.add(b"")
    assert body.add(ZIPPED)
    assert body.add(b"")
    assert body.finished() == TEXT


@pytest.mark.parametrize(
    ("encoding", "raw"),
    [("", TEXT), ("gzip", ZIPPED), ("deflate", zlib.compress(TEXT)), ("deflate", bare(TEXT))],
)
def test_the_cap_is_exact(encoding: str, raw: bytes) -> None:
    """So many bytes are taken, and not one more."""
    assert whole(encoding, raw, cap=len(TEXT)) == TEXT
    body = InflatedBody(encoding, cap=len(TEXT) - 1)
    with pytest.raises(BodyTooLargeError):
        body.add(raw)


def test_the_cap_holds_over_many_pieces_and_in_little_memory() -> None:
    """No step inflates more than a piece, however much is in it."""
    body = InflatedBody("gzip", cap=len(LARGE) - 1)
    with pytest.raises(BodyTooLargeError):
        body.add(gzip.compress(LARGE))
    with pytest.raises(BodyTooLargeError):
        InflatedBody("deflate", cap=len(LARGE) - 1).add(bare(LARGE))
    bomb = gzip.compress(bytes(40_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(BodyTooLargeError):
            InflatedBody("gzip", cap=2_000_000).add(bomb)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_compressed_nothing_is_capped_too() -> None:
    """Endless empty members are refused by their own size."""
    body = InflatedBody("gzip", cap=100)
    with pytest.raises(BodyTooLargeError):
        body.add(gzip.compress(b"") * 10)
    exact = InflatedBody("gzip", cap=len(gzip.compress(b"")) * 2)
    assert exact.add(gzip.compress(b"") * 2)
    with pytest.raises(BodyTooLargeError):
        exact.add(gzip.compress(b""))


@pytest.mark.parametrize("cut", [1, 2, 5, 20, -1])
@pytest.mark.parametrize(
    ("encoding", "raw"), [("gzip", ZIPPED), ("deflate", zlib.compress(TEXT)), ("deflate", bare(TEXT))]
)
def test_what_breaks_off_is_broken(encoding: str, raw: bytes, cut: int) -> None:
    """In the head, in the data, or just before the end."""
    body = InflatedBody(encoding, cap=10**6)
    assert body.add(raw[:cut])
    with pytest.raises(BrokenBodyError) as caught:
        body.finished()
    assert str(caught.value) == "its compressed form breaks off"


def test_what_cannot_be_inflated_is_broken() -> None:
    """The reason is zlib's, which is not in the chain of causes."""
    for encoding, raw in (
        ("gzip", TEXT),
        ("gzip", ZIPPED + b"more"),
        ("deflate", TEXT),
        ("deflate", b"\x07!"),
    ):
        body = InflatedBody(encoding, cap=10**6)
        with pytest.raises(BrokenBodyError, match=r"^it cannot be inflated: Error -3") as caught:
            body.add(raw)
        assert caught.value.__suppress_context__


def test_an_encoding_that_was_not_asked_for_is_broken() -> None:
    """It is named as it came."""
    with pytest.raises(BrokenBodyError) as caught:
        InflatedBody("Br", cap=10)
    assert str(caught.value) == "it is encoded as 'Br', which was not asked for"


def test_the_body_of_an_error_may_be_anything() -> None:
    """What is beyond the cap or cannot be read is left out, and no more is wanted then."""
    assert whole("br", b"as it is", lenient=True) == b"as it is"
    assert whole("gzip", ZIPPED, lenient=True) == TEXT
    assert whole("gzip", ZIPPED[:-4], lenient=True) == TEXT
    capped = InflatedBody("", cap=10, lenient=True)
    assert capped.add(b"12345678")
    assert not capped.add(b"12345678")
    assert capped.finished() == b"12345678"
    broken = InflatedBody("gzip", cap=10**6, lenient=True)
    assert not broken.add(b"<html>")
    assert broken.finished() == b""
