"""Faults that answer 200 with a body that is no page."""

from __future__ import annotations

import gzip
import zlib
from functools import lru_cache
from typing import Literal

import attrs

from ..answer import JSON, ApiAnswer, answer_json
from ..request_context import RequestContext
from .fault import Fault, require_one_of, require_type, require_whole

_ZIPPED = (("content-encoding", "gzip"),)
_BLOCK = 1_000_000


@attrs.frozen(repr=False)
class Body(Fault):
    """Any body, as it stands, with any status and type of content."""

    content: bytes
    status: int = attrs.field(default=200, kw_only=True)
    content_type: str = attrs.field(default=JSON, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_type("content", self.content, bytes)
        require_whole("status", self.status, least=200, most=599)

    def spoil(self, context: RequestContext) -> ApiAnswer:
        """The body."""
        return ApiAnswer(self.content, status=self.status, content_type=self.content_type)


@attrs.frozen(repr=False)
class ErrorBody(Fault):
    """An error in a body other than the documented one, with any status, 200 included.

    ErrorBody("try again")                             # 500, {"error": "try again"}
    ErrorBody("no such team", member="detail", status=200)
    ErrorBody("overloaded", nested=True, status=200)   # {"error": {"message": "overloaded"}}
    """

    message: str
    member: Literal["error", "detail", "message"] = attrs.field(default="error", kw_only=True)
    nested: bool = attrs.field(default=False, kw_only=True)
    status: int = attrs.field(default=500, kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_type("message", self.message, str)
        require_one_of("member", self.member, ("error", "detail", "message"))
        require_whole("status", self.status, least=200, most=599)

    def spoil(self, context: RequestContext) -> ApiAnswer:
        """The error."""
        said = {"message": self.message} if self.nested else self.message
        return answer_json({self.member: said}, status=self.status)


@attrs.frozen(repr=False)
class HtmlPage(Fault):
    """A web page with status 200, as of a proxy or a login."""

    def spoil(self, context: RequestContext) -> ApiAnswer:
        """The web page."""
        body = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Sign in</body></html>\n"
        return ApiAnswer(body, content_type="text/html; charset=utf-8")


@attrs.frozen(repr=False)
class EmptyBody(Fault):
    """Status 200, and not a byte."""

    def spoil(self, context: RequestContext) -> ApiAnswer:
        """Nothing."""
        return ApiAnswer(b"")


@attrs.frozen(repr=False)
class TruncatedJson(Fault):
    """The first half of the answer as if it were all of it: HTTP is satisfied, JSON is not."""

    def spoil(self, context: RequestContext) -> ApiAnswer:
        """The first half."""
        answer = context.answer()
        return attrs.evolve(answer, body=answer.body[: len(answer.body) // 2])


@attrs.frozen(repr=False)
class WrongUtf8(Fault):
    """Every `object` tag of the page begins with bytes that are not UTF-8."""

    def spoil(self, context: RequestContext) -> ApiAnswer | None:
        """The page, its tags broken."""
        if context.content is None:
            return None
        answer = context.answer()
        return attrs.evolve(answer, body=answer.body.replace(b'"object":"', b'"object":"\xff\xfe'))


@attrs.frozen(repr=False)
class NestingBomb(Fault):
    """A page whose `data` is `depth` arrays, one in the other."""

    depth: int = 100_000

    def __attrs_post_init__(self) -> None:
        require_whole("depth", self.depth, least=1)

    def spoil(self, context: RequestContext) -> ApiAnswer:
        """The nested page."""
        return ApiAnswer(_page_around(b"[" * self.depth, b"]" * self.depth))


@attrs.frozen(repr=False)
class TruncatedGzip(Fault):
    """The first half of the gzip'd answer as if it were all of it: HTTP is satisfied, gzip is not."""

    def spoil(self, context: RequestContext) -> ApiAnswer:
        """The first half, compressed whether or not the client accepts it."""
        answer = context.answer()
        zipped = gzip.compress(answer.body, mtime=0)
        return attrs.evolve(answer, body=zipped[: len(zipped) // 2], headers=(*answer.headers, *_ZIPPED))


@attrs.frozen(repr=False)
class GzipBomb(Fault):
    """A gzip'd page of about `size` bytes, a thousandth of that on the wire; it is mostly spaces."""

    size: int = 500_000_000

    def __attrs_post_init__(self) -> None:
        require_whole("size", self.size, least=_BLOCK)

    def spoil(self, context: RequestContext) -> ApiAnswer:
        """The bomb, compressed whether or not the client accepts it."""
        return ApiAnswer(bomb(self.size), headers=_ZIPPED)


@lru_cache(maxsize=4)
def bomb(size: int) -> bytes:
    """A gzip stream of a page with `size` spaces in it (whole millions).

    One block is compressed and then repeated: it ends on a byte and refers to nothing before it, so
    that neither the time to compress all of it nor the memory to hold it is needed.
    """
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    opening, closing = _page_around(b"[", b"]").split(b"[]")
    spaces, blocks = b" " * _BLOCK, size // _BLOCK
    first = deflate.compress(opening + b"[") + deflate.flush(zlib.Z_FULL_FLUSH)
    block = deflate.compress(spaces) + deflate.flush(zlib.Z_FULL_FLUSH)
    last = deflate.compress(b"]" + closing) + deflate.flush()
    checksum = zlib.crc32(opening + b"[")
    for _ in range(blocks):
        checksum = zlib.crc32(spaces, checksum)
    checksum = zlib.crc32(b"]" + closing, checksum)
    length = len(opening) + 2 + len(closing) + blocks * _BLOCK
    header = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    trailer = checksum.to_bytes(4, "little") + (length % 2**32).to_bytes(4, "little")
    return b"".join([header, first, block * blocks, last, trailer])


def _page_around(opening: bytes, closing: bytes) -> bytes:
    return b'{"object":"page","data":' + opening + closing + b',"has_more":false,"next_page":null}'
