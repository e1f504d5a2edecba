"""Faults of the connection: answers that break off, stall, or come in drops.

These write to the socket themselves, so they need a running emulator; `Emulator.app` alone has none.
"""

from __future__ import annotations

from typing import Literal, get_args

import attrs

from ..answer import ApiAnswer, Ending, Framing, Transmission
from ..request_context import RequestContext
from .fault import Fault, require_one_of, require_seconds, require_whole

Cut = Literal["before-headers", "mid-headers", "mid-body", "before-end"]
"""Where an answer breaks off; `before-end` is right before its last byte, or its last, empty chunk."""

Part = Literal["headers", "body"]

LAST_CHUNK = b"0\r\n\r\n"


@attrs.frozen(repr=False)
class Drop(Fault):
    """The connection is lost: before the headers, in the middle of them or of the body, or at the end.

    The body has a Content-Length or is chunked. With `reset`, the connection is reset rather than
    closed, as by a proxy that dies.
    """

    where: Cut = "mid-body"
    framing: Framing = attrs.field(default="length", kw_only=True)
    reset: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        _check_place(self.where, self.framing)

    def spoil(self, context: RequestContext) -> ApiAnswer:
        """The true answer, to be broken off."""
        ending: Ending = "reset" if self.reset else "close"
        return _transmitted(context, _cut(self.where, self.framing, ending=ending))


@attrs.frozen(repr=False)
class Stall(Fault):
    """The answer stops coming, and the connection stays open until the client gives up.

    By default not a byte comes; else, the answer stops where `where` says.
    """

    where: Cut = "before-headers"
    framing: Framing = attrs.field(default="length", kw_only=True)

    def __attrs_post_init__(self) -> None:
        _check_place(self.where, self.framing)

    def spoil(self, context: RequestContext) -> ApiAnswer:
        """The true answer, to be left unfinished."""
        return _transmitted(context, _cut(self.where, self.framing, ending="hold"))


@attrs.frozen(repr=False)
class Dribble(Fault):
    """Headers or body come `size` bytes at a time, with `pause` seconds between; all of it in the end.

    No single read takes long, so only a deadline for the whole answer ends this early.
    """

    part: Part = "body"
    pause: float = attrs.field(default=0.05, kw_only=True)
    size: int = attrs.field(default=1, kw_only=True)
    framing: Framing = attrs.field(default="length", kw_only=True)

    def __attrs_post_init__(self) -> None:
        require_one_of("part", self.part, get_args(Part))
        require_one_of("framing", self.framing, get_args(Framing))
        require_seconds("pause", self.pause)
        require_whole("size", self.size, least=1)

    def spoil(self, context: RequestContext) -> ApiAnswer:
        """The true answer, to be sent in drops."""
        return _transmitted(context, Transmission(self._drops, self.framing, pause=self.pause))

    def _drops(self, head: bytes, body: bytes) -> list[bytes]:
        wet, dry = (head, body) if self.part == "headers" else (body, head)
        drops = [wet[place : place + self.size] for place in range(0, len(wet), self.size)]
        return [*drops, dry] if self.part == "headers" else [dry, *drops]


@attrs.frozen(repr=False)
class Delay(Fault):
    """The true answer comes `seconds` late. `Emulator(latency=...)` delays all of them."""

    seconds: float

    def __attrs_post_init__(self) -> None:
        require_seconds("seconds", self.seconds)

    def spoil(self, context: RequestContext) -> ApiAnswer:
        """The true answer, to be sent later."""
        return attrs.evolve(context.answer(), delay=self.seconds)


def _check_place(where: str, framing: str) -> None:
    require_one_of("where", where, get_args(Cut))
    require_one_of("framing", framing, get_args(Framing))


def _transmitted(context: RequestContext, transmission: Transmission) -> ApiAnswer:
    return attrs.evolve(context.answer(), transmission=transmission)


def _cut(where: Cut, framing: Framing, *, ending: Ending) -> Transmission:
    """The part of an answer before the cut, in one piece."""
    end = -len(LAST_CHUNK) if framing == "chunked" else -1

    def pieces(head: bytes, body: bytes) -> list[bytes]:
        match where:
            case "before-headers":
                return []
            case "mid-headers":
                return [head[: len(head) // 2]]
            case "mid-body":
                return [head + body[: len(body) // 2]]
            case "before-end":
                return [head + body[:end]]

    return Transmission(pieces, framing, ending=ending)
